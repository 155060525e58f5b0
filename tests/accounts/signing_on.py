"""A browser that goes to the provider and comes back."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.test import Client

from accounts.models import SignOnIdentity, User
from accounts.sign_on.provider import PROVIDERS
from tests.accounts.oidc_provider import CLIENT, SECRET, OidcProvider

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
