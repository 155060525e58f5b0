"""The planned trials of the tests."""

from __future__ import annotations

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
