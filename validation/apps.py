"""The validation app: a command, and no table."""

from __future__ import annotations

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    """Without models, so that installing it changes no database."""

    name = "validation"
