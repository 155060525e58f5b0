"""Linking an identity: by its owner, in the session that began it, while the account is what it was."""

from __future__ import annotations

import time

import pytest

from accounts import people
from accounts.models import SignOnIdentity, User
from accounts.sign_on import identities
from accounts.sign_on.flow import flow_to_link
from accounts.sign_on.id_tokens import Identity
from tests.accounts.oidc_provider import OidcProvider
from tests.accounts.signing_on import NAME, assert_refused, finish_linking, go_to_link, make_link, refusals
from tests.cast import PASSWORD, Cast
from tests.refused import said

pytestmark = pytest.mark.django_db
ENDED = "Your session has ended since you began. Sign in and link your identity again."


def test_an_identity_is_linked_to_one_account_and_an_account_to_one_identity(
    cast: Cast, provider: OidcProvider
) -> None:
    anna, client, reader = cast.user("lead"), cast.client("reader"), cast.user("reader")
    make_link(anna, provider)
    page = finish_linking(client, client.get(go_to_link(client)))
    taken = f"This identity at {NAME} is already linked to another account. Use your own."
    assert (page.status_code, taken in page.content.decode()) == (409, True)
    assert refusals() == [(reader.pk, taken)]
    second = Identity(provider.issuer, "00u-second", second_factor=False)
    assert said(identities.link, user=anna, generation=0, identity=second) == (
        "Your account is already linked to an identity. Remove the link before you make another one."
    )
    assert SignOnIdentity.objects.get().user == anna
    assert cast.client("lead").post("/you/sign-on/", {"password": PASSWORD}).headers.get("Refresh") is None


def test_nothing_is_linked_once_the_sessions_of_the_account_have_ended(cast: Cast, provider: OidcProvider) -> None:
    client, reader = cast.client("reader"), cast.user("reader")
    back = go_to_link(client)
    people.end_sessions(user=reader, reason="stolen", actor=cast.actor("administrator"))
    assert_refused(client, client.get(back), ENDED, 409)
    assert not SignOnIdentity.objects.exists()


@pytest.mark.parametrize("change", [{"is_active": False}, {"session_generation": 1}])
def test_the_account_must_be_what_it_was_when_the_link_is_written(
    change: dict[str, int], cast: Cast, provider: OidcProvider
) -> None:
    reader = cast.user("reader")
    User.objects.filter(pk=reader.pk).update(**change)
    identity = Identity(provider.issuer, "00u-anna", second_factor=False)
    assert said(identities.link, user=reader, generation=0, identity=identity) == ENDED
    assert not SignOnIdentity.objects.exists()


def test_who_signs_out_while_linking_leaves_nothing_that_can_be_finished(cast: Cast, provider: OidcProvider) -> None:
    client = cast.client("reader")
    back = go_to_link(client)
    client.post("/sign-out/")
    assert client.cookies["sign-on"].value == ""
    assert client.get(back).status_code == 400
    assert provider.codes
    assert not SignOnIdentity.objects.exists()


def test_an_answer_of_the_provider_links_nothing_without_the_session(cast: Cast, provider: OidcProvider) -> None:
    client = cast.client("reader")
    back = go_to_link(client)
    del client.cookies["session"]
    page = finish_linking(client, client.get(back))
    assert page.headers["Location"].startswith("/sign-in/?next=%2Fyou%2Fsign-on%2Fdone%2F")
    assert not SignOnIdentity.objects.exists()


@pytest.mark.parametrize("who", ["reader", "lead"])
def test_neither_another_person_nor_a_later_session_finishes_the_link(
    who: str, cast: Cast, provider: OidcProvider
) -> None:
    client, other = cast.client("reader"), cast.client(who)
    answered = client.get(go_to_link(client))
    page = finish_linking(other, answered)
    assert (page.status_code, ENDED in page.content.decode()) == (409, True)
    assert refusals() == [(cast.user(who).pk, ENDED)]
    assert not SignOnIdentity.objects.exists()
    assert finish_linking(client, answered).headers["Location"] == "/you/sign-on/"


def test_the_last_step_of_linking_is_for_five_minutes(
    cast: Cast, provider: OidcProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, reader, then = cast.client("reader"), cast.user("reader"), time.time() - 301
    flow = flow_to_link(reader, client.session.session_key)
    with monkeypatch.context() as earlier:
        earlier.setattr(time, "time", lambda: then)
        late = identities.proof_of(flow, Identity(provider.issuer, "00u-anna", second_factor=False))
    text = "Linking your identity took too long. Please start again."
    for proof in (late, "made up", ""):
        page = client.get("/you/sign-on/done/", {"proof": proof})
        assert (page.status_code, text in page.content.decode()) == (400, True)
    assert not SignOnIdentity.objects.exists()


def test_a_link_that_is_not_there_cannot_be_removed(cast: Cast, provider: OidcProvider) -> None:
    removed = said(identities.remove_own_link, user=cast.user("reader"))
    assert removed == "The account of reader of RA-1 is not linked to an identity."
    step = {"user": cast.user("reader"), "reason": "left", "actor": cast.actor("coordinator")}
    assert said(identities.remove_link, **step) == "Your role does not allow you to manage accounts."
