"""A real browser on the real pages, and a provider at which people sign in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from tests.accounts.oidc_provider import OidcProvider, running_provider
from tests.accounts.signing_on import configure
from tests.cast import PASSWORD
from tests.chromium import Windows

OpenPage = Callable[..., Page]


@pytest.fixture
def provider(settings: Any) -> Iterator[OidcProvider]:
    """Single sign-on is configured, and people come back to the test client."""
    settings.PUBLIC_URL = "http://testserver"
    with running_provider("http://testserver/sign-on/callback/") as provider:
        configure(settings, provider)
        yield provider


@pytest.fixture
def visit(windows: Windows, live_server: LiveServer) -> Iterator[OpenPage]:
    """Opens a page as somebody; any error of the page or its policy fails the test."""
    faults: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if message.type == "error" and "401" not in message.text:
            faults.append(f"{message.text} {message.location}")

    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:

        def open_page(
            path: str, email: str, *, scheme: Literal["light", "dark"] = "light", strict: bool = True
        ) -> Page:
            page.emulate_media(color_scheme=scheme)
            if strict:
                page.on("pageerror", lambda error: faults.append(str(error)))
                page.on("console", heard)
            page.goto(f"/sign-in/?next={path}")
            page.get_by_label("E-mail address").fill(email)
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"**{path}")
            return page

        yield open_page
    assert faults == []
