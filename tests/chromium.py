"""One Chromium for a whole run: Debian's own, driven by Playwright; nothing is downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, sync_playwright

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


def close(context: BrowserContext) -> None:
    """Closes a person's windows; Chromium may never answer when one of them is still on its way to another page."""
    for page in context.pages:
        with suppress(Error):
            page.goto("about:blank", timeout=10_000)
    context.close()
