"""Debian's Chromium and a site under the strict policy, for the tests of what readers see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.chromium import close
from tests.viewer.site import Site


@pytest.fixture
def page_size() -> tuple[int, int]:
    """The window of the reading room's design."""
    return 1920, 1080


@pytest.fixture
def page(chromium: Browser, page_size: tuple[int, int]) -> Iterator[Page]:
    """A page with a history and storage of its own."""
    width, height = page_size
    context = chromium.new_context(viewport={"width": width, "height": height})
    yield context.new_page()
    close(context)


@pytest.fixture
def site() -> Iterator[Site]:
    """A fresh site."""
    site = Site()
    yield site
    site.close()


@pytest.fixture
def clean_page(page: Page) -> Iterator[Page]:
    """A page that must end without an uncaught error and without a violation of the content policy."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield page
    assert faults == []
