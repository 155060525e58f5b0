"""The accounts app: people, roles, sign-in, second factor and electronic signatures."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class AccountsConfig(AppConfig):
    """People and what they may do."""

    name = "accounts"

    def ready(self) -> None:
        from accounts import audit_actions, audit_labels, menu, protected_tables  # noqa: F401
        from accounts.second_factor import demand_known_roles
        from accounts.sign_on.provider import demand_complete_settings

        demand_known_roles(settings.ROLES_WITH_SECOND_FACTOR)
        demand_complete_settings()
