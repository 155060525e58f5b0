"""The browser and the site of the viewer's tests, and a read to work on."""

from __future__ import annotations

import pytest

from tests.capture.reading_room import ReadingRoom
from tests.viewer.conftest import clean_page, page, site, window_script  # noqa: F401
from tests.viewer.site import StaticSite


@pytest.fixture
def room(site: StaticSite) -> ReadingRoom:  # noqa: F811
    """A read of two timepoints scored by Larsen 1995: 64 cells."""
    return ReadingRoom(site, panes=2, instrument="larsen-1995")


@pytest.fixture
def page_size() -> tuple[int, int]:
    """A small window: what is shown does not matter here."""
    return 1100, 700
