"""The trial as it is planned: sites, planned visits, subjects and their visits."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import ApiView
from api.operations import ApiOperation
from api.query_filters import one_of
from api.serializers import plan, requests
from config.errors import BadInput
from config.wording import quoted
from studies.models import Site, Subject, Trial, Visit, VisitPlan
from studies.naming import shortened
from studies.plan.subjects import enrol
from studies.plan.trials import add_site
from studies.plan.visits import add_visit, plan_visit

PLAN, WRITE = "plan:read", "plan:write"
OF_SITE = ("site", "The code of a site: only its subjects.")
OF_SUBJECT = ("subject", "The code of a subject: only its visits.")


class TrialsView(ApiView):
    """The trial of the token."""

    operations = {"get": ApiOperation("list_trials", PLAN, plan.TrialSerializer, paged=True)}

    def get(self, request: Request) -> Response:
        """The trials that the token gives access to, which is always exactly one."""
        return self.page(Trial.objects.filter(pk=self.trial.pk))


class OneTrialView(ApiView):
    """One trial."""

    operations = {"get": ApiOperation("read_trial", PLAN, plan.TrialSerializer)}

    def get(self, request: Request, code: str) -> Response:
        """The trial of the token."""
        return Response(plan.TrialSerializer(self.trial).data)


class SitesView(ApiView):
    """The sites of a trial."""

    operations = {
        "get": ApiOperation("list_sites", PLAN, plan.SiteSerializer, paged=True),
        "post": ApiOperation("add_site", WRITE, plan.SiteSerializer, body=requests.NewSiteSerializer, status=201),
    }

    def get(self, request: Request, code: str) -> Response:
        """The hospitals that send films."""
        return self.page(self.trial.sites.all())

    def post(self, request: Request, code: str) -> Response:
        """Adds a hospital that will send films."""

        def write(given: dict[str, Any]) -> Site:
            return add_site(trial=self.trial, code=given["site"], name=given.get("name", ""), actor=self.actor)

        return self.write(write)


class PlannedVisitsView(ApiView):
    """The visits of the protocol."""

    operations = {
        "get": ApiOperation("list_planned_visits", PLAN, plan.PlannedVisitSerializer, paged=True),
        "post": ApiOperation(
            "plan_visit",
            WRITE,
            plan.PlannedVisitSerializer,
            body=requests.NewPlannedVisitSerializer,
            status=201,
        ),
    }

    def get(self, request: Request, code: str) -> Response:
        """The visits that the protocol requires of every subject."""
        return self.page(self.trial.visit_plans.all())

    def post(self, request: Request, code: str) -> Response:
        """Adds a planned visit. Subjects who are already enrolled get this visit too."""

        def write(given: dict[str, Any]) -> VisitPlan:
            return plan_visit(trial=self.trial, code=given.pop("visit"), actor=self.actor, **given)

        return self.write(write)


class SubjectsView(ApiView):
    """The subjects of a trial."""

    operations = {
        "get": ApiOperation("list_subjects", PLAN, plan.SubjectSerializer, paged=True, filters=(OF_SITE,)),
        "post": ApiOperation(
            "enrol_subject", WRITE, plan.SubjectSerializer, body=requests.NewSubjectSerializer, status=201
        ),
    }

    def get(self, request: Request, code: str) -> Response:
        """The subjects in the order in which they were enrolled."""
        return self.page(one_of(request, subjects_of(self), site="site__code"))

    def post(self, request: Request, code: str) -> Response:
        """Enrols a subject at a site, with the planned visits."""

        def write(given: dict[str, Any]) -> Subject:
            site = self.trial.sites.filter(code=given["site"]).first()
            if site is None:
                raise BadInput(
                    f"The site {quoted(shortened(given['site']))} does not exist. Add it first.", field="site"
                )
            return enrol(trial=self.trial, site=site, code=given["subject"], actor=self.actor)

        return self.write(write)


class OneSubjectView(ApiView):
    """One subject."""

    operations = {"get": ApiOperation("read_subject", PLAN, plan.SubjectSerializer)}

    def get(self, request: Request, code: str, pk: int) -> Response:
        """One subject by its number in this API."""
        return Response(plan.SubjectSerializer(get_object_or_404(subjects_of(self), pk=pk)).data)


class VisitsView(ApiView):
    """The visits of all subjects."""

    operations = {
        "get": ApiOperation("list_visits", PLAN, plan.VisitSerializer, paged=True, filters=(OF_SUBJECT,)),
        "post": ApiOperation("add_visit", WRITE, plan.VisitSerializer, body=requests.NewVisitSerializer, status=201),
    }

    def get(self, request: Request, code: str) -> Response:
        """The visits of all subjects, planned and outside the plan."""
        return self.page(one_of(request, visits_of(self), subject="subject__code"))

    def post(self, request: Request, code: str) -> Response:
        """Adds a visit outside the plan: an unscheduled visit, early escape or rescue, or early termination."""

        def write(given: dict[str, Any]) -> Visit:
            subject = subjects_of(self).select_related("trial").filter(code=given["subject"]).first()
            if subject is None:
                given_code = quoted(shortened(given["subject"]))
                raise BadInput(f"The subject {given_code} does not exist. Enrol the subject first.", field="subject")
            return add_visit(subject=subject, code=given["visit"], kind=given["kind_of_visit"], actor=self.actor)

        return self.write(write)


class OneVisitView(ApiView):
    """One visit."""

    operations = {"get": ApiOperation("read_visit", PLAN, plan.VisitSerializer)}

    def get(self, request: Request, code: str, pk: int) -> Response:
        """One visit by its number in this API."""
        return Response(plan.VisitSerializer(get_object_or_404(visits_of(self), pk=pk)).data)


def subjects_of(view: ApiView) -> QuerySet[Subject]:
    """The subjects of the token's trial."""
    return Subject.objects.filter(trial=view.trial).select_related("site")


def visits_of(view: ApiView) -> QuerySet[Visit]:
    """The visits of the token's trial."""
    return Visit.objects.filter(subject__trial=view.trial).select_related("subject")
