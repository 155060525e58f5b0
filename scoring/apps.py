"""The app that computes results, agreement and datasets."""

from __future__ import annotations

from django.apps import AppConfig


class ScoringConfig(AppConfig):
    """Declares the app's audit actions, menu entries and pending work."""

    name = "scoring"

    def ready(self) -> None:
        from scoring import audit_actions, audit_labels, menu, protected_tables, waiting  # noqa: F401
