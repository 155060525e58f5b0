"""No migration is missing, and each one can be taken back."""

from __future__ import annotations

import ast
import hashlib
import io
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import migrations
from django.db.migrations.loader import MigrationLoader

from audit.baseline import BASELINE
from tests.servers import ROOT, BlankDatabase, environment_of_a_part

IN_TURN = """import sys
import django
from django.core.management import call_command
django.setup()
for turn in sys.argv[1:]:
    call_command(*turn.split())
"""
OURS = [app.label for app in apps.get_app_configs() if Path(app.path).parent == ROOT]


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    out = io.StringIO()
    try:
        call_command("makemigrations", "--check", "--dry-run", stdout=out)
    except SystemExit:
        pytest.fail(out.getvalue())


def test_the_baseline_changes_with_the_first_migrations_and_with_nothing_else() -> None:
    """A database whose first migrations were others is refused by name: see audit/baseline.py."""
    first = sorted(path for app in OURS for path in ROOT.glob(f"{app}/migrations/0001_*.py"))
    together = hashlib.sha256("".join(ast.dump(ast.parse(path.read_text("utf-8"))) for path in first).encode())
    assert together.hexdigest()[:8] == BASELINE


def test_no_migration_says_that_it_cannot_be_taken_back() -> None:
    loader = MigrationLoader(None)
    for (app, name), migration in loader.disk_migrations.items():
        if app in OURS:
            assert all(operation.reversible for operation in migration.operations), f"{app}.{name}"


def test_no_migration_of_ours_runs_sql_for_one_engine_only() -> None:
    loader = MigrationLoader(None)
    found = [
        f"{app}.{name}"
        for (app, name), migration in loader.disk_migrations.items()
        if app in OURS and any(isinstance(operation, migrations.RunSQL) for operation in migration.operations)
    ]
    assert found == []


def migrate_in_turn(blank_database: BlankDatabase, *turns: str) -> str:
    """Each of the commands given, one after the other, in one process that works on a blank database."""
    environment = environment_of_a_part(DATABASE_URL=blank_database(), DJANGO_SETTINGS_MODULE="config.settings")
    command = [sys.executable, "-c", IN_TURN, *turns]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_migration_can_be_taken_back_and_made_again(blank_database: BlankDatabase) -> None:
    there = "migrate --verbosity 0"
    back = [f"migrate {app} zero --verbosity 0" for app in reversed(OURS)]
    said = migrate_in_turn(blank_database, there, *back, there, "showmigrations", "verify_audit")
    assert "[X]" in said
    assert "[ ]" not in said
    assert "intact" in said
