"""The audit app: installs protection after every migrate and checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


def install_protection(**kwargs: Any) -> None:
    """Re-makes the triggers a table rebuild has dropped."""
    from audit.protection import install

    install()


def protection_stands(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A system check (check --database default, and before migrate) for each regulated table without triggers."""
    if not databases:
        return []
    from audit.protection import unprotected

    return [
        checks.Warning(f"regulated table {table} has no protection", hint="run migrate", id="audit.W001")
        for table in unprotected()
    ]


class AuditConfig(AppConfig):
    """The one signal of the house: only post_migrate is certain to come after every migration, whoever runs it."""

    name = "audit"

    def ready(self) -> None:
        from audit import audit_actions  # noqa: F401

        post_migrate.connect(install_protection, sender=self, dispatch_uid="audit.protection")
        checks.register(protection_stands, checks.Tags.database)
