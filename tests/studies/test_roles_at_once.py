"""Two people decide at the same moment: the roles of a person never end up excluding one another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection

from accounts.models import User
from accounts.roles import Role
from audit.models import Event
from audit.trail import Actor
from config.errors import NotAllowed, Refusal
from studies.models import Membership
from studies.plan.confirming import confirm_membership
from studies.plan.first_request import note_first_use
from studies.plan.membership import grant, revoke
from tests.studies.planned import Planned, member, person, plan

ROUNDS = 3


@pytest.fixture
def planned(transactional_db: None) -> Planned:
    return plan("RA-1")


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Runs each act in a thread with a connection of its own; the refusals, in no order."""
    start, refused = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Refusal as refusal:
            refused.append(str(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return refused


def coordinators(planned: Planned) -> list[Actor]:
    users = [planned.people["coordinator"], member(planned.trial, Role.COORDINATOR)]
    return [Actor(user.pk, str(user), Role.COORDINATOR) for user in users]


def test_of_two_grants_that_exclude_each_other_one_is_refused(planned: Planned) -> None:
    one, other = coordinators(planned)
    for number in range(ROUNDS):
        user = person(f"somebody {number}")

        def give(actor: Actor, role: Role, user: User = user) -> Membership:
            return grant(trial=planned.trial, user=user, role=role, reason="asked", actor=actor)

        refused = at_once(partial(give, one, Role.READER), partial(give, other, Role.SPONSOR))
        assert len(refused) == 1
        assert "cannot be granted" in refused[0]
        assert user.memberships.count() == 1


def test_a_role_that_is_confirmed_and_revoked_at_once_has_ended(planned: Planned) -> None:
    one, other = coordinators(planned)
    for number in range(ROUNDS):
        user = person(f"somebody {number}")
        held = grant(trial=planned.trial, user=user, role=Role.LEAD, reason="asked", actor=one)
        copy = Membership.objects.get(pk=held.pk)
        refused = at_once(
            partial(confirm_membership, membership=held, actor=other),
            partial(revoke, membership=copy, reason="wrong person", actor=one),
        )
        held.refresh_from_db()
        assert held.revoked_at is not None, "a revocation holds, whichever came first"
        confirmed = Event.objects.filter(action="studies.membership.confirmed", subject_id=str(held.pk)).exists()
        assert held.pending != confirmed
        assert bool(refused) != confirmed


def test_a_role_that_is_used_and_revoked_at_once_was_used_or_is_refused(planned: Planned) -> None:
    one, _ = coordinators(planned)
    for number in range(ROUNDS):
        user = person(f"somebody {number}")
        held = grant(trial=planned.trial, user=user, role=Role.READER, reason="asked", actor=one)
        fetched = Membership.objects.select_related("trial", "user").get(pk=held.pk)
        refused = at_once(
            partial(note_first_use, [fetched]),
            partial(revoke, membership=held, reason="wrong person", actor=one),
        )
        held.refresh_from_db()
        assert (held.first_used_at is None) == bool(refused)


def test_a_role_that_ended_after_it_was_fetched_is_not_used(planned: Planned) -> None:
    one, _ = coordinators(planned)
    held = grant(trial=planned.trial, user=person("somebody"), role=Role.READER, reason="asked", actor=one)
    fetched = Membership.objects.select_related("trial", "user").get(pk=held.pk)
    revoke(membership=held, reason="wrong person", actor=one)
    with pytest.raises(NotAllowed, match="Your role in this trial has just ended. Ask its coordinator."):
        note_first_use([fetched])
    assert not Event.objects.filter(action="studies.membership.used").exists()


def test_several_first_requests_at_once_are_recorded_once(planned: Planned) -> None:
    one, _ = coordinators(planned)
    held = grant(trial=planned.trial, user=person("somebody"), role=Role.READER, reason="asked", actor=one)
    rows = [Membership.objects.select_related("trial", "user").get(pk=held.pk) for _ in range(4)]
    assert at_once(*(lambda row=row: note_first_use([row]) for row in rows)) == []
    assert Event.objects.filter(action="studies.membership.used").count() == 1
