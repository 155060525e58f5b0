"""Debian's Chromium and a site under the strict policy, for the tests of what readers see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import ConsoleMessage, Error, Page

from tests.capture.reading_room import ReadingRoom
from tests.chromium import Windows
from tests.viewer.large_films import WITHOUT_WEBGL, large_film
from tests.viewer.site import StaticSite


@pytest.fixture
def page_size() -> tuple[int, int]:
    """The window of the reading room's design."""
    return 1920, 1080


@pytest.fixture
def window_script() -> str:
    """What runs in the window before any page's own scripts."""
    return ""


@pytest.fixture
def page(
    windows: Windows, page_size: tuple[int, int], window_script: str, request: pytest.FixtureRequest
) -> Iterator[Page]:
    """A page with nothing of any other test in it."""
    width, height = page_size
    own = request.node.get_closest_marker("own_window") is not None
    with windows.lend(width=width, height=height, script=window_script, own=own) as page:
        yield page


@pytest.fixture
def site() -> Iterator[StaticSite]:
    """A fresh site."""
    site = StaticSite()
    yield site
    site.close()


@pytest.fixture
def clean_page(page: Page) -> Iterator[Page]:
    """A page that must end without an uncaught error and without a violation of the content policy."""
    faults: list[str] = []

    def failed(error: Error) -> None:
        faults.append(str(error))

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    page.on("pageerror", failed)
    page.on("console", heard)
    yield page
    page.remove_listener("pageerror", failed)
    page.remove_listener("console", heard)
    assert faults == []


@pytest.fixture
def room(site: StaticSite) -> ReadingRoom:
    """A read of two timepoints scored by Larsen 1995, with films large enough to be looked at."""
    return ReadingRoom(site, panes=2, instrument="larsen-1995", film=large_film)


@pytest.fixture
def either(clean_page: Page, window_script: str) -> Iterator[Page]:
    """A page that draws by WebGL2, or one that has to do without."""
    yield clean_page
    wanted = "canvas" if window_script == WITHOUT_WEBGL else "webgl2"
    assert clean_page.get_attribute(".stage", "data-renderer") == wanted
