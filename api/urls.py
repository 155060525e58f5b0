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
    route(f"{V1}trials", plan.Trials, "trials"),
    route(TRIAL, plan.OneTrial, "trial"),
    route(f"{TRIAL}/sites", plan.Sites, "sites"),
    route(f"{TRIAL}/planned-visits", plan.PlannedVisits, "planned_visits"),
    route(f"{TRIAL}/subjects", plan.Subjects, "subjects"),
    route(f"{TRIAL}/subjects/<int:pk>", plan.OneSubject, "subject"),
    route(f"{TRIAL}/visits", plan.Visits, "visits"),
    route(f"{TRIAL}/visits/<int:pk>", plan.OneVisit, "visit"),
    route(f"{TRIAL}/visits/<int:pk>/not-done", expected.NotDone, "not_done"),
    route(f"{TRIAL}/visits/<int:pk>/expected", expected.Expected, "expected"),
    route(f"{TRIAL}/visits/<int:pk>/absent-films", expected.AbsentFilms, "absent_films"),
    route(f"{TRIAL}/absent-films/<int:pk>/expected", expected.FilmExpected, "film_expected"),
    route(f"{TRIAL}/films", films.Films, "films"),
    route(f"{TRIAL}/films/<int:pk>", films.OneFilm, "film"),
    route(f"{TRIAL}/deliveries", films.Deliveries, "deliveries"),
    route(f"{TRIAL}/questions", films.Questions, "questions"),
    route(f"{TRIAL}/completeness", films.Completeness, "completeness"),
    route(f"{TRIAL}/campaigns", results.Campaigns, "campaigns"),
    route(f"{TRIAL}/campaigns/<slug:slug>", results.OneCampaign, "campaign"),
    route(f"{TRIAL}/datasets", results.Datasets, "datasets"),
    route(f"{TRIAL}/datasets/<int:pk>/zip", results.DatasetFile, "dataset_file"),
    route(f"{TRIAL}/locks", results.Locks, "locks"),
    route(f"{TRIAL}/audit-events", results.Events, "events"),
    path("api/<path:path>", schema.nothing_here, name="nothing_here"),
]
