"""Signing in at a provider: linked once by the owner of the account, under the same rules of sessions as a password."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from accounts import people
from accounts.models import SignOnIdentity, User
from accounts.second_factor import add_second_factor, has_second_factor, new_secret
from accounts.views.own import SECRET
from audit.models import Event
from tests.accounts.oidc_provider import OidcProvider
from tests.accounts.signing_on import NAME, begin, finish_linking, go_to_link, make_link, sign_on
from tests.accounts.test_second_factor import code_of
from tests.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(cast: Cast, provider: OidcProvider) -> User:
    """A reader who has linked their identity."""
    user = cast.user("reader")
    make_link(user, provider)
    return user


def last_event() -> dict[str, Any]:
    body: dict[str, Any] = json.loads(Event.objects.filter(stream="system").order_by("-seq")[0].body)
    return body


def test_without_settings_there_is_no_button_and_no_such_page(cast: Cast, client: Client) -> None:
    assert "/sign-on/" not in client.get("/sign-in/").content.decode()
    assert client.get("/sign-on/").status_code == client.get("/sign-on/callback/").status_code == 404
    assert "Sign-on" not in cast.client("reader").get("/you/").content.decode()


def test_the_button_names_the_provider_and_keeps_the_way_back(provider: OidcProvider, client: Client) -> None:
    page = client.get("/sign-in/?next=/you/%3Ftab%3D1").content.decode()
    assert f"Sign in with {NAME}" in page
    assert 'href="/sign-on/?next=/you/%3Ftab%3D1"' in page


def test_a_linked_person_gets_in_and_the_method_is_recorded(reader: User, client: Client) -> None:
    page = sign_on(client, "/you/")
    assert (page.status_code, page.headers["Refresh"]) == (200, "0;url=/you/")
    assert reader.email in client.get("/you/").content.decode()
    event = last_event()
    assert (event["action"], event["actor"]["id"]) == ("accounts.session.started", reader.pk)
    assert event["details"] | {"from": ""} == {"from": "", "method": NAME, "second_factor": False}


def test_the_provider_is_asked_for_nothing_but_who_it_is(reader: User, provider: OidcProvider, client: Client) -> None:
    sign_on(client)
    (asked,) = provider.asked
    assert (asked["scope"], asked["tenant"], asked["prompt"]) == ("openid", "acme", "login")
    assert "never used" not in str(list(SignOnIdentity.objects.values())) + str(dict(client.session))


def test_every_attempt_has_a_state_a_nonce_and_a_verifier_of_its_own(
    reader: User, provider: OidcProvider, client: Client
) -> None:
    sign_on(Client())
    sign_on(client)
    for name in ("state", "nonce", "code_challenge"):
        assert len({asked[name] for asked in provider.asked}) == 2


def test_the_way_back_leads_only_into_this_installation(reader: User) -> None:
    """Browsers drop a quotation mark before the address of a Refresh header."""
    for foreign in ("https://evil.example/", "'https://evil.example/", "//evil.example", "you/"):
        assert sign_on(Client(), foreign).headers["Refresh"] == "0;url=/"


def test_the_way_back_may_have_characters_that_a_header_cannot_hold(reader: User) -> None:
    for path, sent in (("/you/\nx", "/you/%0Ax"), ("/you/?q=λ", "/you/?q=%CE%BB"), ("/you/?q=%20", "/you/?q=%20")):
        assert sign_on(Client(), path).headers["Refresh"] == f"0;url={sent}"


def test_the_session_ends_with_the_browser_and_with_the_account(reader: User, client: Client, cast: Cast) -> None:
    sign_on(client)
    cookie = client.cookies["session"]
    assert (cookie["max-age"], cookie["expires"], cookie["samesite"]) == ("", "", "Strict")
    assert client.cookies["sign-on"].value == ""
    people.end_sessions(user=reader, reason="left", actor=cast.actor("administrator"))
    assert client.get("/you/").status_code == 302


def test_the_cookie_of_an_attempt_is_for_ten_minutes_and_not_for_scripts(reader: User, client: Client) -> None:
    begin(client)
    cookie = client.cookies["sign-on"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (600, True, "Lax")


def test_who_is_signed_in_is_not_sent_to_the_provider(reader: User, cast: Cast) -> None:
    assert cast.client("reader").get("/sign-on/?next=/you/").headers["Location"] == "/you/"


def test_a_person_links_their_identity_with_their_password_and_then_gets_in(
    cast: Cast, provider: OidcProvider, client: Client
) -> None:
    own = cast.client("reader")
    linking = finish_linking(own, own.get(go_to_link(own)))
    assert linking.headers["Location"] == "/you/sign-on/"
    assert last_event()["action"] == "accounts.sign-on.linked"
    assert "Your account has been linked" in cast.client("reader").get("/you/sign-on/").content.decode()
    sign_on(client)
    assert cast.user("reader").email in client.get("/you/").content.decode()


def test_without_the_password_nothing_is_linked(cast: Cast, provider: OidcProvider) -> None:
    page = cast.client("reader").post("/you/sign-on/", {"password": "wrong"})
    assert "The password is wrong" in page.content.decode()
    assert not SignOnIdentity.objects.exists()
    assert provider.asked == []


def test_who_removes_their_link_signs_in_with_their_password_again(reader: User, cast: Cast, client: Client) -> None:
    own = cast.client("reader")
    own.post("/you/sign-on/remove/", {"password": ""})
    assert SignOnIdentity.objects.exists()
    own.post("/you/sign-on/remove/", {"password": PASSWORD})
    assert last_event()["action"] == "accounts.sign-on.removed"
    assert sign_on(client).status_code == 403


def test_the_sentence_of_a_refusal_ends_with_one_full_stop(cast: Cast, provider: OidcProvider, client: Client) -> None:
    sign_on(client)
    refused = Event.objects.get(action="accounts.sign-on.refused")
    page = cast.client("auditor").get(f"/trials/RA-1/audit/system/{refused.seq}/").content.decode()
    assert "then link it under Your account.</p>" in page


def test_an_administrator_removes_a_link_and_its_sessions_end(reader: User, cast: Cast, client: Client) -> None:
    sign_on(client)
    page = f"/accounts/{reader.pk}/"
    assert "Remove single sign-on" in cast.client("administrator").get(page).content.decode()
    cast.client("administrator").post(f"{page}remove-sign-on/", {"reason": "left the university"})
    assert last_event()["reason"] == "left the university"
    assert client.get("/you/").status_code == 302
    assert not SignOnIdentity.objects.exists()
    assert "Remove single sign-on" not in cast.client("administrator").get(page).content.decode()


def test_the_code_of_a_second_factor_is_asked_for_after_the_provider(reader: User, client: Client) -> None:
    secret = new_secret()
    add_second_factor(user=reader, secret=secret, code=code_of(secret))
    page = sign_on(client, "/you/")
    assert "Second factor" in page.content.decode()
    assert client.get("/you/").status_code == 302
    proof = page.context["form"].initial["proof"]
    done = client.post("/sign-in/code/", {"proof": proof, "code": code_of(secret), "next": page.context["next"]})
    assert done.headers["Location"] == "/you/"
    assert last_event()["details"]["method"] == NAME


STATED = pytest.mark.parametrize(
    ("claims", "enough"),
    [
        ({}, False),
        ({"amr": ["pwd"]}, False),
        ({"amr": "mfa"}, False),
        ({"acr": "urn:one"}, False),
        ({"amr": ["pwd", "mfa"]}, True),
        ({"acr": "urn:two"}, True),
    ],
)


@STATED
def test_the_settings_decide_which_second_factor_of_the_provider_is_enough(
    claims: dict[str, Any], enough: bool, reader: User, provider: OidcProvider, client: Client, settings: Any
) -> None:
    settings.SIGN_ON_SECOND_FACTOR_AMR, settings.SIGN_ON_SECOND_FACTOR_ACR = ["mfa"], ["urn:two"]
    settings.ROLES_WITH_SECOND_FACTOR = ["reader"]
    provider.claims = claims
    sign_on(client)
    answer = client.get("/")
    assert (answer.status_code == 200) is enough
    assert enough or answer.headers["Location"] == "/you/second-factor/"
    assert provider.asked[0]["acr_values"] == "urn:two"
    assert last_event()["details"]["second_factor"] is enough


def test_without_such_settings_no_statement_of_the_provider_is_enough(
    reader: User, provider: OidcProvider, client: Client
) -> None:
    secret = new_secret()
    add_second_factor(user=reader, secret=secret, code=code_of(secret))
    provider.claims = {"amr": ["mfa"], "acr": "urn:two"}
    assert "Second factor" in sign_on(client).content.decode()


def test_the_installation_may_let_a_session_at_the_provider_be_enough(
    reader: User, provider: OidcProvider, client: Client, settings: Any
) -> None:
    settings.SIGN_ON_FRESH = False
    provider.claims = {"auth_time": None}
    sign_on(client)
    assert client.get("/you/").status_code == 200
    assert not {"prompt", "max_age"} & set(provider.asked[0])


def test_a_signature_still_asks_for_the_password(reader: User, client: Client) -> None:
    """The provider's word signs nothing: adding a second factor, like every signed act, needs the password."""
    sign_on(client)
    client.get("/you/second-factor/")
    code = code_of(client.session[SECRET])
    page = client.post("/you/second-factor/", {"code": code, "password": "wrong"})
    assert "The password is wrong" in page.content.decode()
    assert not has_second_factor(reader)
