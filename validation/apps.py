"""The validation app: a command, a page, and no table."""

from __future__ import annotations

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    """Without models, so that installing it changes no database."""

    name = "validation"

    def ready(self) -> None:
        from validation import menu  # noqa: F401
