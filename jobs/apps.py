"""The app that carries work recorded in the transaction of its cause."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Declares what the audit trail may hear from here."""

    name = "jobs"

    def ready(self) -> None:
        from jobs import audit_actions  # noqa: F401
