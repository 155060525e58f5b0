"""Addresses of the audit trail of a trial."""

from __future__ import annotations

from django.urls import path, register_converter

from studies.views import trail

app_name = "audit"


class ScopeConverter:
    """The trial's own chain or that of the house."""

    regex = "trial|house"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


register_converter(ScopeConverter, "scope")
urlpatterns = [
    path("trials/<slug:code>/audit/", trail.trail, name="trail"),
    path("trials/<slug:code>/audit/signatures/", trail.signatures, name="signatures"),
    path("trials/<slug:code>/audit/verify/", trail.verify, name="verify"),
    path("trials/<slug:code>/audit/<scope:scope>/", trail.trail, name="scope"),
    path("trials/<slug:code>/audit/<scope:scope>/export.json", trail.export, name="export"),
    path("trials/<slug:code>/audit/<scope:scope>/<int:seq>/", trail.event, name="event"),
    path("trials/<slug:code>/audit/<scope:scope>/<str:kind>/<str:key>/", trail.record, name="record"),
]
