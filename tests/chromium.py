"""One Chromium for a whole run: Debian's own, driven by Playwright; nothing is downloaded.

A new window with nothing in it costs the machine a second, so windows are lent to one test after the other. A test that
leaves in its window what cannot be taken out again (a clock, a script) is marked `own_window`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--host-resolver-rules=MAP reading.test 127.0.0.1",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Playwright can be started once in a process, so every browser test shares this one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
        yield browser
        browser.close()


class Windows:
    """Windows with nothing of any test in them, by what they were opened with: `script` runs before any page's own."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.kept: dict[tuple[str, str], Page] = {}

    @contextmanager
    def lend(
        self, *, width: int, height: int, script: str = "", base_url: str = "", own: bool = False
    ) -> Iterator[Page]:
        """A window for one test; kept for the next one where nothing of this one stays in it."""
        page = (None if own else self.take(script, base_url)) or self.open(script, base_url)
        page.set_viewport_size({"width": width, "height": height})
        context = page.context
        yield page
        if own or not emptied(page):
            close(context)
        else:
            self.kept[script, base_url] = page

    def take(self, script: str, base_url: str) -> Page | None:
        """A kept window, unless a test has killed its process with that of its own."""
        page = self.kept.pop((script, base_url), None)
        try:
            return page if page and page.evaluate("true") else None
        except Error:
            return None

    def open(self, script: str, base_url: str) -> Page:
        """A window with a history and a storage that no other has."""
        context = self.browser.new_context(base_url=base_url or None)
        if script:
            context.add_init_script(script)
        return context.new_page()

    def close(self) -> None:
        """Closes what is kept."""
        for page in self.kept.values():
            close(page.context)


def emptied(page: Page) -> bool:
    """Takes out what a test has left in its window; false where that cannot be done."""
    context = page.context
    try:
        for other in context.pages:
            if other is not page:
                other.close()
        context.set_offline(False)
        context.clear_cookies()
        page.unroute_all()
        page.emulate_media(color_scheme="null")
        origin = page.evaluate("location.origin")
        page.goto("about:blank", timeout=2_000)
        with_tools = context.new_cdp_session(page)
        with_tools.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
        with_tools.detach()
    except Error:
        return False
    return True


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Iterator[Windows]:
    """The windows of this process's tests."""
    windows = Windows(chromium)
    yield windows
    windows.close()


def close(context: BrowserContext) -> None:
    """Closes a person's windows; Chromium may never answer when one of them is still on its way to another page."""
    for page in context.pages:
        with suppress(Error):
            page.goto("about:blank", timeout=2_000)
    context.close()
