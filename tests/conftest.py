"""What every test stands on: its engine, its folders, its broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.protection import let_tests_empty_the_database

pytest_plugins = ["tests.servers", "tests.cast", "tests.chromium"]
let_tests_empty_the_database()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="the long runs too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out, by name and not as skipped, what belongs to another run: the long runs, the other engine."""
    outside = set() if config.getoption("--full") else {"full"}
    if connection.vendor != "postgresql":
        outside.add("postgresql")
    left_out = [item for item in items if outside & {mark.name for mark in item.iter_markers()}]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, settings: Any) -> None:
    """Anchors and backups of one test are not the next one's."""
    settings.ANCHOR_FOLDER = tmp_path / "anchors"
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.WORK_FOLDER = tmp_path / "work"
