"""Moving a film from one state to the next: locked, guarded by FILM_TRANSITIONS, compared and set."""

from __future__ import annotations

from typing import Any

from audit.trail import Actor
from config.errors import NotAllowed, WrongState
from config.transitions import leading_to, moved
from config.wording import either, quoted
from jobs.queue import add
from studies.models import Film, FilmStatus, Visit
from studies.models.film import FILM_TRANSITIONS
from studies.plan.consent import demand_consent

# The act that moves a film to a status.
DONE = {
    FilmStatus.RECEIVED: "read again",
    FilmStatus.HELD: "held",
    FilmStatus.REFUSED: "refused",
    FilmStatus.DEIDENTIFIED: "brought to the desk",
    FilmStatus.QUESTIONED: "questioned",
    FilmStatus.REJECTED: "rejected",
    FilmStatus.ACCEPTED: "accepted",
    FilmStatus.READY: "made ready",
    FilmStatus.WITHDRAWN: "withdrawn",
}
MOVED_MEANWHILE = "Film {} was moved to another visit in the meantime. Open its page again."


def person(actor: Actor) -> int:
    """The account of the person who decides: at the desk this is never a job or a command."""
    if actor.user_id is None:
        raise NotAllowed(message=f"Only a person can decide on films, and {quoted(actor.label)} is not a person.")
    return actor.user_id


def locked(film: Film) -> Film:
    """The current film, locked until the transaction ends; WrongState if its subject has withdrawn consent."""
    film = locked_row(film)
    demand_consent(film)
    return film


def locked_row(film: Film) -> Film:
    """The same for jobs, which continue with films that arrived before consent was withdrawn."""
    films = Film.objects.select_related("trial", "site", "subject", "visit").select_for_update(of=("self",))
    return films.get(pk=film.pk)


def locked_visit(visit_id: int | None) -> None:
    """Locks a visit, so that its films are not accepted or designated concurrently; taken before any film's lock."""
    if visit_id is not None:
        Visit.objects.select_for_update().get(pk=visit_id)


def locked_at_its_visit(film: Film) -> Film:
    """The current film, locked with its visit; refused if the film was moved after it was read."""
    locked_visit(film.visit_id)
    current = locked(film)
    if current.visit_id != film.visit_id:
        raise WrongState(MOVED_MEANWHILE.format(film.pk))
    return current


def move(film: Film, to: FilmStatus, **values: Any) -> dict[str, list[object]]:
    """Sets the status and the values of a locked film; returns the changes for the audit trail."""
    old = FilmStatus(film.status)
    before = {name: getattr(film, name) for name in values}
    if not moved(film, to, FILM_TRANSITIONS, **values):
        came = leading_to(to, FILM_TRANSITIONS)
        raise WrongState(
            f"Film {film.pk} is {FilmStatus(film.status).label.lower()}."
            f" Only a film that is {either(status.label.lower() for status in came)} can be {DONE[to]}."
        )
    changes: dict[str, list[object]] = {"status": [old, to]}
    return changes | {name: [before[name], value] for name, value in values.items() if before[name] != value}


def order_rendition(film: Film) -> None:
    """Requests the reader image; one job for each acceptance, so that it is made again after a new acceptance."""
    decision = film.decisions.filter(decision="accept").latest("pk")
    add(kind="studies.rendition", key=f"film-{film.pk}-decision-{decision.pk}", payload={"film": film.pk})
