"""Addresses of programs under /api/v1/, and of the page on which access tokens are made."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.urls import URLPattern, path

from api.base import ApiView
from api.views import expected, films, guide, pages, plan, results, schema

app_name = "api"
V1, TRIAL = "api/v1/", "api/v1/trials/<slug:code>"


def route(address: str, view: type[ApiView], name: str) -> URLPattern:
    """An address that asks for a token instead of a session."""
    answer: Any = login_not_required(view.as_view())
    found: URLPattern = path(address, answer, name=name)
    return found


urlpatterns = [
    path("trials/<slug:code>/access-tokens/", pages.tokens, name="tokens"),
    path("trials/<slug:code>/access-tokens/<int:pk>/show/", pages.show, name="show_token"),
    path("trials/<slug:code>/access-tokens/<int:pk>/revoke/", pages.revoke, name="revoke_token"),
    path("help/api/", guide.guide, name="guide"),
    path(f"{V1}schema", schema.schema, name="schema"),
    path(f"{V1}schema.yaml", schema.schema_yaml, name="schema_yaml"),
    route(f"{V1}trials", plan.TrialsView, "trials"),
    route(TRIAL, plan.OneTrialView, "trial"),
    route(f"{TRIAL}/sites", plan.SitesView, "sites"),
    route(f"{TRIAL}/planned-visits", plan.PlannedVisitsView, "planned_visits"),
    route(f"{TRIAL}/subjects", plan.SubjectsView, "subjects"),
    route(f"{TRIAL}/subjects/<int:pk>", plan.OneSubjectView, "subject"),
    route(f"{TRIAL}/visits", plan.VisitsView, "visits"),
    route(f"{TRIAL}/visits/<int:pk>", plan.OneVisitView, "visit"),
    route(f"{TRIAL}/visits/<int:pk>/not-done", expected.NotDoneView, "not_done"),
    route(f"{TRIAL}/visits/<int:pk>/expected", expected.ExpectedView, "expected"),
    route(f"{TRIAL}/visits/<int:pk>/absent-films", expected.AbsentFilmsView, "absent_films"),
    route(f"{TRIAL}/absent-films/<int:pk>/expected", expected.FilmExpectedView, "film_expected"),
    route(f"{TRIAL}/films", films.FilmsView, "films"),
    route(f"{TRIAL}/films/<int:pk>", films.OneFilmView, "film"),
    route(f"{TRIAL}/deliveries", films.DeliveriesView, "deliveries"),
    route(f"{TRIAL}/questions", films.QuestionsView, "questions"),
    route(f"{TRIAL}/completeness", films.CompletenessView, "completeness"),
    route(f"{TRIAL}/campaigns", results.CampaignsView, "campaigns"),
    route(f"{TRIAL}/campaigns/<slug:slug>", results.OneCampaignView, "campaign"),
    route(f"{TRIAL}/datasets", results.DatasetsView, "datasets"),
    route(f"{TRIAL}/datasets/<int:pk>/zip", results.DatasetFileView, "dataset_file"),
    route(f"{TRIAL}/locks", results.LocksView, "locks"),
    route(f"{TRIAL}/transfers", results.TransfersView, "transfers"),
    route(f"{TRIAL}/audit-events", results.EventsView, "events"),
    path("api/<path:path>", schema.nothing_here, name="nothing_here"),
]
