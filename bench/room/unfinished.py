"""Subjects whose films are at every stage before the reader image, with questions, absences and visits not done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.room.planned import VIEWS, film_of
from studies.models import (
    AbsentFilm,
    Film,
    FilmStatus,
    Question,
    QuestionMessage,
    QuestionStatus,
    Subject,
    Trial,
    Visit,
)

STATUSES = [status for status in FilmStatus if status != FilmStatus.READY]
MISSING = VIEWS[-1]


def add_unfinished(trial: Trial, subjects: Sequence[Subject], coordinator: int) -> None:
    """Adds three films per visit, each with a different status; every third question to a site answered or closed."""
    visits = list(Visit.objects.filter(subject__in=subjects).select_related("subject", "plan").order_by("pk"))
    not_done, took_place = visits[::6], [visit for place, visit in enumerate(visits) if place % 6]
    Visit.objects.filter(pk__in=[visit.pk for visit in not_done]).update(not_done_reason="The subject did not come")
    made = [film_of(trial, visit, *view) for visit in took_place for view in VIEWS if view != MISSING]
    for place, film in enumerate(made):
        film.status = STATUSES[place % len(STATUSES)]
    films = Film.objects.bulk_create(made)
    side, view = MISSING
    AbsentFilm.objects.bulk_create(
        AbsentFilm(visit=visit, side=side, view=view, reason="Foot amputated") for visit in took_place[::2]
    )
    ask_about(films[::3], coordinator)


def ask_about(films: Sequence[Film], coordinator: int) -> None:
    """A question with one message about each film."""
    statuses = list(QuestionStatus)
    asked = Question.objects.bulk_create(
        Question(status=statuses[place % len(statuses)], **about(film)) for place, film in enumerate(films)
    )
    QuestionMessage.objects.bulk_create(
        QuestionMessage(question=one, author_id=coordinator, text="Which side is it?") for one in asked
    )


def about(film: Film) -> dict[str, Any]:
    """What a question about a film refers to."""
    return {name: getattr(film, name) for name in ("trial_id", "site_id", "subject_id", "visit_id")} | {"film": film}
