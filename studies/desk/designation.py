"""Retakes: one of the films that show the same side and view of a visit is designated; the others are kept.

A film of both sides shows two views; it is designated for both or for none.
"""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from studies.film_states import locked_at_its_visit
from studies.models import Film, FilmStatus, Visit
from studies.models.film import FOUND_GOOD, SIDES
from studies.naming import checked_text

SIDES_OF = {"L": frozenset("L"), "R": frozenset("R"), "B": frozenset("LR")}


def can_be_designated(film: Film) -> bool:
    """Whether the film was accepted and another one is designated for its view."""
    return film.status in FOUND_GOOD and not film.designated


def rivals(film: Film, *, visit: Visit | None, side: str, view: str) -> list[Film]:
    """The other accepted films of the visit that show this view and a side of this film."""
    films = Film.objects.filter(visit=visit, view=view, status__in=FOUND_GOOD).exclude(pk=film.pk)
    return [other for other in films if SIDES_OF[other.side] & SIDES_OF[side]]


def stand_back(film: Film, others: list[Film]) -> list[Film]:
    """Ends the designation of the others; refused if a side would be left without a designated film.

    A film that readers may have seen is replaced only by one that can be shown immediately. Returns the films
    that were designated, which the caller records.
    """
    losing = [other for other in others if other.designated]
    for other in losing:
        if other.status == FilmStatus.READY and film.status != FilmStatus.READY:
            raise WrongState(
                f"Film {other.pk} has a reader image, and film {film.pk} has none yet."
                f" Keep film {film.pk} as an additional film, and designate it once its reader image is made."
            )
        if left := SIDES_OF[other.side] - SIDES_OF[film.side]:
            shown = " and ".join(f"the {dict(SIDES)[side].lower()} side" for side in sorted(left))
            raise WrongState(
                f"Film {other.pk} is also designated for {shown}, which film {film.pk} does not show."
                " Designate a film of both sides instead."
            )
    Film.objects.filter(pk__in=[other.pk for other in losing]).update(designated=False)
    return losing


def designate(*, film: Film, actor: Actor, reason: str) -> None:
    """Designates this film among several films of one view of a visit."""
    authorise(actor, Action.CHECK_FILMS)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        film = locked_at_its_visit(film)
        if not can_be_designated(film):
            state = (
                "is already designated for its view" if film.designated else f"is {film.get_status_display().lower()}"
            )
            raise WrongState(
                f"Film {film.pk} {state}. Only an accepted film that is not designated yet can be designated."
            )
        others = rivals(film, visit=film.visit, side=film.side, view=film.view)
        losing = stand_back(film, others)
        Film.objects.filter(pk=film.pk).update(designated=True)
        record(
            action="studies.film.designated",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes={"designated": [False, True]},
            reason=reason,
            details={"instead_of": [other.pk for other in losing]},
            tracked=[film, *losing],
        )
