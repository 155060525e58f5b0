"""The accounts app: people, roles, sign-in, second factor and electronic signatures."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and what they may do."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import audit_actions, menu  # noqa: F401
