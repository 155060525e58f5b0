"""What has arrived: deliveries, films, questions to sites, and how complete each visit is."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.operations import ApiOperation
from api.query_filters import one_of
from api.serializers.films import (
    CompletenessSerializer,
    DeliverySerializer,
    FilmSerializer,
    QuestionSerializer,
)
from studies.models import Film, FilmStatus, Question, QuestionStatus, Subject
from studies.plan.completeness import visit_states
from studies.plan.known_visits import load_visits, subjects_with_visits

FILMS, QUESTIONS, COMPLETENESS = "films:read", "questions:read", "completeness:read"
OF_SUBJECT = ("subject", "The code of a subject.")
OF_SITE = ("site", "The code of a site.")
UNSHOWN = ("header", "findings", "deidentification", "original_name", "approved_pixels")


class FilmsView(ApiView):
    """The films of a trial."""

    operations = {
        "get": ApiOperation(
            "list_films", FILMS, FilmSerializer, paged=True, filters=(OF_SUBJECT, ("status", "The status of a film."))
        )
    }

    def get(self, request: Request, code: str) -> Response:
        """Every film that was received, including those that were refused, rejected or withdrawn."""
        return self.page(one_of(request, films_of(self), status=FilmStatus, subject="subject__code"))


class OneFilmView(ApiView):
    """One film."""

    operations = {"get": ApiOperation("read_film", FILMS, FilmSerializer)}

    def get(self, request: Request, code: str, pk: int) -> Response:
        """One film by its number, which is the same as on the pages."""
        return Response(FilmSerializer(get_object_or_404(films_of(self), pk=pk)).data)


class DeliveriesView(ApiView):
    """The deliveries of films."""

    operations = {"get": ApiOperation("list_deliveries", FILMS, DeliverySerializer, paged=True, filters=(OF_SITE,))}

    def get(self, request: Request, code: str) -> Response:
        """Every delivery of files, with the numbers of its files by outcome."""
        outcomes: dict[str, Any] = {
            outcome: Count("entries", filter=Q(entries__outcome=outcome))
            for outcome in ("filed", "duplicate", "refused", "ignored")
        }
        rows = self.trial.transmittals.select_related("site").annotate(**outcomes)
        return self.page(one_of(request, rows, site="site__code"))


class QuestionsView(ApiView):
    """The questions to sites."""

    operations = {
        "get": ApiOperation(
            "list_questions", QUESTIONS, QuestionSerializer, paged=True, filters=(OF_SITE, ("status", "The status."))
        )
    }

    def get(self, request: Request, code: str) -> Response:
        """Every question to a site, with its messages."""
        rows = Question.objects.of_trial(self.trial).prefetch_related("messages")
        return self.page(one_of(request, rows, status=QuestionStatus, site="site__code"))


class CompletenessView(ApiView):
    """What was expected and received, by subject."""

    operations = {
        "get": ApiOperation(
            "list_completeness", COMPLETENESS, CompletenessSerializer, paged=True, filters=(OF_SITE, OF_SUBJECT)
        )
    }

    def get(self, request: Request, code: str) -> Response:
        """Every subject with the state of each of its visits: the four views, the film dates and the deviations."""
        rows = one_of(request, subjects_with_visits(self.trial), site="site__code", subject="code")
        return self.page(rows, shown=with_states, load=load_visits)


def films_of(view: ApiView) -> QuerySet[Film]:
    """The films of the token's trial, without columns that only the desk needs."""
    return Film.objects.of_trial(view.trial).defer(*UNSHOWN)


def with_states(subject: Subject) -> dict[str, Any]:
    """A subject with the states of its visits."""
    visits = [
        {
            "visit": state.visit,
            "complete": state.complete,
            "views": state.views,
            "window": state.window or (None, None),
            "days": state.days,
            "days_outside_window": state.days_off,
            "deviations": state.deviations,
        }
        for state in visit_states(subject, timezone.localdate())
    ]
    return {"subject": subject, "visits": visits}
