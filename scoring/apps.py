"""The app that gives scores their meaning."""

from __future__ import annotations

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Declares what the audit trail may hear from here."""

    name = "scoring"

    def ready(self) -> None:
        from scoring import audit_actions, menu, waiting  # noqa: F401
