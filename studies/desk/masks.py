"""Rectangles that hide burned-in text, and the cuts of a film that shows both sides.

Every set is confirmed by a second person before the film is shown to any reader; the newest set is valid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.roles import Action, authorise
from accounts.second_person import demand_second_person
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import either
from studies.desk.pictures import picture_of
from studies.desk.rectangles import Box, checked_box, checked_crops
from studies.film_states import locked, move, order_rendition, person
from studies.models import Film, FilmStatus, MaskSet, Trial
from studies.models.film import MASKABLE
from studies.naming import checked_text

TEXT_FINDINGS = frozenset({"text"})
SIDE_LETTER = "side-letter"
MOST_RECTANGLES = 60
# The masks of an accepted film may still be improved until a second person has confirmed them.


class MaskState(StrEnum):
    """The state of the masks of a film."""

    NOT_NEEDED = "not needed"
    MISSING = "missing"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


def proposed_boxes(film: Film) -> list[Box]:
    """The rectangles in which text is suspected automatically."""
    return [box for finding in film.findings if finding["code"] in TEXT_FINDINGS for box in finding.get("boxes", [])]


def newest(film: Film) -> MaskSet | None:
    """The newest set, which is valid."""
    return film.mask_sets.order_by("-revision").select_related("proposed_by", "confirmed_by").first()


def state_of(film: Film, masks: MaskSet | None) -> MaskState:
    """Suspected text needs a set, even if it is empty; every set needs a second person."""
    if masks is None:
        suspected = any(finding["code"] in TEXT_FINDINGS for finding in film.findings)
        return MaskState.MISSING if suspected else MaskState.NOT_NEEDED
    if masks.refused_reason:
        return MaskState.REFUSED
    return MaskState.CONFIRMED if masks.confirmed_by_id else MaskState.WAITING


def settled(film: Film) -> MaskSet | None:
    """The confirmed set for the reader image; None if none is needed; WrongState while one is open."""
    masks = newest(film)
    state = state_of(film, masks)
    if state not in (MaskState.CONFIRMED, MaskState.NOT_NEEDED):
        raise WrongState(f"The masks of film {film.pk} are {state}. A second person has to confirm them first.")
    return masks


def waiting(trial: Trial) -> QuerySet[MaskSet]:
    """The sets that a second person has to check, oldest first: the newest one of each film at the desk."""
    newer = MaskSet.objects.filter(film=OuterRef("film"), revision__gt=OuterRef("revision"))
    open_sets = MaskSet.objects.filter(film__trial=trial, confirmed_by=None, refused_reason="")
    films = Film.objects.accessible().filter(trial=trial, status__in=MASKABLE)
    found = open_sets.filter(~Exists(newer), film__in=films)
    return found.select_related("film", "film__trial", "proposed_by").order_by("proposed_at", "pk")


def propose(
    *, film: Film, actor: Actor, rectangles: Sequence[Sequence[int]], crops: Mapping[str, Sequence[int]] | None = None
) -> MaskSet:
    """A new set; one without rectangles states that there is no text. It replaces an unconfirmed set."""
    authorise(actor, Action.CHECK_FILMS)
    if len(rectangles) > MOST_RECTANGLES:
        raise BadInput(
            f"{len(rectangles)} rectangles were drawn. At most {MOST_RECTANGLES} are allowed. Draw fewer.",
            field="rectangles",
        )
    picture = picture_of(film)
    boxes = [checked_box("rectangle", box, picture) for box in rectangles]
    cuts = checked_crops(crops or {}, picture)
    with audited_atomic():
        film = locked(film)
        last = newest(film)
        check_open(film, last)
        if not boxes and not cuts and state_of(film, last) == MaskState.NOT_NEEDED:
            raise BadInput(
                f"No rectangle was drawn, and no text is suspected on film {film.pk}. Draw at least one rectangle.",
                field="rectangles",
            )
        masks = MaskSet.objects.create(
            film=film,
            revision=last.revision + 1 if last else 1,
            rectangles=boxes,
            crops=cuts,
            proposed_by_id=person(actor),
        )
        record_event(masks, "studies.masks.proposed", actor, details={"rectangles": boxes, "crops": cuts})
    return masks


def check_open(film: Film, last: MaskSet | None) -> None:
    check_at_the_desk(film)
    if film.status == FilmStatus.ACCEPTED and state_of(film, last) != MaskState.WAITING:
        raise WrongState(
            f"Film {film.pk} is accepted and its masks are confirmed, so they can no longer be changed."
            " Question or reject the film first."
        )


def check_at_the_desk(film: Film) -> None:
    if film.status not in MASKABLE:
        allowed = either(status.label.lower() for status in FilmStatus if status in MASKABLE)
        raise WrongState(
            f"Film {film.pk} is {film.get_status_display().lower()}."
            f" Masks can be drawn, confirmed or refused only on a film that is {allowed}."
        )


def confirm(*, mask_set: MaskSet, actor: Actor) -> None:
    """A second person confirms, once; if the film has been accepted, its reader image is made."""
    authorise(actor, Action.CONFIRM_MASKS)
    with audited_atomic():
        film = locked(mask_set.film)
        if MaskSet.objects.filter(pk=mask_set.pk, confirmed_by=person(actor)).exists():
            return
        check_second(film, mask_set, actor)
        MaskSet.objects.filter(pk=mask_set.pk).update(confirmed_by=person(actor), confirmed_at=timezone.now())
        if film.status == FilmStatus.ACCEPTED:
            order_rendition(film)
        record_event(mask_set, "studies.masks.confirmed", actor)


def refuse(*, mask_set: MaskSet, actor: Actor, reason: str) -> None:
    """A second person refuses; if the film has been accepted, it returns to the desk for a new decision."""
    authorise(actor, Action.CONFIRM_MASKS)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        film = locked(mask_set.film)
        check_second(film, mask_set, actor)
        MaskSet.objects.filter(pk=mask_set.pk).update(refused_reason=reason)
        changes: dict[str, list[object]] = {}
        moved: list[Film] = []
        if film.status == FilmStatus.ACCEPTED:
            changes = move(film, FilmStatus.DEIDENTIFIED, status_reason=f"Masks refused: {reason}"[:500])
            moved = [film]
        record_event(mask_set, "studies.masks.refused", actor, reason=reason, changes=changes, films=moved)


def check_second(film: Film, mask_set: MaskSet, actor: Actor) -> None:
    """The newest set of a film at the desk, if it is still open and the actor did not draw it."""
    last = newest(film)
    if last is None or last.pk != mask_set.pk:
        raise WrongState(
            f"Version {mask_set.revision} of the masks of film {film.pk} was replaced by a newer one."
            " Open the film again to see the newest version."
        )
    if (state := state_of(film, last)) != MaskState.WAITING:
        raise WrongState(
            f"Version {last.revision} of the masks of film {film.pk} is already {state}."
            " Only masks that are waiting for a second person can be confirmed or refused."
        )
    check_at_the_desk(film)
    demand_second_person(Act.MASKS, first=last.proposed_by_id, second=person(actor))


def record_event(
    masks: MaskSet,
    action: str,
    actor: Actor,
    *,
    reason: str = "",
    changes: Mapping[str, Sequence[object]] | None = None,
    details: Mapping[str, object] | None = None,
    films: Sequence[Film] = (),
) -> None:
    record(
        action=action,
        actor=actor,
        stream=masks.film.trial.code,
        subject=("studies.film", str(masks.film_id)),
        changes=changes,
        reason=reason,
        details={"revision": masks.revision, **(details or {})},
        tracked=[masks, *films],
    )
