"""Chromium at a provider of another site, with cookies that other sites do not get."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.accounts.conftest import OpenPage
from tests.accounts.oidc_provider import running_provider
from tests.accounts.signing_on import NAME, configure
from tests.cast import PASSWORD, make_user

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_person_links_their_identity_and_signs_on_with_it(
    visit: OpenPage, live_server: LiveServer, settings: Any
) -> None:
    anna = make_user("anna@house.example", "Anna Berg")
    settings.PUBLIC_URL = live_server.url
    with running_provider(f"{live_server.url}/sign-on/callback/") as provider:
        configure(settings, provider)
        provider.asks = True
        assert "localhost" in live_server.url
        assert "127.0.0.1" in provider.issuer
        page = visit("/you/sign-on/", anna.email)
        page.locator("#id_password").fill(PASSWORD)
        page.get_by_role("button", name="Link").click()
        page.get_by_role("button", name="It is I").click()
        page.wait_for_url("**/you/sign-on/")
        page.get_by_text("Your account has been linked").wait_for()
        page.context.clear_cookies()
        page.goto("/sign-in/?next=/you/")
        page.get_by_role("link", name=f"Sign in with {NAME}").click()
        page.get_by_role("button", name="It is I").click()
        page.wait_for_url("**/you/")
        page.get_by_role("heading", name="Your account").wait_for()
        assert {cookie["name"]: cookie["sameSite"] for cookie in page.context.cookies(live_server.url)} == {
            "session": "Strict",
            "csrf": "Strict",
        }
