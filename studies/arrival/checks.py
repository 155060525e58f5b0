"""Automatic checks of a film within its trial; each finding is a sentence for the person at the desk."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from studies.arrival.placing import SAID, Finding, Placement
from studies.models import Film, FilmStatus
from studies.models.film import OUT_OF_PLAY
from studies.plan.visits import baseline_of

# A change in any of these within a subject may reveal to a reader which film is older.
ACQUISITION = {
    "Rows": "rows",
    "Columns": "columns",
    "BitsStored": "bits",
    "PhotometricInterpretation": "polarity",
    "SpacingMM": "pixel spacing",
    "DeviceKey": "device",
}
WRONG_VIEWS = {"LL": "lateral", "RL": "lateral", "RLO": "oblique", "LLO": "oblique"}


def findings(film: Film, place: Placement, header: dict[str, Any], pixel_sha256: str) -> list[Finding]:
    """The findings for the desk; `header` belongs to the film, the other films are read from the trial."""
    found = [
        *place.findings,
        same_pixels(film, pixel_sha256),
        other_site(film),
        patient(film, place, header),
        acquisition(film, place, header),
        check_window(place),
        wrong_view(header),
        side_letter(place, header),
        check_spacing(header),
        retake(film, place),
    ]
    return [finding for finding in found if finding]


def make_finding(code: str, text: str) -> Finding:
    return {"code": code, "text": text}


def same_pixels(film: Film, pixel_sha256: str) -> Finding | None:
    same = Film.objects.filter(trial=film.trial, pixel_sha256=pixel_sha256).exclude(pk=film.pk).order_by("pk")
    names = ", ".join(named(other) for other in same[:3])
    return make_finding("same-pixels", f"The same image was also received as {names}.") if names else None


def named(film: Film) -> str:
    return f"{film} ({film.get_status_display().lower()})" if film.status in OUT_OF_PLAY else str(film)


def other_site(film: Film) -> Finding | None:
    """A film sent by two sites: it belongs to one of them, or the patient moved from one to the other."""
    same = Q(sha256=film.sha256)
    if film.sop_instance_uid:
        same |= Q(sop_instance_uid=film.sop_instance_uid)
    others = Film.objects.live().filter(same, trial=film.trial).exclude(site=film.site).select_related("site")
    names = ", ".join(f"site {other.site} ({other})" for other in others.order_by("pk")[:3])
    return make_finding("other-site", f"The same film was also sent by {names}.") if names else None


def patient(film: Film, place: Placement, header: dict[str, Any]) -> Finding | None:
    """One subject with two patient IDs, or one patient ID on two subjects."""
    key = header.get("PatientKey")
    if not key or place.subject is None:
        return None
    others = Film.objects.filter(trial=film.trial, subject__isnull=False).exclude(pk=film.pk).live()
    if others.filter(header__PatientKey=key).exclude(subject=place.subject).exists():
        return make_finding(
            "patient-conflict", "The patient ID in the header also appears on a film of another subject."
        )
    own = others.filter(subject=place.subject, header__PatientKey__isnull=False)
    if own.exclude(header__PatientKey=key).exists():
        return make_finding("patient-conflict", "The patient ID in the header differs from the subject's other films.")
    return None


def acquisition(film: Film, place: Placement, header: dict[str, Any]) -> Finding | None:
    if place.subject is None or not place.view:
        return None
    same_view = Film.objects.filter(subject=place.subject, view=place.view).exclude(pk=film.pk).live()
    others = list(same_view.exclude(pixel_sha256="").values_list("header", flat=True))
    differing = [
        word
        for name, word in ACQUISITION.items()
        if header.get(name) and any(other.get(name) not in (None, "", [], header[name]) for other in others)
    ]
    if not differing:
        return None
    text = f"The acquisition differs from the subject's other films ({', '.join(differing)}). It may reveal the order."
    return make_finding("acquisition", text)


def check_window(place: Placement) -> Finding | None:
    """A date outside the planned window is reported, never corrected."""
    if place.visit is None or place.film_date is None:
        return None
    window = place.visit.window(baseline_of(place.visit.subject_id))
    if window is None or window[0] <= place.film_date <= window[1]:
        return None
    text = f"The film date {place.film_date} is outside the window of the visit ({window[0]} to {window[1]})."
    return make_finding("outside-window", text)


def wrong_view(header: dict[str, Any]) -> Finding | None:
    position = WRONG_VIEWS.get(str(header.get("ViewPosition")))
    return make_finding("view-position", f"The header states the view position {position}.") if position else None


def side_letter(place: Placement, header: dict[str, Any]) -> Finding | None:
    """The marker on the film compared with the declared side; a film of both sides has both letters."""
    letters = header.get("SideLetters") or []
    other = {"L": "R", "R": "L"}.get(place.side)
    if other is None or other not in letters:
        return None
    text = f"A letter on the film looks like {other}, but the {SAID[place.side]} side was declared. Check the side."
    return make_finding("side-letter-differs", text)


def check_spacing(header: dict[str, Any]) -> Finding | None:
    spacing = header.get("SpacingMM") or []
    if not spacing:
        return make_finding("spacing-missing", "The pixel spacing is unknown.")
    if abs(spacing[0] - spacing[1]) > 0.01 * spacing[0]:
        return make_finding(
            "spacing-uneven", f"The pixels are not square: rows are {spacing[0]} mm apart and columns {spacing[1]} mm."
        )
    return None


def retake(film: Film, place: Placement) -> Finding | None:
    if place.visit is None or not place.side or not place.view:
        return None
    same = Film.objects.filter(visit=place.visit, side=place.side, view=place.view).exclude(pk=film.pk)
    others = set(same.exclude(status__in=OUT_OF_PLAY | {FilmStatus.HELD}).values_list("pk", flat=True))
    if not others - {film.replaces_id}:
        return None
    return make_finding("retake", "The visit has another film of this side and view.")
