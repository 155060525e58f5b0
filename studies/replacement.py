"""Retakes and replacements: one designated film per view counts, the others are kept with their history."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from studies.models import Film, FilmStatus
from studies.naming import checked_text

REPLACEABLE = frozenset(FilmStatus) - {FilmStatus.WITHDRAWN}
# Where a film ends when its replacement is accepted; a film that never got to the desk stays where it was.
SET_ASIDE = {
    FilmStatus.HELD: FilmStatus.REFUSED,
    FilmStatus.DEIDENTIFIED: FilmStatus.REJECTED,
    FilmStatus.QUESTIONED: FilmStatus.REJECTED,
    FilmStatus.ACCEPTED: FilmStatus.REJECTED,
    FilmStatus.READY: FilmStatus.WITHDRAWN,
}


def checked_replaceable(film: Film) -> Film:
    """The film, unless it was withdrawn or has a replacement already: the newest of a chain is replaced."""
    if film.status not in REPLACEABLE:
        raise WrongState(f"film {film.pk}", film.status, "a film that is not withdrawn")
    if film.replaced_by.exclude(status__in=[FilmStatus.REFUSED, FilmStatus.REJECTED]).exists():
        raise WrongState(f"film {film.pk}", "replaced already", "the newest film of its line")
    return film


def set_aside(*, film: Film, actor: Actor) -> Film | None:
    """Called when `film` is accepted: the film it replaces no longer counts, and says which one took its place."""
    authorise(actor, Action.CHECK_FILMS)
    old = film.replaces
    if old is None:
        return None
    status = FilmStatus(old.status)
    to = SET_ASIDE.get(status, status)
    with audited_atomic():
        moved = Film.objects.filter(pk=old.pk, status=status).update(
            status=to, designated=False, status_reason=f"replaced by film {film.pk}"
        )
        if not moved:
            raise WrongState(f"film {old.pk}", "changing at this moment", f"a film that stays {status}")
        record(
            action="studies.film.replaced",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(old.pk)),
            changes={"status": [status, to], "designated": [old.designated, False]},
            details={"replacement": film.pk},
        )
    return old


def designate(*, film: Film, reason: str, actor: Actor) -> None:
    """Of several films of one view of a visit, this one counts from now on."""
    authorise(actor, Action.CHECK_FILMS)
    reason = checked_text("reason", reason, longest=200)
    if film.status not in (FilmStatus.ACCEPTED, FilmStatus.READY):
        raise WrongState(f"film {film.pk}", film.status, "an accepted film")
    with audited_atomic():
        others = Film.objects.filter(visit=film.visit_id, view=film.view, side=film.side).exclude(pk=film.pk)
        stood_back = list(others.filter(designated=True).values_list("pk", flat=True))
        others.update(designated=False)
        if not Film.objects.filter(pk=film.pk, designated=False).update(designated=True):
            raise WrongState(f"film {film.pk}", "the designated film", "a film that does not count yet")
        record(
            action="studies.film.designate",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes={"designated": [False, True]},
            reason=reason,
            details={"instead_of": stood_back},
        )
