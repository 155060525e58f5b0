"""Addresses of the audit trail of a trial."""

from __future__ import annotations

from django.urls import path, register_converter

from studies.views import audit_pages

app_name = "audit"


class ScopeConverter:
    """The trial's own chain or that of accounts, jobs and verifications."""

    regex = "trial|system"

    def to_python(self, value: str) -> str:
        """Unchanged."""
        return value

    def to_url(self, value: str) -> str:
        """Unchanged."""
        return value


register_converter(ScopeConverter, "scope")
urlpatterns = [
    path("trials/<slug:code>/audit/", audit_pages.trail, name="trail"),
    path("trials/<slug:code>/audit/signatures/", audit_pages.signatures, name="signatures"),
    path("trials/<slug:code>/audit/verify/", audit_pages.verify, name="verify"),
    path("trials/<slug:code>/audit/<scope:scope>/", audit_pages.trail, name="scope"),
    path("trials/<slug:code>/audit/<scope:scope>/export.json", audit_pages.export, name="export"),
    path("trials/<slug:code>/audit/<scope:scope>/<int:seq>/", audit_pages.event, name="event"),
    path("trials/<slug:code>/audit/<scope:scope>/<slug:part>/<int:seq>/", audit_pages.event, name="event-of-part"),
    path("trials/<slug:code>/audit/<scope:scope>/<str:kind>/<str:key>/", audit_pages.record, name="record"),
]
