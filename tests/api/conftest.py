"""The trials of the tests of the API."""

from __future__ import annotations

import pytest

from tests.studies.planned import Planned, plan


@pytest.fixture
def ra1(db: None) -> Planned:
    return plan("RA-1")


@pytest.fixture
def ra2(db: None) -> Planned:
    return plan("RA-2")
