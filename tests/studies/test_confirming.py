"""Five roles give no access until a third person confirms them; a refusal has its reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client

from accounts.models import User
from accounts.people import invite, invite_again
from accounts.roles import ROLE_NAMES, Role
from accounts.roles_apart import CONFIRMED_ROLES, GRANTABLE
from accounts.sign_in import BACKEND
from audit.models import Event
from audit.trail import Actor
from config.errors import NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from studies.models import Membership
from studies.plan.confirming import confirm_membership, refuse_membership
from studies.plan.membership import grant, revoke
from tests.studies.planned import Planned, member, person

pytestmark = pytest.mark.django_db
WAITING = sorted(CONFIRMED_ROLES)


def administrator() -> User:
    user = person("administrator")
    User.objects.filter(pk=user.pk).update(is_administrator=True)
    user.refresh_from_db()
    return user


def as_administrator(user: User) -> Actor:
    return Actor(user.pk, str(user), Role.ADMINISTRATOR)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def propose(planned: Planned, role: Role = Role.STATISTICIAN, user: User | None = None) -> Membership:
    user = user or person("somebody")
    return grant(trial=planned.trial, user=user, role=role, reason="asked", actor=planned.actor("coordinator"))


def decide(client: Client, held: Membership, decision: str, reason: str = "") -> Any:
    return client.post(f"/roles-to-confirm/{held.pk}/", {"decision": decision, "reason": reason})


def test_five_roles_wait_and_the_others_do_not(ra1: Planned) -> None:
    for role in GRANTABLE:
        site = ra1.sites[0] if role == Role.SITE else None
        held = grant(
            trial=ra1.trial, user=person("x"), role=role, site=site, reason="asked", actor=ra1.actor("coordinator")
        )
        assert held.pending == (role in CONFIRMED_ROLES)


@pytest.mark.parametrize("role", WAITING)
def test_a_waiting_role_gives_no_access_and_its_holder_is_informed(ra1: Planned, role: Role) -> None:
    held = propose(ra1, role)
    client = browser(held.user)
    assert client.get(ra1.url()).status_code == 404
    page = client.get("/").content.decode()
    assert "is waiting for a third person" in page
    assert ROLE_NAMES[role] in page
    confirm_membership(membership=held, actor=as_administrator(administrator()))
    assert client.get(ra1.url()).status_code != 404


def test_another_coordinator_confirms_on_the_page(ra1: Planned) -> None:
    other, held = member(ra1.trial, Role.COORDINATOR), propose(ra1)
    assert "Roles to confirm" in browser(other).get("/").content.decode()
    assert str(held.user) in browser(other).get("/roles-to-confirm/").content.decode()
    assert decide(browser(other), held, "confirm").status_code == 302
    held.refresh_from_db()
    assert (held.pending, held.confirmed_by_id) == (False, other.pk)
    assert Event.objects.filter(action="studies.membership.confirmed").count() == 1
    assert "No roles are waiting for your confirmation" in browser(other).get("/roles-to-confirm/").content.decode()


def test_a_lab_with_one_coordinator_needs_one_administrator(ra1: Planned) -> None:
    held, outside = propose(ra1), administrator()
    assert "Roles to confirm" in browser(outside).get("/").content.decode()
    assert decide(browser(outside), held, "confirm").status_code == 302
    assert Membership.objects.current().filter(pk=held.pk).exists()


def test_who_granted_the_role_and_who_is_to_hold_it_cannot_confirm(ra1: Planned) -> None:
    held = propose(ra1)
    coordinator = ra1.client("coordinator")
    assert str(held.user) not in coordinator.get("/roles-to-confirm/").content.decode()
    assert "You granted this role yourself" in coordinator.get(f"/roles-to-confirm/{held.pk}/").content.decode()
    assert decide(coordinator, held, "confirm").status_code == 403
    User.objects.filter(pk=held.user_id).update(is_administrator=True)
    holder = User.objects.get(pk=held.user_id)
    with pytest.raises(NotAllowed, match="granted to you"):
        confirm_membership(membership=held, actor=as_administrator(holder))
    held.refresh_from_db()
    assert held.pending


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.ADMINISTRATOR])
def test_nobody_confirms_what_was_granted_by_the_person_who_made_their_account(ra1: Planned, role: Role) -> None:
    maker, outside = ra1.people["coordinator"], administrator()
    second = invite(
        email="second@house.example", is_administrator=role == Role.ADMINISTRATOR, actor=as_administrator(maker)
    )
    if role == Role.COORDINATOR:
        grant(trial=ra1.trial, user=second, role=role, reason="mailbox", actor=ra1.actor("coordinator"))
    invite_again(user=second, actor=as_administrator(outside))
    held, client = propose(ra1), browser(second)
    assert str(held.user) not in client.get("/roles-to-confirm/").content.decode()
    assert (
        "Your account was made by the person who granted"
        in client.get(f"/roles-to-confirm/{held.pk}/").content.decode()
    )
    assert decide(client, held, "confirm").status_code == 403
    run_due_jobs(kinds=frozenset({"studies.mail_membership"}))
    assert mail.outbox[-1].bcc == [outside.email]
    confirm_membership(membership=held, actor=as_administrator(outside))


def test_a_coordinator_confirms_nothing_that_an_account_of_their_making_granted(ra1: Planned) -> None:
    maker = ra1.people["coordinator"]
    second = invite(email="second@house.example", actor=as_administrator(administrator()))
    made = invite(email="third@house.example", actor=as_administrator(maker))
    for user in (second, made):
        grant(trial=ra1.trial, user=user, role=Role.COORDINATOR, reason="helps", actor=ra1.actor("coordinator"))
    by_made = Actor(made.pk, str(made), Role.COORDINATOR)
    held = grant(trial=ra1.trial, user=person("x"), role=Role.STATISTICIAN, reason="asked", actor=by_made)
    with pytest.raises(NotAllowed, match="You made the account of the person who granted this role"):
        confirm_membership(membership=held, actor=ra1.actor("coordinator"))
    confirm_membership(membership=held, actor=Actor(second.pk, str(second), Role.COORDINATOR))


def test_an_administrator_with_a_role_in_the_trial_cannot_confirm(ra1: Planned) -> None:
    held, inside = propose(ra1), administrator()
    Membership.objects.create(trial=ra1.trial, user=inside, role=Role.SPONSOR, reason="test")
    assert decide(browser(inside), held, "confirm").status_code == 404
    with pytest.raises(NotAllowed, match="You hold a role in this trial"):
        confirm_membership(membership=held, actor=as_administrator(inside))


def test_a_coordinator_of_another_trial_cannot_confirm(ra1: Planned, ra2: Planned) -> None:
    held = propose(ra1)
    assert decide(ra2.client("coordinator"), held, "confirm").status_code == 404
    with pytest.raises(NotAllowed, match="You do not coordinate this trial"):
        confirm_membership(membership=held, actor=ra2.actor("coordinator"))


@pytest.mark.parametrize("who", ["reader", "statistician", "auditor", "sponsor", "lead"])
def test_nobody_else_sees_what_waits(ra1: Planned, who: str) -> None:
    held = propose(ra1)
    assert ra1.client(who).get("/roles-to-confirm/").status_code == 403
    assert decide(ra1.client(who), held, "confirm").status_code == 403


def test_a_refusal_needs_a_reason_and_ends_the_role(ra1: Planned) -> None:
    held, client = propose(ra1), browser(administrator())
    assert decide(client, held, "refuse").status_code == 400
    assert decide(client, held, "refuse", "knows the sponsor").status_code == 302
    assert not Membership.objects.pending().exists()
    recorded = Event.objects.newest_first().filter(action="studies.membership.refused")[0]
    assert recorded.content["reason"] == "knows the sponsor"
    page = ra1.client("coordinator").get(ra1.url("people/")).content.decode()
    assert "never confirmed" in page


def test_a_waiting_role_can_be_withdrawn_and_then_not_confirmed(ra1: Planned) -> None:
    held = propose(ra1)
    revoke(membership=held, reason="wrong person", actor=ra1.actor("coordinator"))
    outside = as_administrator(administrator())
    with pytest.raises(WrongState, match="is no longer waiting"):
        confirm_membership(membership=held, actor=outside)
    with pytest.raises(WrongState, match="is no longer waiting"):
        refuse_membership(membership=held, reason="late", actor=outside)
    grant(trial=ra1.trial, user=held.user, role=Role.READER, reason="right role", actor=ra1.actor("coordinator"))


def test_a_disabled_account_is_not_confirmed(ra1: Planned) -> None:
    held = propose(ra1)
    User.objects.filter(pk=held.user_id).update(is_active=False)
    with pytest.raises(WrongState, match="is disabled"):
        confirm_membership(membership=held, actor=as_administrator(administrator()))


def test_those_who_can_decide_get_a_mail_and_the_one_who_granted_gets_the_answer(ra1: Planned) -> None:
    other, outside = member(ra1.trial, Role.COORDINATOR), administrator()
    held = propose(ra1)
    run_due_jobs()
    (asked,) = mail.outbox
    assert asked.bcc == sorted([other.email, outside.email])
    confirm_membership(membership=held, actor=as_administrator(outside))
    run_due_jobs()
    assert mail.outbox[1].bcc == [ra1.people["coordinator"].email]
    assert "was confirmed" in mail.outbox[1].subject
    for message in mail.outbox:
        assert str(held.user) not in f"{message.body}{message.subject}"


def test_a_role_granted_in_mid_session_asks_for_its_second_factor(ra1: Planned, settings: Any) -> None:
    settings.ROLES_WITH_SECOND_FACTOR = ["auditor"]
    held = propose(ra1, Role.AUDITOR)
    client = browser(held.user)
    assert client.get("/").status_code == 200
    confirm_membership(membership=held, actor=as_administrator(administrator()))
    assert client.get("/").status_code == 302, "the session ended, and signing in again asks for the second factor"
    reason = Event.objects.filter(action="accounts.sessions.ended").get().content["reason"]
    assert "second factor" in reason


def test_where_no_role_requires_a_second_factor_no_session_ends(ra1: Planned, settings: Any) -> None:
    settings.ROLES_WITH_SECOND_FACTOR = []
    held = propose(ra1, Role.AUDITOR)
    client = browser(held.user)
    confirm_membership(membership=held, actor=as_administrator(administrator()))
    assert client.get("/").status_code == 200
