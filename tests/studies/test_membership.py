"""Roles are granted with a reason, one by one; which roles exclude which is in test_roles_apart."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.models import Event
from config.errors import BadInput, NotAllowed, WrongState
from studies.models import Membership
from studies.plan.membership import grant, move_to_unblinded_side, revoke
from tests.studies.planned import Planned, person, roles_of


def test_a_reader_of_one_trial_may_coordinate_another(ra1: Planned, ra2: Planned) -> None:
    user = person("somebody")
    grant(trial=ra1.trial, user=user, role=Role.READER, reason="asked", actor=ra1.actor("coordinator"))
    grant(trial=ra2.trial, user=user, role=Role.COORDINATOR, reason="asked", actor=ra2.actor("coordinator"))


def test_a_reader_may_adjudicate_too(ra1: Planned) -> None:
    user = ra1.people["reader"]
    grant(trial=ra1.trial, user=user, role=Role.ADJUDICATOR, reason="experienced", actor=ra1.actor("coordinator"))
    assert roles_of(user) == {Role.READER, Role.ADJUDICATOR}


def test_a_role_needs_a_reason(ra1: Planned) -> None:
    with pytest.raises(BadInput, match="reason"):
        grant(trial=ra1.trial, user=person("x"), role=Role.READER, reason=" ", actor=ra1.actor("coordinator"))


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.SYSTEM, "king"])
def test_a_role_that_is_not_held_in_trials_is_refused(ra1: Planned, role: str) -> None:
    with pytest.raises(BadInput, match="role"):
        grant(trial=ra1.trial, user=person("x"), role=role, reason="asked", actor=ra1.actor("coordinator"))


def test_the_role_of_a_site_names_a_site_of_the_trial_and_no_other_role_names_one(ra1: Planned, ra2: Planned) -> None:
    wrong = [(Role.SITE, None), (Role.SITE, ra2.sites[0]), (Role.READER, ra1.sites[0])]
    for role, site in wrong:
        with pytest.raises(BadInput, match="site"):
            grant(trial=ra1.trial, user=person("x"), role=role, site=site, reason="a", actor=ra1.actor("coordinator"))


def test_only_a_coordinator_grants(ra1: Planned) -> None:
    for role in ("lead", "reader", "auditor"):
        with pytest.raises(NotAllowed):
            grant(trial=ra1.trial, user=person("x"), role=Role.READER, reason="asked", actor=ra1.actor(role))


def test_a_disabled_account_gets_no_role(ra1: Planned) -> None:
    user = person("x")
    user.is_active = False
    with pytest.raises(WrongState, match="disabled"):
        grant(trial=ra1.trial, user=user, role=Role.READER, reason="asked", actor=ra1.actor("coordinator"))


def test_a_person_who_saw_the_arms_never_becomes_blind_again(ra1: Planned) -> None:
    user = ra1.people["custodian"]
    Membership.objects.filter(user=user).update(unblinded_at=timezone.now(), revoked_at=timezone.now())
    with pytest.raises(WrongState, match="unblinded"):
        grant(trial=ra1.trial, user=user, role=Role.CHECKER, reason="asked", actor=ra1.actor("coordinator"))
    grant(trial=ra1.trial, user=user, role=Role.STATISTICIAN, reason="asked", actor=ra1.actor("coordinator"))


def test_a_revoked_role_is_gone_and_may_be_granted_anew(ra1: Planned) -> None:
    user, coordinator = ra1.people["reader"], ra1.actor("coordinator")
    revoke(membership=user.memberships.get(), reason="left", actor=coordinator)
    assert roles_of(user) == set()
    assert Event.objects.newest_first()[0].content["reason"] == "left"
    grant(trial=ra1.trial, user=user, role=Role.READER, reason="came back", actor=coordinator)


def test_a_role_ends_once(ra1: Planned) -> None:
    membership = ra1.people["reader"].memberships.get()
    revoke(membership=membership, reason="left", actor=ra1.actor("coordinator"))
    with pytest.raises(WrongState, match="revoked"):
        revoke(membership=membership, reason="left twice", actor=ra1.actor("coordinator"))


def test_the_last_coordinator_stays(ra1: Planned) -> None:
    coordinator = ra1.actor("coordinator")
    with pytest.raises(WrongState, match="Make another person coordinator first"):
        revoke(membership=ra1.people["coordinator"].memberships.get(), reason="left", actor=coordinator)


def test_a_role_is_held_once(ra1: Planned) -> None:
    with pytest.raises(WrongState, match="The role Reader of this trial is already held by"):
        grant(
            trial=ra1.trial,
            user=ra1.people["reader"],
            role=Role.READER,
            reason="again",
            actor=ra1.actor("coordinator"),
        )


def test_who_ever_read_in_a_trial_is_never_shown_its_arms(ra1: Planned) -> None:
    user, coordinator = ra1.people["reader"], ra1.actor("coordinator")
    revoke(membership=user.memberships.get(), reason="left", actor=coordinator)
    Membership.objects.create(trial=ra1.trial, user=user, role=Role.CUSTODIAN, reason="by the tables")
    with pytest.raises(WrongState, match="The arms of trial RA-1 cannot be shown to"):
        move_to_unblinded_side(trial=ra1.trial, user=user, actor=coordinator, reason="imported arms")
    assert roles_of(user) == {Role.CUSTODIAN}
