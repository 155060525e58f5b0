"""What a provider, a browser or somebody between them sends that does not prove who a person is: nobody gets in."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from accounts import people
from accounts.models import SignOnIdentity, User
from accounts.sign_on import identities
from accounts.sign_on.flow import Flow
from accounts.sign_on.id_tokens import Identity
from audit.models import Event
from tests.accounts.oidc_provider import (
    CLIENT,
    Claims,
    OidcProvider,
    hs256_with_the_public_key,
    rs256,
    running_provider,
    token_of,
    unsigned,
)
from tests.accounts.signing_on import NAME, Page, begin, configure, make_link, sent_back, sign_on
from tests.cast import PASSWORD, Cast, make_user
from tests.refused import said
from tests.servers import ROOT

pytestmark = pytest.mark.django_db
NOW = int(time.time())


@pytest.fixture
def provider(settings: Any) -> Iterator[OidcProvider]:
    settings.PUBLIC_URL = "http://testserver"
    with running_provider("http://testserver/sign-on/callback/") as provider:
        configure(settings, provider)
        yield provider


@pytest.fixture
def anna(db: None, provider: OidcProvider) -> User:
    """A person who has linked their identity."""
    user = make_user("anna@house.example", "Anna Berg")
    make_link(user, provider)
    return user


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


def again(what: str) -> str:
    return f"The answer of {NAME} {what}. Please start again."


def forged(claims: Claims) -> str:
    """Signed by somebody else's key under the name of the provider's."""
    return rs256(claims, "another")


def altered(claims: Claims) -> str:
    """The name of another person under the signature of the first."""
    head, _, signature = rs256(claims).split(".")
    _, body, _ = rs256(claims | {"sub": "00u-otto"}).split(".")
    return f"{head}.{body}.{signature}"


def of_another_key(claims: Claims) -> str:
    """Names a key that is published for encryption."""
    return token_of({"alg": "RS256", "kid": "for encryption"}, claims, lambda signed: b"x" * 256)


WRONG_CLAIMS: list[tuple[Claims, str]] = [
    ({"nonce": "another"}, "belongs to another sign-in"),
    ({"nonce": None}, "is incomplete"),
    ({"nonce": 7}, "belongs to another sign-in"),
    ({"aud": "another"}, "is meant for another application"),
    ({"aud": [CLIENT, "another"]}, "is meant for another application"),
    ({"aud": CLIENT, "azp": "another"}, "is meant for another application"),
    ({"iss": "https://evil.example"}, "comes from another issuer"),
    ({"exp": NOW - 3600}, "has expired"),
    ({"iat": NOW + 3600}, "is dated in the future"),
    ({"exp": None}, "is incomplete"),
    ({"sub": None}, "is incomplete"),
    ({"sub": 7}, "is incomplete"),
    ({"sub": ""}, "is incomplete"),
    ({"sub": "x" * 256}, "is incomplete"),
    ({"auth_time": NOW - 3600}, "does not say that you have just signed in there"),
    ({"auth_time": None}, "does not say that you have just signed in there"),
]


@pytest.mark.parametrize(("claims", "what"), WRONG_CLAIMS)
def test_a_token_that_is_not_about_this_sign_in_is_refused(
    claims: Claims, what: str, anna: User, provider: OidcProvider, client: Client
) -> None:
    provider.claims = claims
    assert_refused(client, sign_on(client), again(what))


@pytest.mark.parametrize(
    ("sign", "what"),
    [
        (unsigned, "is not signed as it must be"),
        (hs256_with_the_public_key, "is not signed as it must be"),
        (forged, "is not signed as it must be"),
        (altered, "is not signed as it must be"),
        (of_another_key, "is signed with an unknown key"),
        (lambda claims: "no token", "is not signed as it must be"),
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(
    sign: Any, what: str, anna: User, provider: OidcProvider, client: Client
) -> None:
    provider.sign = sign
    assert_refused(client, sign_on(client), again(what))


def test_a_token_with_the_right_claims_is_accepted(anna: User, provider: OidcProvider, client: Client) -> None:
    """So that each refusal above is about what it names."""
    provider.claims = {"aud": [CLIENT], "azp": CLIENT}
    sign_on(client)
    assert client.get("/you/").status_code == 200


def test_a_code_that_was_used_is_refused(anna: User, client: Client) -> None:
    back = begin(client)
    attempt = client.cookies["sign-on"].value
    client.get(back)
    thief = Client()
    thief.cookies["sign-on"] = attempt
    assert_refused(thief, thief.get(back), f"{NAME} did not accept this sign-in. Please start again.")


def test_a_code_of_another_browser_is_refused(anna: User, client: Client) -> None:
    """Nobody can be signed in to somebody else's account by a link."""
    page = client.get(begin(Client()))
    assert page.status_code == 400
    assert "The sign-in took too long, or was begun in another browser or window." in page.content.decode()
    assert client.get("/you/").status_code == 302
    begin(client)
    page = client.get(begin(Client()))
    assert_refused(client, page, "The answer belongs to another sign-in. Please start again.", 400)


def test_a_code_under_the_state_of_another_attempt_fails_by_its_verifier(
    anna: User, client: Client, provider: OidcProvider
) -> None:
    stolen = begin(Client()).partition("code=")[2].partition("&")[0]
    state = begin(client).partition("state=")[2]
    page = client.get("/sign-on/callback/", {"code": stolen, "state": state})
    assert_refused(client, page, f"{NAME} did not accept this sign-in. Please start again.")


def test_an_attempt_cannot_be_made_up_or_kept(anna: User, client: Client) -> None:
    back = begin(client)
    right = client.cookies["sign-on"].value
    for wrong in ("", "made up", right[:-1], signing.dumps(dataclasses.asdict(Flow("/")), salt="another")):
        client.cookies["sign-on"] = wrong
        assert client.get(back).status_code == 400
    assert client.get("/you/").status_code == 302


def test_an_identity_that_nobody_linked_is_refused_even_with_the_address_of_an_account(
    anna: User, provider: OidcProvider, client: Client
) -> None:
    provider.subject = "00u-otto"
    provider.claims = {"email": anna.email, "email_verified": True, "preferred_username": anna.email}
    text = f"No account is linked to your identity at {NAME}. Sign in with your password, then link it under"
    assert_refused(client, sign_on(client), f"{text} Your account.")
    assert User.objects.count() == 1


def test_the_same_subject_of_another_issuer_is_somebody_else(anna: User, client: Client) -> None:
    SignOnIdentity.objects.update(issuer="https://former.example")
    assert sign_on(client).status_code == 403
    assert client.get("/you/").status_code == 302


def test_a_disabled_account_is_refused_and_its_person_recorded(anna: User, client: Client) -> None:
    User.objects.update(is_active=False)
    why = "Your account is disabled. Ask an administrator to enable it."
    assert_refused(client, sign_on(client), why, who=anna)


def test_what_the_provider_refuses_is_said(anna: User, client: Client) -> None:
    state = begin(client).partition("state=")[2]
    page = client.get("/sign-on/callback/", {"error": "access_denied" + "!" * 99, "state": state})
    assert_refused(client, page, f"{NAME} did not sign you in and says “{('access_denied' + '!' * 99)[:60]}”.")


def test_an_answer_of_another_provider_is_refused(anna: User, provider: OidcProvider, client: Client) -> None:
    page = client.get(f"{begin(client)}&iss=https://evil.example")
    assert_refused(client, page, "The answer comes from another provider. Please start again.")
    assert len(provider.codes) == 1


@pytest.mark.parametrize("code", ["", "x" * 4097])
def test_an_answer_without_a_code_is_refused(code: str, anna: User, client: Client) -> None:
    state = begin(client).partition("state=")[2]
    page = client.get("/sign-on/callback/", {"code": code, "state": state})
    why = f"The answer of {NAME} has a code of {len(code)} characters. 1 to 4096 are allowed. Please start again."
    assert_refused(client, page, why, 400)


def disagrees(what: str) -> str:
    return f"{NAME} {what}. Sign in with your password, and inform an administrator."


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"issuer": "https://evil.example"}, "gives itself another name than the one in the settings"),
        ({"token_endpoint": "http://evil.example/token"}, "names no addresses with HTTPS"),
        ({"jwks_uri": None}, "names no addresses with HTTPS"),
    ],
)
def test_a_provider_that_is_not_the_one_in_the_settings_gets_no_browser(
    document: Claims, what: str, provider: OidcProvider, client: Client
) -> None:
    provider.document = document
    page = client.get("/sign-on/")
    assert (page.status_code, disagrees(what) in page.content.decode()) == (409, True)


@pytest.mark.parametrize(
    "answer",
    [(500, b"{}"), (302, b"{}"), (200, b"[]"), (200, b"not json"), (200, b" " * (1024 * 1024 + 1))],
)
def test_an_answer_that_cannot_be_used_is_refused(
    answer: tuple[int, bytes], anna: User, provider: OidcProvider, client: Client
) -> None:
    provider.answers["/keys"] = answer
    assert_refused(client, sign_on(client), disagrees("gave an answer that cannot be used"), 409)


def test_a_provider_that_publishes_no_keys_signs_nobody_in(anna: User, provider: OidcProvider, client: Client) -> None:
    provider.answers["/keys"] = (200, b'{"keys": "none"}')
    assert_refused(client, sign_on(client), again("is signed with an unknown key"))


def test_a_provider_that_is_away_leaves_the_password(client: Client, settings: Any, provider: OidcProvider) -> None:
    with running_provider("") as gone:
        configure(settings, gone)
    page = client.get("/sign-on/")
    text = f"{NAME} cannot be reached now. Sign in with your password, or try again later."
    assert (page.status_code, text in page.content.decode()) == (409, True)


def linking(client: Client) -> Page:
    """Begins to link; returns the way back."""
    page = client.post("/you/sign-on/", {"password": PASSWORD})
    return sent_back(page.headers["Refresh"].removeprefix("0;url="))


def test_an_identity_is_linked_to_one_account_and_an_account_to_one_identity(
    anna: User, cast: Cast, provider: OidcProvider
) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    page = client.get(linking(client))
    taken = f"This identity at {NAME} is already linked to another account. Use your own."
    assert taken in page.content.decode()
    assert refusals() == [(reader.pk, taken)]
    second = Identity(provider.issuer, "00u-second", second_factor=False)
    assert said(identities.link, user=anna, identity=second) == (
        "Your account is already linked to an identity. Remove the link before you make another one."
    )
    assert SignOnIdentity.objects.get().user == anna
    client.force_login(anna)
    assert client.post("/you/sign-on/", {"password": PASSWORD}).headers.get("Refresh") is None


def test_nothing_is_linked_once_the_sessions_of_the_account_have_ended(cast: Cast, provider: OidcProvider) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    back = linking(client)
    people.end_sessions(user=reader, reason="stolen", actor=cast.actor("administrator"))
    page = client.get(back)
    why = "Your session has ended since you began. Sign in and link your identity again."
    assert_refused(client, page, why, 409)
    assert not SignOnIdentity.objects.exists()


def test_a_link_that_is_not_there_cannot_be_removed(cast: Cast, provider: OidcProvider) -> None:
    removed = said(identities.remove_own_link, user=cast.user("reader"))
    assert removed == "The account of reader of RA-1 is not linked to an identity."
    step = {"user": cast.user("reader"), "reason": "left", "actor": cast.actor("coordinator")}
    assert said(identities.remove_link, **step) == "Your role does not allow you to manage accounts."


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"SIGN_ON_NAME": "Acme"}, "SIGN_ON_ISSUER is not set, but SIGN_ON_NAME is. Set all of SIGN_ON_*, or none."),
        (
            {"SIGN_ON_NAME": "Acme", "SIGN_ON_CLIENT_ID": "x", "SIGN_ON_ISSUER": "http://id.example"},
            "SIGN_ON_ISSUER is “http://id.example”. Set it to an address that begins with https://",
        ),
    ],
)
def test_the_installation_does_not_start_with_half_a_configuration(given: dict[str, str], words: str) -> None:
    start = [sys.executable, "manage.py", "check"]
    environment = os.environ | {"SIGN_ON_CLIENT_SECRET": "x"} | given
    started = subprocess.run(start, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert words in started.stderr
