"""Films filed under the wrong subject or visit: one film, all films of a visit, or two visits exchanged.

Only where a film belongs changes: its date, its decisions and its history stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from studies.desk.designation import rivals
from studies.film_states import locked_at_its_visit, locked_visit
from studies.models import Film, Visit
from studies.models.film import FOUND_GOOD, PLACEABLE
from studies.naming import checked_choice, checked_text
from studies.plan.consent import demand_consenting
from studies.plan.visits import named


class MoveScope(models.TextChoices):
    """What is moved together with a film."""

    FILM = "film", "This film only"
    VISIT = "visit", "All films of its visit"
    EXCHANGE = "exchange", "All films of both visits, exchanged"


def move_films(*, film: Film, visit: Visit, scope: str, reason: str, actor: Actor) -> list[Film]:
    """Files the film under this visit; returns every film that moved. Each has an event, and thus its history.

    A film that has not reached the desk stays: its visit is chosen when it is accepted.
    """
    authorise(actor, Action.CHECK_FILMS)
    reason = checked_text("reason", reason, longest=200)
    scope = MoveScope(checked_choice("scope", scope, MoveScope.choices))
    with audited_atomic():
        for pk in sorted({film.visit_id or visit.pk, visit.pk}):
            locked_visit(pk)
        film, visit = locked_at_its_visit(film), Visit.objects.select_related("subject__site").get(pk=visit.pk)
        source = checked_source(film, visit)
        going = [film] if scope == MoveScope.FILM else films_of(source)
        coming = films_of(visit) if scope == MoveScope.EXCHANGE else []
        refile(going, visit, actor, reason, keep_designation=scope == MoveScope.EXCHANGE)
        refile(coming, source, actor, reason, keep_designation=True)
    return going + coming


def can_be_moved(film: Film) -> bool:
    """Whether the film has reached the desk, is valid, and is filed under a visit."""
    return film.status in PLACEABLE and film.visit_id is not None


def checked_source(film: Film, visit: Visit) -> Visit:
    """The visit that the film leaves."""
    if film.visit is None or not can_be_moved(film):
        raise WrongState(
            f"Film {film.pk} is {film.get_status_display().lower()}."
            " Only a film that has a visit, has reached the desk and was not rejected can be moved."
        )
    if film.visit == visit:
        raise WrongState(f"Film {film.pk} is already filed under visit {visit.code} of subject {visit.subject.code}.")
    if visit.subject.site_id != film.site_id:
        raise BadInput(
            f"{named(visit)} belongs to another site than film {film.pk}."
            f" Choose a visit of a subject of site {film.site.code}, or reject or withdraw the film"
            f" and ask site {visit.subject.site.code} to send it.",
            field="visit",
        )
    if visit.not_done_reason:
        raise WrongState(f"{named(visit)} is recorded as not done. Choose another visit, or reopen this one first.")
    demand_consenting(visit.subject)
    return film.visit


def films_of(visit: Visit) -> list[Film]:
    """The films of the visit that can be moved, locked; those designated for their view come first."""
    films = Film.objects.select_related("trial", "site", "visit__subject").select_for_update(of=("self",))
    return list(films.filter(visit=visit, status__in=PLACEABLE).order_by("-designated", "pk"))


def refile(films: Sequence[Film], visit: Visit, actor: Actor, reason: str, *, keep_designation: bool) -> None:
    """Files the films in order; a film whose view already has a film is no longer designated for it."""
    for film in films:
        values: dict[str, object] = {"visit": visit, "subject": visit.subject}
        if film.status in FOUND_GOOD and not keep_designation:
            others = rivals(film, visit=visit, side=film.side, view=film.view)
            values["designated"] = not any(other.designated for other in others)
        changes = {
            name: [word(getattr(film, name)), word(value)]
            for name, value in values.items()
            if getattr(film, name) != value
        }
        Film.objects.filter(pk=film.pk).update(**values)
        record(
            action="studies.film.moved",
            actor=actor,
            stream=film.trial.code,
            subject=("studies.film", str(film.pk)),
            changes=changes,
            reason=reason,
            tracked=[film],
        )


def word(value: object) -> object:
    return str(value) if isinstance(value, models.Model) else value
