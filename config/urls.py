"""Every address of the product, by app."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

handler500 = "config.away.answer_failure"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("studies.urls")),
    path("", include("reading.urls")),
    path("", include("scoring.urls")),
    path("", include("api.urls")),
    path("", include("studies.urls.audit")),
    path("", include("jobs.urls")),
    path("", include("validation.urls")),
]
