"""The app that holds identities."""

from __future__ import annotations

from django.apps import AppConfig


class StudiesConfig(AppConfig):
    """Declares the audit actions of this app and its pages in the menu."""

    name = "studies"

    def ready(self) -> None:
        from studies import audit_actions, audit_labels, menu, protected_tables, waiting  # noqa: F401
