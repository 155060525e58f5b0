"""The trials of the tests of the API."""

from __future__ import annotations

from copy import deepcopy

import pytest

from tests.once_per_file import Once
from tests.studies.planned import Planned, plan


@pytest.fixture(scope="module")
def planned(once: Once) -> Planned:
    return once(lambda: plan("RA-1"))


@pytest.fixture
def ra1(planned: Planned, db: None) -> Planned:
    return deepcopy(planned)


@pytest.fixture
def ra2(db: None) -> Planned:
    return plan("RA-2")
