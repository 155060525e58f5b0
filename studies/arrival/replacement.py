"""Retakes and replacements: one designated film per view counts, the others are kept with their history."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from config.wording import quoted
from studies.film_states import locked_row, move
from studies.models import Film, FilmStatus
from studies.models.film import OUT_OF_PLAY

REPLACEABLE = frozenset(FilmStatus) - {FilmStatus.WITHDRAWN}
# The status of a film once its replacement is accepted; a film that never reached the desk keeps its status.
SET_ASIDE = {
    FilmStatus.HELD: FilmStatus.REFUSED,
    FilmStatus.DEIDENTIFIED: FilmStatus.REJECTED,
    FilmStatus.QUESTIONED: FilmStatus.REJECTED,
    FilmStatus.ACCEPTED: FilmStatus.REJECTED,
    FilmStatus.READY: FilmStatus.WITHDRAWN,
}


def checked_replaceable(film: Film) -> Film:
    """The film, unless it was withdrawn or already has a replacement: only the newest of a chain can be replaced."""
    if film.status not in REPLACEABLE:
        raise WrongState(
            f"The film {quoted(film.original_name)} was withdrawn and cannot be replaced."
            " Upload the new film for its visit instead."
        )
    if film.replaced_by.exclude(status__in=OUT_OF_PLAY).exists():
        raise WrongState(
            f"The film {quoted(film.original_name)} has already been replaced. Replace the newer film instead."
        )
    return film


def set_aside(*, film: Film, actor: Actor) -> Film | None:
    """Called when `film` is accepted: the film that it replaces is no longer valid, and records its replacement."""
    authorise(actor, Action.CHECK_FILMS)
    old = film.replaces
    if old is None:
        return None
    with audited_atomic():
        old = locked_row(old)  # Even for a subject who withdrew consent; the new film may be of another subject.
        to = SET_ASIDE.get(FilmStatus(old.status))
        if to is None:
            return None
        changes = move(old, to, designated=False, status_reason=f"replaced by film {film.pk}")
        record(
            action="studies.film.replaced",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(old.pk)),
            changes=changes,
            details={"replacement": film.pk},
            tracked=[old],
        )
    return old
