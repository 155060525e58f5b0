"""A database whose tables were made by another version is refused with one sentence, by whatever is started on it."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from audit.baseline import BASELINE, MARKER, demand_own_tables
from tests.servers import ROOT, BlankDatabase, environment_of_a_part

CELERY = ["-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "--loglevel", "ERROR"]
STARTS = {
    "migrate": ["manage.py", "migrate"],
    "web": ["-c", "import config.wsgi"],
    "worker": CELERY,
    "sweeper": ["manage.py", "sweep", "--once"],
}
FROM_BEFORE = """
import django
django.setup()
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
recorder = MigrationRecorder(connection)
recorder.ensure_schema()
recorder.record_applied("audit", "0001_chain")
recorder.record_applied("reading", "0009_of_another_time")
"""


def run(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = environment_of_a_part(
        DATABASE_URL=url, BROKER_URL="filesystem://", DJANGO_SETTINGS_MODULE="config.settings"
    )
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("command", STARTS.values(), ids=list(STARTS))
def test_every_start_names_the_database_and_says_what_to_do(command: list[str], blank_database: BlankDatabase) -> None:
    url = blank_database("before")
    assert run(url, "-c", FROM_BEFORE).returncode == 0
    done = run(url, *command)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "before" in done.stderr
    assert "was made by another version of Blindread" in done.stderr
    assert "Start the version that made it, or give this version an empty database" in done.stderr
    assert "reading.0009_of_another_time, which this version does not know" in done.stderr


@pytest.mark.django_db
def test_tables_whose_names_are_known_but_without_the_mark_of_this_baseline_are_refused() -> None:
    MigrationRecorder(connection).migration_qs.filter(app=MARKER).delete()
    with pytest.raises(CommandError, match=f"it lacks the mark of baseline {BASELINE}"):
        call_command("migrate")


@pytest.mark.django_db
def test_a_database_of_a_later_version_is_refused() -> None:
    MigrationRecorder(connection).record_applied("studies", "0999_of_a_later_version")
    with pytest.raises(CommandError, match="studies.0999_of_a_later_version"):
        call_command("migrate")


@pytest.mark.django_db
def test_a_database_to_which_migrations_are_yet_to_be_added_is_accepted() -> None:
    last = MigrationRecorder(connection).migration_qs.filter(app="reading").order_by("-name")[0]
    last.delete()
    demand_own_tables()
