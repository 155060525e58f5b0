"""Which films are expected: visits that were not done, and films that are not available."""

from __future__ import annotations

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.operations import ApiOperation
from api.serializers.plan import VisitSerializer
from api.serializers.requests import AbsentFilmSerializer, NewAbsentFilmSerializer, ReasonSerializer
from api.views.plan import PLAN, WRITE, visits_of
from studies.models import AbsentFilm, Visit
from studies.plan.absences import record_absence, withdraw_absence
from studies.plan.visits import mark_not_done, reopen_visit


class NotDoneView(ApiView):
    """A visit that was not done."""

    operations = {"post": ApiOperation("mark_visit_not_done", WRITE, VisitSerializer, body=ReasonSerializer)}

    def post(self, request: Request, code: str, pk: int) -> Response:
        """Records that the visit took place without films, or not at all. Its films are then no longer expected."""
        visit = visit_of(self, pk)

        def write(given: dict[str, Any]) -> Visit:
            mark_not_done(visit=visit, actor=self.actor, **given)
            return visits_of(self).get(pk=pk)

        return self.write(write)


class ExpectedView(ApiView):
    """A visit that is expected after all."""

    operations = {"post": ApiOperation("expect_visit_again", WRITE, VisitSerializer, body=ReasonSerializer)}

    def post(self, request: Request, code: str, pk: int) -> Response:
        """Withdraws the record that a visit was not done. Its films are then expected again."""
        visit = visit_of(self, pk)

        def write(given: dict[str, Any]) -> Visit:
            reopen_visit(visit=visit, actor=self.actor, **given)
            return visits_of(self).get(pk=pk)

        return self.write(write)


class AbsentFilmsView(ApiView):
    """The films of a visit that are not available."""

    operations = {
        "get": ApiOperation("list_absent_films", PLAN, AbsentFilmSerializer, paged=True),
        "post": ApiOperation(
            "record_absent_film", WRITE, AbsentFilmSerializer, body=NewAbsentFilmSerializer, status=201
        ),
    }

    def get(self, request: Request, code: str, pk: int) -> Response:
        """The films that were recorded as not available, including those that are expected again."""
        return self.page(AbsentFilm.objects.filter(visit=visit_of(self, pk)))

    def post(self, request: Request, code: str, pk: int) -> Response:
        """Records that a view of the visit was not taken, or is lost."""
        visit = visit_of(self, pk)

        def write(given: dict[str, Any]) -> AbsentFilm:
            side, _, view = given["film"].partition("-")
            return record_absence(visit=visit, side=side, view=view, reason=given["reason"], actor=self.actor)

        return self.write(write)


class FilmExpectedView(ApiView):
    """A film that is expected after all."""

    operations = {"post": ApiOperation("expect_film_again", WRITE, AbsentFilmSerializer, body=ReasonSerializer)}

    def post(self, request: Request, code: str, pk: int) -> Response:
        """Withdraws the record that a film is not available. The film is then expected again."""
        rows = AbsentFilm.objects.filter(visit__subject__trial=self.trial).select_related("visit__subject__trial")
        absent = get_object_or_404(rows, pk=pk)

        def write(given: dict[str, Any]) -> AbsentFilm:
            withdraw_absence(absent=absent, actor=self.actor, **given)
            absent.refresh_from_db()
            return absent

        return self.write(write)


def visit_of(view: ApiView, pk: int) -> Visit:
    """A visit of the token's trial, with what the functions that change it need."""
    return get_object_or_404(visits_of(view).select_related("subject__trial", "plan"), pk=pk)
