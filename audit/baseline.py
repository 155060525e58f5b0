"""Checks that the tables of a database are those of this version: an earlier database is refused with one sentence.

BASELINE names the first migrations of all apps together. It is recorded in the database when they are applied, and
changes only when a first migration is rewritten; migrations added later leave it as it is.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from pathlib import Path

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

# The first eight digits of the SHA-256 of the first migrations; tests/house/test_migrations.py says when to change it.
BASELINE = "9fb0b139"
MARKER = "blindread"  # the "app" under which django_migrations lists the baseline


class OtherTables(RuntimeError):
    """The tables of the database belong to another version; the text is for the person who starts Blindread."""


def own_apps() -> list[AppConfig]:
    """Our apps that have migrations."""
    return [app for app in apps.get_app_configs() if Path(app.path).parent == settings.BASE_DIR and app.models_module]


def known_migrations() -> set[tuple[str, str]]:
    """Each migration of this version, by app and name; their files are not loaded."""
    found = set()
    for app in own_apps():
        folder = import_module(f"{app.name}.migrations")
        found |= {(app.label, module.name) for module in pkgutil.iter_modules(folder.__path__)}
    return found


def applied_migrations() -> set[tuple[str, str]]:
    """Our migrations that the database records as applied, and its baseline."""
    recorder = MigrationRecorder(connection)
    labels = {MARKER, *(app.label for app in own_apps())}
    return {key for key in recorder.applied_migrations() if key[0] in labels} if recorder.has_table() else set()


def demand_own_tables() -> None:
    """Raises OtherTables unless the database is empty or was made by this version or an earlier one that it extends."""
    applied = applied_migrations()
    marker = (MARKER, f"baseline {BASELINE}")
    unknown = sorted(applied - known_migrations() - {marker})
    if not applied or (marker in applied and not unknown):
        return
    text = f"The database {named()} was made by another version of Blindread, and this version cannot use its tables."
    raise OtherTables(
        f"{text} Start the version that made it, or give this version an empty database"
        f" (for the demo: bin/demo --fresh). Reason: {reason(unknown)}."
    )


def named() -> str:
    """The database, named as in DATABASE_URL."""
    details = connection.settings_dict
    return str(details["NAME"]) + (f" on {details['HOST']}" if details.get("HOST") else "")


def reason(unknown: list[tuple[str, str]]) -> str:
    """The differences, in words."""
    if not unknown:
        return f"it lacks the mark of baseline {BASELINE}"
    return f"it has {'.'.join(unknown[0])}, which this version does not know"


def record_baseline() -> None:
    """Marks the tables as those of this version, once its first migrations have been applied."""
    marker = (MARKER, f"baseline {BASELINE}")
    if applied_migrations() - {marker} and marker not in applied_migrations():
        MigrationRecorder(connection).record_applied(*marker)
