"""A browser that goes to the provider and comes back."""

from __future__ import annotations

import json
from html import unescape
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.test import Client

from accounts.models import SignOnIdentity, User
from accounts.sign_on.provider import PROVIDERS
from audit.models import Event
from tests.accounts.oidc_provider import CLIENT, SECRET, OidcProvider
from tests.cast import PASSWORD

NAME = "Acme University"
Page = Any


def configure(settings: Any, provider: OidcProvider) -> None:
    """Single sign-on at this provider, whatever an earlier one at the same port said."""
    PROVIDERS.results.clear()
    settings.SIGN_ON_ISSUER, settings.SIGN_ON_NAME = provider.issuer, NAME
    settings.SIGN_ON_CLIENT_ID, settings.SIGN_ON_CLIENT_SECRET = CLIENT, SECRET


def make_link(user: User, provider: OidcProvider) -> SignOnIdentity:
    """The link of an account, as if its owner had made it."""
    return SignOnIdentity.objects.create(user=user, issuer=provider.issuer, subject=provider.subject)


def sent_back(address: str) -> str:
    """Where the provider sends the browser that opens this address of its."""
    answer = urllib3.request("GET", address, redirect=False)
    assert answer.status == 303
    back = urlsplit(answer.headers["location"])
    return f"{back.path}?{back.query}"


def begin(client: Client, next_page: str = "/") -> str:
    """Begins to sign on; returns the address at which the browser comes back."""
    return sent_back(client.get("/sign-on/", {"next": next_page}).headers["Location"])


def sign_on(client: Client, next_page: str = "/") -> Page:
    """To the provider and back."""
    return client.get(begin(client, next_page))


def go_to_link(client: Client) -> str:
    """Begins to link, with the password; returns the address at which the browser comes back."""
    page = client.post("/you/sign-on/", {"password": PASSWORD})
    return sent_back(page.headers["Refresh"].removeprefix("0;url="))


def finish_linking(client: Client, page: Page) -> Page:
    """The page on which the one after the provider's answer goes on."""
    return client.get(page.headers["Refresh"].removeprefix("0;url="))


def refusals() -> list[tuple[int | None, str]]:
    """Who was refused, and why, as the audit trail says it."""
    found = Event.objects.filter(action="accounts.sign-on.refused").order_by("seq")
    return [(event.actor_id, json.loads(event.body)["details"]["why"]) for event in found]


def assert_refused(client: Client, page: Page, why: str, status: int = 403, who: User | None = None) -> None:
    """Nobody is signed in, the page gives the reason, and the audit trail has it."""
    assert page.status_code == status
    assert why in unescape(page.content.decode())
    assert client.get("/you/").status_code == 302
    assert refusals() == [(who.pk if who else None, why)]
