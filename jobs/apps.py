"""The jobs app: carries out work that was recorded in the transaction of its cause."""

from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Declares the audit actions of jobs."""

    name = "jobs"

    def ready(self) -> None:
        from jobs import audit_actions, audit_labels  # noqa: F401
