"""The audit app: installs the protection of regulated tables after every migrate, and checks it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


def install_protection(**kwargs: Any) -> None:
    """Recreates the triggers that a table rebuild has dropped."""
    from audit.protection import install

    install()


def protection_stands(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """A system check (check --database default, and before migrate): one error per table without triggers."""
    if not databases:
        return []
    from audit.protection import unprotected

    return [
        checks.Warning(f"regulated table {table} has no protection", hint="run migrate", id="audit.W001")
        for table in unprotected()
    ]


class AuditConfig(AppConfig):
    """The product's only model signal: post_migrate follows every migration, whichever way it is run."""

    name = "audit"

    def ready(self) -> None:
        from audit import audit_actions, protected_tables  # noqa: F401

        post_migrate.connect(install_protection, sender=self, dispatch_uid="audit.protection")
        checks.register(protection_stands, checks.Tags.database)
