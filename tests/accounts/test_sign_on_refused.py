"""What a provider, a browser or somebody between them sends that does not prove who a person is: nobody gets in."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import Any

import pytest
from django.core import signing
from django.test import Client

from accounts.models import SignOnIdentity, User
from accounts.sign_on.flow import SALT, Flow
from accounts.sign_on.provider import REQUESTS
from tests.accounts.oidc_provider import (
    CLIENT,
    Claims,
    OidcProvider,
    hs256_with_the_public_key,
    rs256,
    token_of,
    unsigned,
)
from tests.accounts.signing_on import NAME, assert_refused, begin, configure, make_link, sign_on
from tests.cast import make_user
from tests.servers import ROOT

pytestmark = pytest.mark.django_db
NOW = int(time.time())


@pytest.fixture
def anna(db: None, provider: OidcProvider) -> User:
    """A person who has linked their identity."""
    user = make_user("anna@house.example", "Anna Berg")
    make_link(user, provider)
    return user


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
    ({"nonce": "\ud800"}, "is incomplete"),
    ({"aud": "another"}, "is meant for another application"),
    ({"aud": [CLIENT, "another"]}, "is meant for another application"),
    ({"aud": CLIENT, "azp": "another"}, "is meant for another application"),
    ({"iss": "https://evil.example"}, "comes from another issuer"),
    ({"exp": NOW - 3600}, "has expired"),
    ({"iat": NOW + 10**8}, "is dated in the future"),
    ({"exp": None}, "is incomplete"),
    ({"sub": None}, "is incomplete"),
    ({"sub": 7}, "is incomplete"),
    ({"sub": ""}, "is incomplete"),
    ({"sub": "00u\x00anna"}, "is incomplete"),
    ({"sub": "\udfff"}, "is incomplete"),
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
        (unsigned, "is not signed as required"),
        (hs256_with_the_public_key, "is not signed as required"),
        (forged, "is not signed as required"),
        (altered, "is not signed as required"),
        (of_another_key, "is signed with an unknown key"),
        (lambda claims: "no token", "is not signed as required"),
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


@pytest.mark.parametrize(("age", "status"), [(540, 200), (601, 400)])
def test_an_attempt_is_for_ten_minutes(
    age: int, status: int, anna: User, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its age is that of its signature, however long the browser keeps the cookie."""
    back, then = begin(client), time.time() - age
    attempt = signing.loads(client.cookies["sign-on"].value, salt=SALT)
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: then)
        client.cookies["sign-on"] = signing.dumps(attempt, salt=SALT)
    page = client.get(back)
    assert page.status_code == status
    assert ("The sign-in took too long" in page.content.decode()) is (status == 400)


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
        ({"issuer": "https://evil.example"}, "states a different issuer from the one in the settings"),
        ({"token_endpoint": "http://evil.example/token"}, "publishes no usable HTTPS addresses"),
        ({"token_endpoint": "https://[evil"}, "publishes no usable HTTPS addresses"),
        ({"jwks_uri": None}, "publishes no usable HTTPS addresses"),
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


AWAY = f"{NAME} cannot be reached now. Sign in with your password, or try again later."


def test_a_provider_that_is_away_leaves_the_password(client: Client, settings: Any, provider: OidcProvider) -> None:
    with socket.socket() as silent:
        # Held, so that nobody else gets the port, but nothing listens there.
        silent.bind(("127.0.0.1", 0))
        configure(settings, OidcProvider(silent.getsockname()[1], ""))
        page = client.get("/sign-on/")
    assert (page.status_code, AWAY in page.content.decode()) == (409, True)


def test_no_more_than_three_requests_at_once_wait_for_the_provider(
    anna: User, provider: OidcProvider, client: Client
) -> None:
    back = begin(client)
    with ExitStack() as waiting:
        for _ in range(3):
            assert REQUESTS.acquire(blocking=False)
            waiting.callback(REQUESTS.release)
        assert_refused(client, client.get(back), AWAY, 409)
    sign_on(client)
    assert client.get("/you/").status_code == 200


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"SIGN_ON_NAME": "Acme"}, "SIGN_ON_ISSUER is not set, but SIGN_ON_NAME is. Set all of SIGN_ON_*, or none."),
        (
            {"SIGN_ON_NAME": "Acme", "SIGN_ON_CLIENT_ID": "x", "SIGN_ON_ISSUER": "http://id.example"},
            "SIGN_ON_ISSUER is “http://id.example”. Set it to an address that begins with https://",
        ),
        (
            {"SIGN_ON_NAME": "Acme", "SIGN_ON_CLIENT_ID": "x", "SIGN_ON_ISSUER": "https://[x"},
            "SIGN_ON_ISSUER is “https://[x”. Set it to an address that begins with https://",
        ),
    ],
)
def test_the_installation_does_not_start_with_half_a_configuration(given: dict[str, str], words: str) -> None:
    start = [sys.executable, "manage.py", "check"]
    environment = os.environ | {"SIGN_ON_CLIENT_SECRET": "x"} | given
    started = subprocess.run(start, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert words in started.stderr
