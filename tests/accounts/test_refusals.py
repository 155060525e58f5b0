"""Refusals about accounts say what is wrong and what to do instead."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from accounts import passwords, people, second_factor
from accounts.identity import signed_in
from accounts.models import User
from audit.trail import Actor
from tests.accounts.test_second_factor import code_of
from tests.cast import Cast
from tests.refused import said

CONSOLE = Actor.system("tests")


def test_somebody_invited_has_no_password_to_send_a_link_for(cast: Cast) -> None:
    user = people.invite(email="new@house.example", actor=CONSOLE)
    step: dict[str, Any] = {"user": user, "reason": "forgotten", "actor": cast.actor("administrator")}
    assert said(passwords.send_password_link, **step) == (
        "The invitation of new@house.example has not been accepted yet. Send it again instead."
    )


def test_a_disabled_account_is_enabled_first(cast: Cast) -> None:
    reader, admin = cast.user("reader"), cast.actor("administrator")
    step: dict[str, Any] = {"user": reader, "reason": "left", "actor": admin}
    assert said(people.enable, **step) == "The account of reader of RA-1 is not disabled."
    people.disable(**step)
    reader.refresh_from_db()
    disabled = "The account of reader of RA-1 is disabled. Enable it"
    assert said(people.disable, **step) == "The account of reader of RA-1 is already disabled."
    assert said(people.invite_again, user=reader, actor=admin) == f"{disabled} before sending the invitation again."
    assert said(passwords.send_password_link, **step) == f"{disabled} before sending a link for a new password."
    assert said(people.set_administrator, is_administrator=True, **step) == f"{disabled} first."


def test_an_administrator_is_made_once_and_unmade_once(cast: Cast) -> None:
    step: dict[str, Any] = {"user": cast.user("reader"), "reason": "helps", "actor": cast.actor("administrator")}
    unmade = said(people.set_administrator, is_administrator=False, **step)
    assert unmade == "The account of reader of RA-1 is not an administrator account."
    people.set_administrator(is_administrator=True, **step)
    made = said(people.set_administrator, is_administrator=True, **step)
    assert made == "The account of reader of RA-1 is already an administrator account."


def test_an_invitation_is_accepted_once(cast: Cast) -> None:
    reader = cast.user("reader")
    assert said(people.invite_again, user=reader, actor=CONSOLE) == (
        "The invitation of reader of RA-1 has been accepted. Send a link for a new password instead."
    )
    accepted = {"user": reader, "name": "Reader One", "password": "another long password"}
    assert said(people.accept_invitation, **accepted) == (
        "You have already accepted this invitation. Sign in with your password."
    )


def test_a_name_and_a_password_say_how_long_they_must_be() -> None:
    assert said(people.checked_name, " A ") == "A name has 2 to 120 characters. You gave “A”, which has 1."
    assert "too short" in said(people.check_new_password, "short", User(email="new@house.example"))


def test_an_address_that_is_none_is_refused_at_the_console(db: None) -> None:
    with pytest.raises(CommandError, match=r"The e-mail address “anna” is not valid\. Enter one such as name@example"):
        call_command("invite_administrator", "anna")


def test_a_second_factor_is_added_once_and_what_is_not_there_cannot_go(cast: Cast) -> None:
    reader, secret = cast.user("reader"), second_factor.new_secret()
    none = "You have no second factor. Add one to get recovery codes."
    assert said(second_factor.renew_recovery_codes, user=reader) == none
    removed = said(second_factor.remove_second_factor, user=reader)
    assert removed == "The account of reader of RA-1 has no second factor."
    second_factor.add_second_factor(user=reader, secret=secret, code=code_of(secret))
    again = said(second_factor.add_second_factor, user=reader, secret=secret, code=code_of(secret))
    assert again == "You already have a second factor. Remove it before you add another one."


def test_a_second_factor_kept_under_another_key_of_the_server_says_who_can_help() -> None:
    unreadable = said(second_factor.SealedSecrets().decrypt, "gibberish")
    assert unreadable == "Your second factor can no longer be read. Ask an administrator to reset it."


def test_a_visitor_is_asked_to_sign_in() -> None:
    request = RequestFactory().get("/")
    request.user = AnonymousUser()
    assert said(signed_in, request) == "You are not signed in. Sign in first."


def test_the_page_of_an_account_names_what_can_be_done_to_it(cast: Cast) -> None:
    client, path = cast.client("administrator"), f"/accounts/{cast.user('reader').pk}/"
    unknown = client.post(f"{path}promote/", {"reason": "why not"}).content.decode()
    assert "There is no action “promote” on accounts. Choose invite-again, send-link," in unknown
    long = client.post(f"{path}disable/", {"reason": "x" * 201}).content.decode()
    assert "A reason has 1 to 200 characters. You gave 201." in long


def test_signing_in_over_another_page_takes_json_or_a_form(client: Any, db: None) -> None:
    answer = client.post("/sign-in/over/", "[]", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (
        400,
        "The request is not a JSON object. Send one with email and password, or a form.",
    )


def test_a_refusal_by_role_says_what_the_role_does_not_allow(cast: Cast) -> None:
    step: dict[str, Any] = {"user": cast.user("reader"), "reason": "no", "actor": cast.actor("coordinator")}
    assert said(people.disable, **step) == "Your role does not allow you to manage accounts."
    page = cast.client("reader").get("/accounts/").content.decode()
    assert "Your role does not allow you to manage accounts." in page
