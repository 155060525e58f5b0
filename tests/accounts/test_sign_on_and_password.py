"""The password beside single sign-on: it does not replace the factor at the provider, and a new one ends the link."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts.links import link_token
from accounts.models import SignOnIdentity, User
from accounts.second_factor import add_second_factor, has_second_factor, new_secret
from accounts.views.own import SECRET
from accounts.views.sign_in_over import NO_FACTOR
from audit.models import Event
from audit.redaction import shown
from tests.accounts.oidc_provider import OidcProvider
from tests.accounts.signing_on import NAME, make_link, sign_on
from tests.accounts.test_second_factor import code_of
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
REFUSED = f"Sign in with {NAME} to add a second factor, or ask an administrator to remove the single sign-on link."


@pytest.fixture
def reader(cast: Cast, provider: OidcProvider, settings: Any) -> User:
    """A reader whose role requires a second factor, which is at the provider."""
    settings.ROLES_WITH_SECOND_FACTOR, settings.SIGN_ON_SECOND_FACTOR_AMR = ["reader"], ["mfa"]
    make_link(cast.user("reader"), provider)
    return cast.user("reader")


def with_password(client: Client, user: User) -> Client:
    """Signed in with the password alone."""
    assert client.post("/sign-in/", {"email": user.email, "password": PASSWORD}).status_code == 302
    return client


def add_factor(client: Client) -> Any:
    """Tries to add an app, with password and code."""
    page = client.get("/you/second-factor/")
    sent = {"code": code_of(client.session.get(SECRET, new_secret())), "password": PASSWORD}
    return page if page.status_code != 200 else client.post("/you/second-factor/", sent)


def test_the_password_adds_no_second_factor_where_it_is_at_the_provider(reader: User, client: Client) -> None:
    page = add_factor(with_password(client, reader))
    assert (page.status_code, REFUSED in page.content.decode()) == (409, True)
    assert client.post("/you/second-factor/", {"code": "000000", "password": PASSWORD}).status_code == 409
    assert not has_second_factor(reader)
    assert client.get("/you/sign-on/").headers["Location"] == "/you/second-factor/"


def test_who_came_from_the_provider_without_a_factor_adds_one(reader: User, client: Client) -> None:
    sign_on(client)
    assert client.get("/").headers["Location"] == "/you/second-factor/"
    assert "Your recovery codes" in add_factor(client).content.decode()
    assert has_second_factor(reader)


@pytest.mark.parametrize("lacks", ["the methods", "the link", "this issuer"])
def test_without_a_factor_at_the_provider_the_password_adds_one(
    lacks: str, reader: User, client: Client, settings: Any
) -> None:
    if lacks == "the methods":
        settings.SIGN_ON_SECOND_FACTOR_AMR = []
    elif lacks == "the link":
        SignOnIdentity.objects.all().delete()
    else:
        SignOnIdentity.objects.update(issuer="https://former.example")
    assert "Your recovery codes" in add_factor(with_password(client, reader)).content.decode()


def over(client: Client, user: User) -> Any:
    """Signs in over a page whose session has ended."""
    return client.post("/sign-in/over/", {"email": user.email, "password": PASSWORD}, "application/json")


def test_over_a_page_nobody_begins_a_session_in_which_a_second_factor_must_be_added(
    reader: User, client: Client
) -> None:
    """That session would open no page but one: what was entered could not be saved."""
    refused = over(client, reader)
    assert (refused.status_code, refused.json()) == (409, {"error": NO_FACTOR})
    assert client.get("/sign-in/over/").json()["signed_in"] is False
    with_password(client, reader)
    assert over(client, reader).status_code == 409


def test_over_a_page_the_session_of_another_tab_is_used(
    reader: User, client: Client, provider: OidcProvider, cast: Cast
) -> None:
    provider.claims = {"amr": ["mfa"]}
    sign_on(client)
    key = client.session.session_key
    assert over(client, reader).status_code == 200
    assert client.session.session_key == key
    assert over(cast.client("lead"), reader).status_code == 409


def test_over_a_page_an_own_second_factor_is_enough(reader: User, client: Client) -> None:
    secret = new_secret()
    add_second_factor(user=reader, secret=secret, code=code_of(secret))
    assert over(client, reader).json()["needs"] == "code"


def test_a_new_password_by_mail_removes_the_link(reader: User, client: Client) -> None:
    new = {"password": "another long password", "again": "another long password"}
    assert client.post(f"/password/new/{link_token(reader, 'password')}/", new).status_code == 302
    assert not SignOnIdentity.objects.exists()
    removed = Event.objects.get(action="accounts.sign-on.removed")
    assert json.loads(removed.body)["reason"] == "password reset"
    assert f"removed the sign-on link of account {reader}" in shown(removed, "auditor").sentence
    assert sign_on(client).status_code == 403


def test_the_audit_trail_says_with_what_somebody_signed_in(reader: User, client: Client) -> None:
    with_password(client, reader)
    event = Event.objects.get(action="accounts.session.started")
    assert shown(event, "auditor").sentence.endswith(" with a password")
