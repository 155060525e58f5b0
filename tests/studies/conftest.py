"""The planned trials of the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.studies.planned import Planned, plan


@pytest.fixture
def ra1(db: None) -> Planned:
    """The trial that most tests play in."""
    return plan("RA-1")


@pytest.fixture
def ra2(db: None) -> Planned:
    """Another trial of the same house, which must never show."""
    return plan("RA-2")


@pytest.fixture
def stores(tmp_path: Path, settings: Any) -> Path:
    """Stores of this test alone, so that what lies in them can be counted and searched."""
    settings.STORAGES = {
        name: {**store, "OPTIONS": {"location": str(tmp_path / "files" / name)}} if "OPTIONS" in store else store
        for name, store in settings.STORAGES.items()
    }
    return tmp_path / "files"
