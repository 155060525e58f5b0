"""No process starts on a database whose regulated tables are unprotected."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from audit.protection import install
from tests.protection import lift
from tests.servers import ROOT, environment_of_a_part

CELERY = ["-m", "celery", "-A", "config.celery", "worker", "--concurrency", "1", "--loglevel", "ERROR"]


@pytest.fixture
def unprotected_database(transactional_db: None) -> Iterator[None]:
    lift()
    yield
    install()


@pytest.mark.parametrize(
    "command",
    [["-c", "import config.wsgi"], CELERY, ["manage.py", "sweep", "--once"]],
    ids=["web", "worker", "sweeper"],
)
def test_no_part_starts_without_protection(unprotected_database: None, command: list[str]) -> None:
    environment = environment_of_a_part(BROKER_URL="filesystem://")
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode != 0
    assert "regulated tables without protection: accounts_signature" in done.stderr
