"""The blinded app."""

from __future__ import annotations

from django.apps import AppConfig


class ReadingConfig(AppConfig):
    """Declares the audit actions of this app."""

    name = "reading"

    def ready(self) -> None:
        from reading import audit_actions, audit_labels, menu, protected_tables, waiting  # noqa: F401
