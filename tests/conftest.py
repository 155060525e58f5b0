"""What every test stands on: its engine, its folders, its broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from hypothesis import HealthCheck

from tests.protection import let_tests_empty_the_database

pytest_plugins = [
    "tests.servers",
    "tests.cast",
    "tests.chromium",
    "tests.refusals",
    "tests.tracking",
    "tests.once_per_file",
]
KNOWS_THE_ENGINE = {"audit", "config", "jobs"}
let_tests_empty_the_database()
# How long a draw takes says how busy the machine is, and nothing about what is drawn.
hypothesis.settings.register_profile("project", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("project")
# Hundreds of signatures are given in the tests; how long a guess takes is no matter of theirs.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost = 1, 1024


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long runs too")
    parser.addoption("--on-database", action="store_true", help="only tests in which the engine can make a difference")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, by name and not as skipped, what belongs to another run; what waits longest begins first."""
    full = config.getoption("--full")
    outside = set() if full else {"full"}
    if connection.vendor != "postgresql":
        outside.add("postgresql")
    left_out = [item for item in items if outside & marks_of(item)]
    if config.getoption("--on-database"):
        wanted = set(about_the_engine(items, every_test=full))
        left_out = [item for item in items if item in left_out or item not in wanted]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        unwanted = set(left_out)
        items[:] = [item for item in items if item not in unwanted]
    items.sort(key=lambda item: "long" not in marks_of(item))


def about_the_engine(items: list[pytest.Item], *, every_test: bool) -> Iterator[pytest.Item]:
    """Every test of the parts whose code knows the engine; of every other file the first that uses the database."""
    seen: set[Path] = set()
    for item in filter(uses_database, items):
        if every_test or item.path.parent.name in KNOWS_THE_ENGINE or item.path not in seen:
            seen.add(item.path)
            yield item


def marks_of(item: pytest.Item) -> set[str]:
    """The names of the markers a test carries."""
    return {mark.name for mark in item.iter_markers()}


def uses_database(item: pytest.Item) -> bool:
    """Whether the engine can make a difference to a test."""
    fixtures = set(getattr(item, "fixturenames", ()))
    return "django_db" in marks_of(item) or bool(fixtures & {"db", "transactional_db", "live_server"})


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Ends what a request of the last browser still holds, or the database of the tests cannot be dropped."""
    yield
    if connection.vendor == "postgresql":
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, settings: Any) -> None:
    """Anchors and backups of one test are not the next one's."""
    settings.ANCHOR_FOLDER = tmp_path / "anchors"
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.WORK_FOLDER = tmp_path / "work"
