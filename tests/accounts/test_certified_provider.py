"""The certified provider for Node, written by others, signs a person in. It is installed from the registry of npm."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import SignOnIdentity
from accounts.sign_on.provider import PROVIDERS
from tests.accounts.conftest import OpenPage
from tests.accounts.oidc_provider import CLIENT, SECRET
from tests.accounts.signing_on import NAME
from tests.cast import PASSWORD, make_user

pytestmark = [pytest.mark.full, pytest.mark.long, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VERSION = "oidc-provider@9.13.3"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def issuer(tmp_path: Path, live_server: LiveServer) -> Iterator[str]:
    """The provider in a folder of its own, without the scripts that packages run when they are installed."""
    npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", VERSION]
    subprocess.run(npm, cwd=tmp_path, check=True, capture_output=True, timeout=300)
    script = shutil.copy(Path(__file__).with_name("certified_provider.mjs"), tmp_path)
    port = free_port()
    command = ["node", script, str(port), f"{live_server.url}/sign-on/callback/", CLIENT, SECRET]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert process.stdout
    assert "listening" in process.stdout.readline()
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def sign_in_there(page: Page) -> None:
    """The provider's own pages: any name, then consent."""
    page.locator("input[name=login]").fill("anna-at-the-provider")
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def test_the_certified_provider_links_and_signs_in(
    visit: OpenPage, live_server: LiveServer, issuer: str, settings: Any
) -> None:
    anna = make_user("anna@house.example", "Anna Berg")
    settings.PUBLIC_URL = live_server.url
    PROVIDERS.results.clear()
    settings.SIGN_ON_ISSUER, settings.SIGN_ON_NAME = issuer, NAME
    settings.SIGN_ON_CLIENT_ID, settings.SIGN_ON_CLIENT_SECRET = CLIENT, SECRET
    page = visit("/you/sign-on/", anna.email, strict=False)
    page.locator("#id_password").fill(PASSWORD)
    page.get_by_role("button", name="Link").click()
    sign_in_there(page)
    page.get_by_text("Your account has been linked").wait_for()
    assert SignOnIdentity.objects.get().subject == "anna-at-the-provider"
    page.context.clear_cookies()
    page.goto("/sign-in/?next=/you/")
    page.get_by_role("link", name=f"Sign in with {NAME}").click()
    sign_in_there(page)
    page.wait_for_url("**/you/")
    page.get_by_role("heading", name="Your account").wait_for()
