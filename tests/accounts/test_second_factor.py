"""A code after the password: asked for, good once, sealed in the database, demanded by role, reset when lost."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.utils import timezone

from accounts import second_factor
from accounts.models import User
from accounts.views.own import SECRET
from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, WrongState
from tests.cast import PASSWORD, Cast
from tests.servers import ROOT

Page = Any


def code_of(secret: str, step: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step)))


@pytest.fixture
def secret(cast: Cast) -> str:
    """The secret of the reader's app, added without its code being spent."""
    secret = second_factor.new_secret()
    second_factor.add_second_factor(user=cast.user("reader"), secret=secret, code=code_of(secret))
    return secret


def first_step(client: Client, user: User) -> str:
    page = client.post("/sign-in/", {"email": user.email, "password": PASSWORD})
    assert "Second factor" in page.content.decode()
    proof: str = page.context["form"].initial["proof"]
    return proof


def test_the_password_alone_does_not_open(cast: Cast, secret: str, client: Client) -> None:
    first_step(client, cast.user("reader"))
    assert client.get("/").status_code == 302


def test_password_and_code_open(cast: Cast, secret: str, client: Client) -> None:
    proof = first_step(client, cast.user("reader"))
    client.post("/sign-in/code/", {"proof": proof, "code": code_of(secret)})
    assert client.get("/").status_code == 200


def test_a_code_is_good_once(cast: Cast, secret: str) -> None:
    reader, code = cast.user("reader"), code_of(secret)
    assert second_factor.spend_code(user=reader, code=code)
    assert not second_factor.spend_code(user=reader, code=code)


def test_a_code_older_than_one_taken_is_refused(cast: Cast, secret: str) -> None:
    reader = cast.user("reader")
    assert second_factor.spend_code(user=reader, code=code_of(secret, 1))
    assert not second_factor.spend_code(user=reader, code=code_of(secret))


def test_the_proof_of_the_password_is_worth_nothing_after_the_account_changed(
    cast: Cast, secret: str, client: Client
) -> None:
    proof = first_step(client, cast.user("reader"))
    User.objects.filter(pk=cast.user("reader").pk).update(session_generation=5)
    page = client.post("/sign-in/code/", {"proof": proof, "code": code_of(secret)})
    assert "took too long" in page.content.decode()


def test_guessing_codes_locks_out(cast: Cast, secret: str, client: Client, settings: Any) -> None:
    proof = first_step(client, cast.user("reader"))
    answers = [client.post("/sign-in/code/", {"proof": proof, "code": "000000"}).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 429]
    assert client.post("/sign-in/code/", {"proof": proof, "code": code_of(secret)}).status_code == 429
    assert client.get("/").status_code == 302


def test_signing_in_over_a_page_asks_for_the_code(cast: Cast, secret: str, client: Client) -> None:
    reader = cast.user("reader")

    def over(**body: str) -> Page:
        return client.post("/sign-in/over/", body, "application/json")

    asked = over(email=reader.email, password=PASSWORD)
    assert (asked.status_code, asked.json()["needs"]) == (401, "code")
    assert over(proof=asked.json()["proof"], code="000000").status_code == 401
    assert over(proof=asked.json()["proof"], code=code_of(secret)).status_code == 200
    assert client.get("/").status_code == 200


def test_a_recovery_code_lets_in_once_and_is_recorded(cast: Cast, secret: str) -> None:
    reader = cast.user("reader")
    code = second_factor.renew_recovery_codes(user=reader)[3]
    assert second_factor.spend_code(user=reader, code=code)
    assert not second_factor.spend_code(user=reader, code=code)
    assert second_factor.codes_left(reader) == 9
    assert Event.objects.filter(action="accounts.recovery-code.used").count() == 1


def test_new_recovery_codes_spend_the_old_ones(cast: Cast, secret: str) -> None:
    reader = cast.user("reader")
    old = second_factor.renew_recovery_codes(user=reader)
    second_factor.renew_recovery_codes(user=reader)
    assert not second_factor.spend_code(user=reader, code=old[0])


def test_the_secret_does_not_stand_in_the_database(cast: Cast, secret: str) -> None:
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))


def test_it_is_added_on_the_page_with_password_and_code(cast: Cast) -> None:
    client = cast.client("reader")
    client.get("/you/second-factor/")
    secret = client.session[SECRET]
    page = client.post("/you/second-factor/", {"code": code_of(secret), "password": PASSWORD})
    assert "Your recovery codes" in page.content.decode()
    assert second_factor.has_second_factor(cast.user("reader"))


def test_it_is_not_added_without_the_password_or_with_a_wrong_code(cast: Cast) -> None:
    client = cast.client("reader")
    client.get("/you/second-factor/")
    secret = client.session[SECRET]
    client.post("/you/second-factor/", {"code": code_of(secret), "password": "wrong"})
    client.post("/you/second-factor/", {"code": "000000", "password": PASSWORD})
    assert not second_factor.has_second_factor(cast.user("reader"))


def test_a_role_that_demands_it_opens_nothing_before(cast: Cast, settings: Any) -> None:
    settings.ROLES_WITH_SECOND_FACTOR = ["reader"]
    client = Client()
    client.post("/sign-in/", {"email": cast.user("reader").email, "password": PASSWORD})
    assert client.get("/").headers["Location"] == "/you/second-factor/"
    client.get("/you/second-factor/")
    client.post("/you/second-factor/", {"code": code_of(client.session[SECRET]), "password": PASSWORD})
    assert client.get("/").status_code == 200


def test_who_no_longer_holds_such_a_role_is_not_kept_at_the_page_of_the_second_factor(
    cast: Cast, settings: Any
) -> None:
    settings.ROLES_WITH_SECOND_FACTOR = ["reader"]
    client, reader = Client(), cast.user("reader")
    client.post("/sign-in/", {"email": reader.email, "password": PASSWORD})
    assert client.get("/").headers["Location"] == "/you/second-factor/"
    reader.memberships.update(revoked_at=timezone.now())
    assert client.get("/").status_code == 200


def test_a_role_that_demands_it_keeps_it(cast: Cast, secret: str, settings: Any) -> None:
    settings.ROLES_WITH_SECOND_FACTOR = ["reader"]
    with pytest.raises(WrongState, match="Your role requires a second factor"):
        second_factor.remove_second_factor(user=cast.user("reader"))


def test_a_reset_takes_it_away_and_ends_every_session(cast: Cast, secret: str) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    second_factor.reset_second_factor(user=reader, reason="telephone lost", actor=cast.actor("administrator"))
    assert not Authenticator.objects.exists()
    assert client.get("/you/").status_code == 302
    assert Event.objects.filter(action="accounts.second-factor.reset").count() == 1


def test_an_administrator_cannot_reset_their_own_second_factor_and_another_one_can(cast: Cast) -> None:
    """Whoever takes over a signed-in administrator's screen cannot take the second factor away."""
    own = cast.user("administrator")
    made = second_factor.new_secret()
    second_factor.add_second_factor(user=own, secret=made, code=code_of(made))
    client = cast.client("administrator")
    page = f"/accounts/{own.pk}/"
    assert "Reset the second factor" not in client.get(page).content.decode()
    answer = client.post(f"{page}reset-second-factor/", {"reason": "telephone lost"})
    assert answer.status_code == 409
    assert "You cannot reset your own second factor. Ask another administrator to reset it." in answer.content.decode()
    assert second_factor.has_second_factor(own)
    another = Actor(cast.user("outsider").pk, "another administrator", "administrator")
    second_factor.reset_second_factor(user=own, reason="telephone lost", actor=another)
    assert not second_factor.has_second_factor(own)


def test_the_installation_does_not_start_with_an_unknown_role_that_requires_a_second_factor() -> None:
    given = os.environ | {"ROLES_WITH_SECOND_FACTOR": "custodian,admin"}
    start = [sys.executable, "manage.py", "check"]
    started = subprocess.run(start, cwd=ROOT, env=given, capture_output=True, text=True, check=False)
    assert started.returncode != 0
    assert (
        "ROLES_WITH_SECOND_FACTOR has “admin”, which is not a role. Give one or more of site, coordinator"
        in started.stderr
    )
    assert "auditor and administrator, separated by commas." in started.stderr


def test_a_wrong_code_names_what_was_allowed(cast: Cast) -> None:
    with pytest.raises(BadInput, match="the six digits that the app shows now"):
        second_factor.add_second_factor(user=cast.user("reader"), secret=second_factor.new_secret(), code="12")
