"""The desk's view of one film: its facts in comparison, the automatic findings, and its context."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from studies.arrival.checks import ACQUISITION
from studies.desk import masks
from studies.desk.designation import can_be_designated, rivals
from studies.desk.masks import MaskState
from studies.desk.pictures import picture_of
from studies.desk.quality import polarity_asked
from studies.desk.sides import Witness, witnesses
from studies.models import Film, FilmStatus, MaskSet, Question
from studies.models.film import FILM_TRANSITIONS, MASKABLE, OUT_OF_PLAY, SIDES, VIEWS, WITHOUT_PICTURE
from studies.plan.completeness import VisitState, visit_states
from studies.plan.known_visits import subjects_with_visits

MOST_SIBLINGS = 48


@dataclass(frozen=True)
class FilmFact:
    """One fact, as declared by the sender and as stated in the file."""

    name: str
    declared: str
    in_file: str
    differs: bool


@dataclass(frozen=True)
class DeskFilm:
    """Everything the page of a film shows; `may` holds the actions that its status permits."""

    film: Film
    facts: dict[str, FilmFact]
    mask_set: MaskSet | None
    mask_state: MaskState
    boxes: list[list[int]]
    duplicates: list[Film]
    witnesses: list[Witness]
    differences: dict[str, list[str]]
    siblings: list[Film]
    rivals: list[Film]
    questions: list[Question]
    visit_state: VisitState | None
    may: frozenset[str]

    @property
    def polarity_asked(self) -> bool:
        """Whether the person must choose the polarity."""
        return polarity_asked(self.film)

    @property
    def designated_later(self) -> bool:
        """Whether the designated film of the view has a reader image, so that this one needs one first."""
        counting = [other for other in self.rivals if other.designated and other.pk != self.film.replaces_id]
        return any(other.status == FilmStatus.READY for other in counting)

    @property
    def deviations(self) -> list[str]:
        """How the visit deviates from the plan; flagged and never corrected. Single views are shown separately."""
        if self.visit_state is None:
            return []
        names = tuple(view.name for view in self.visit_state.views)
        return [words for words in self.visit_state.deviations if not words.startswith(names)]


def desk_film(film: Film) -> DeskFilm:
    """The film with all its related data, in a fixed number of queries."""
    siblings = siblings_of(film)
    mask_set = masks.newest(film)
    return DeskFilm(
        film=film,
        facts={fact.name: fact for fact in facts(film)},
        mask_set=mask_set,
        mask_state=masks.state_of(film, mask_set),
        boxes=masks.proposed_boxes(film),
        duplicates=duplicates(film),
        witnesses=witnesses(film),
        differences={view: differences(film, view, siblings) for view, _ in VIEWS},
        siblings=siblings[:MOST_SIBLINGS],
        rivals=rivals(film, visit=film.visit, side=film.side, view=film.view) if film.side and film.visit else [],
        questions=list(Question.objects.filter(film=film).order_by("-pk")),
        visit_state=state_of_visit(film),
        may=may(film),
    )


def may(film: Film) -> frozenset[str]:
    """The actions allowed on a film, read from the table of transitions."""
    verbs = {
        FilmStatus.ACCEPTED: "accept",
        FilmStatus.REJECTED: "reject",
        FilmStatus.QUESTIONED: "question",
        FilmStatus.WITHDRAWN: "withdraw",
    }
    found = {verbs[status] for status in FILM_TRANSITIONS[FilmStatus(film.status)] if status in verbs}
    if can_be_designated(film):
        found.add("designate")
    if film.status == FilmStatus.REJECTED:
        found.add("reopen")
    if film.status in MASKABLE:
        found.add("mask")
    return frozenset(found)


def facts(film: Film) -> list[FilmFact]:
    """Side, view, date and scale: as declared and as stated in the file."""
    header: dict[str, Any] = film.header
    side = str(header.get("Side") or "")
    part = " ".join(str(header[name]) for name in ("BodyPartExamined", "ViewPosition") if header.get(name))
    day = str(header.get("FilmDate") or "")
    return [
        FilmFact("side", dict(SIDES).get(film.side, ""), dict(SIDES).get(side, side), bool(side) and side != film.side),
        FilmFact("view", dict(VIEWS).get(film.view, ""), part, contradicts(part, film.view)),
        FilmFact("date", str(film.film_date or ""), day, bool(day) and day != str(film.film_date)),
        FilmFact("scale", f"{film.spacing_mm:g} mm" if film.spacing_mm else "", spacing_in_file(header), False),
    ]


def contradicts(part: str, view: str) -> bool:
    """Whether the body part in the file differs from the declared one."""
    other = {"hand": ("FOOT", "TOE"), "foot": ("HAND", "FINGER", "WRIST")}.get(view, ())
    return any(word in part.upper() for word in other)


def spacing_in_file(header: dict[str, Any]) -> str:
    """Both directions; the spacing at the detector differs from that at the hand."""
    for name, where in (("PixelSpacing", ""), ("ImagerPixelSpacing", " at the detector")):
        if values := header.get(name):
            return f"{in_words(values)} mm{where}"
    return ""


def in_words(value: object) -> str:
    """Numbers of a header in the usual notation."""
    return " x ".join(f"{one:g}" for one in value) if isinstance(value, list) else str(value)


def siblings_of(film: Film) -> list[Film]:
    """The other films of the same subject that have a picture: same view first, then by day."""
    if film.subject_id is None:
        return []
    films = Film.objects.of_trial(film.trial).filter(subject=film.subject_id).exclude(status__in=WITHOUT_PICTURE)
    found = films.exclude(pk=film.pk).exclude(desk_folder="")
    return sorted(found, key=lambda other: (other.view != film.view, str(other.film_date or ""), other.side, other.pk))


def duplicates(film: Film) -> list[Film]:
    """Films of the trial with the very same pixels."""
    if not film.pixel_sha256:
        return []
    same = Film.objects.of_trial(film.trial).filter(pixel_sha256=film.pixel_sha256)
    return list(same.exclude(pk=film.pk).order_by("pk")[:10])


def differences(film: Film, view: str, others: Iterable[Film]) -> list[str]:
    """How the acquisition of this film differs from the subject's films of that view: it may reveal the order.

    A film with an unknown view is compared once the person has chosen one; others are not compared with it.
    """
    same_view = [other for other in others if other.view == view and other.status not in OUT_OF_PLAY]
    found = []
    for name, word in ACQUISITION.items():
        mine = in_words(film.header.get(name) or "")
        elsewhere = sorted({in_words(other.header[name]) for other in same_view if other.header.get(name)} - {mine})
        if mine and elsewhere:
            # A device is identified only by a keyed digest.
            found.append(word if name == "DeviceKey" else f"{word} {mine}, elsewhere {', '.join(elsewhere)}")
    return found


def state_of_visit(film: Film) -> VisitState | None:
    """The four views of the film's visit and its deviation from the window."""
    if film.subject_id is None or film.visit_id is None:
        return None
    subject = subjects_with_visits(film.trial).get(pk=film.subject_id)
    states = visit_states(subject, timezone.localdate())
    return next(state for state in states if state.visit.pk == film.visit_id)


def for_viewer(film: Film, *, preview_url: str, bands_url: str) -> dict[str, Any]:
    """The film as the 16-bit viewer expects it; `bands_url` holds {level} and {band}."""
    picture = picture_of(film)
    return {
        "token": f"film-{film.pk}",
        "side": film.side,
        "view": film.view,
        "absent": False,
        "preview_url": preview_url,
        "bands_url": bands_url,
        "columns": picture.columns,
        "rows": picture.rows,
        "spacing_mm": film.spacing_mm,
        "window_center": picture.window_center,
        "window_width": picture.window_width,
        "digests": picture.bands,
        "joints": {},
    }
