"""The API for programs: the same records and functions as the pages, as JSON."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Declares the app's audit actions and its page in the menu."""

    name = "api"

    def ready(self) -> None:
        from api import audit_actions, menu, protected_tables  # noqa: F401
