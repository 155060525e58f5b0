"""A token is made by a coordinator for one person in one role, shown once to that person, and dies with the role."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import ALLOWED, READING_ROLES, Action, Role
from api.models import AccessToken
from api.scopes import SCOPES, scopes_of
from api.tokens import make_token, revoke_token, show_token
from audit.models import Event
from audit.verify import verify
from config.errors import BadInput, NotAllowed, WrongState
from studies.models import Membership
from studies.plan.membership import revoke
from tests.api.programs import ROLES, actor_in, membership_of, program_of, token_of
from tests.studies.planned import SETTING_UP, Planned


def test_the_roles_with_tokens_are_those_with_a_scope_and_no_reader_is_among_them() -> None:
    assert {role for role in Role if scopes_of(role)} == set(ROLES)
    assert {role for role in Role if Action.USE_TOKENS in ALLOWED[role]} == set(ROLES)
    assert not READING_ROLES & set(ROLES)
    assert {name for role in Role for name in scopes_of(role)} == set(SCOPES)


def test_only_the_digest_of_a_token_is_stored(ra1: Planned) -> None:
    program = program_of(ra1.trial, "coordinator")
    stored = AccessToken.objects.values().get()
    assert stored["digest"] == hashlib.sha256(program.text.encode()).hexdigest()
    assert program.text not in str(stored)
    assert not Event.objects.filter(body__contains=program.text).exists()


def test_a_token_is_shown_once_and_only_to_the_person_it_is_for(ra1: Planned) -> None:
    token = token_of(ra1.trial, "statistician")
    with pytest.raises(NotAllowed, match="only to the person it was made for"):
        show_token(token=token, actor=actor_in(ra1.trial, "coordinator"))
    with pytest.raises(NotAllowed):
        show_token(token=token, actor=actor_in(ra1.trial, "reader"))
    assert show_token(token=token, actor=actor_in(ra1.trial, "statistician"))
    with pytest.raises(WrongState, match="has already been shown"):
        show_token(token=token, actor=actor_in(ra1.trial, "statistician"))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM, Role.ADMINISTRATOR, Role.COORDINATOR}))
def test_only_a_coordinator_makes_a_token(ra1: Planned, role: str) -> None:
    found = ra1.trial.memberships.select_related("user", "trial").filter(role=role)[0]
    with pytest.raises(NotAllowed):
        make_token(
            membership=membership_of(ra1.trial, "sponsor"),
            label="x",
            scopes=["plan:read"],
            expires_on=timezone.localdate(),
            actor=actor_in(ra1.trial, found.role),
        )


@pytest.mark.parametrize("role", ["reader", "adjudicator", "custodian", "signer", "checker", "site"])
def test_no_token_is_made_for_a_role_without_a_scope(ra1: Planned, role: str) -> None:
    with pytest.raises(BadInput, match="No access token can be made for the role"):
        token_of(ra1.trial, role)


@pytest.mark.parametrize("whose", ["holder", "maker"])
def test_no_token_is_made_by_or_for_a_person_who_reads_in_the_trial(ra1: Planned, whose: str) -> None:
    """The roles exclude each other; this holds even for rows that no function of the product has made."""
    user = ra1.people["sponsor" if whose == "holder" else "coordinator"]
    Membership.objects.create(trial=ra1.trial, user=user, role=Role.READER, reason="by force")
    with pytest.raises(WrongState, match="An access token cannot be made by or for a reader"):
        token_of(ra1.trial, "sponsor")


def test_a_token_has_no_scope_that_its_role_does_not_permit(ra1: Planned) -> None:
    with pytest.raises(BadInput, match="cannot have the scope"):
        token_of(ra1.trial, "sponsor", "audit:read")
    with pytest.raises(BadInput, match="no scope"):
        make_token(
            membership=membership_of(ra1.trial, "sponsor"),
            label="x",
            scopes=[],
            expires_on=timezone.localdate(),
            actor=actor_in(ra1.trial, "coordinator"),
        )


@pytest.mark.parametrize("days", [-1, 367])
def test_a_token_ends_within_a_year(ra1: Planned, days: int) -> None:
    with pytest.raises(BadInput, match="Choose a day from"):
        make_token(
            membership=membership_of(ra1.trial, "sponsor"),
            label="x",
            scopes=["plan:read"],
            expires_on=timezone.localdate() + timedelta(days=days),
            actor=actor_in(ra1.trial, "coordinator"),
        )


def test_no_token_is_made_for_a_role_that_has_ended(ra1: Planned) -> None:
    held = membership_of(ra1.trial, "sponsor")
    Membership.objects.filter(pk=held.pk).update(pending=True, first_used_at=None)
    with pytest.raises(WrongState, match="is not held by"):
        token_of(ra1.trial, "sponsor")


def test_a_token_opens_nothing_before_it_was_shown_nor_after_it_was_revoked(ra1: Planned) -> None:
    program = program_of(ra1.trial, "sponsor")
    assert program.get("trials").status_code == 200
    revoke_token(token=program.token, reason="lost", actor=actor_in(ra1.trial, "sponsor"))
    assert program.get("trials").status_code == 401
    with pytest.raises(WrongState, match="already been revoked"):
        revoke_token(token=program.token, reason="lost", actor=actor_in(ra1.trial, "coordinator"))
    fresh = token_of(ra1.trial, "sponsor")
    program.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {fresh.digest}"
    assert program.get("trials").status_code == 401


def test_nobody_but_the_coordinator_revokes_the_token_of_another(ra1: Planned) -> None:
    token = token_of(ra1.trial, "sponsor")
    with pytest.raises(NotAllowed):
        revoke_token(token=token, reason="mine", actor=actor_in(ra1.trial, "statistician"))
    revoke_token(token=token, reason="no longer needed", actor=actor_in(ra1.trial, "coordinator"))


def test_a_token_ends_with_the_role_the_account_and_its_last_day(ra1: Planned) -> None:
    programs = {role: program_of(ra1.trial, role) for role in ("sponsor", "statistician", "coordinator")}
    AccessToken.objects.filter(pk=programs["sponsor"].token.pk).update(
        expires_on=timezone.localdate() - timedelta(days=1)
    )
    revoke(membership=programs["statistician"].token.membership, reason="left", actor=SETTING_UP)
    User.objects.filter(pk=ra1.people["coordinator"].pk).update(is_active=False)
    assert {role: program.get("trials").status_code for role, program in programs.items()} == dict.fromkeys(
        programs, 401
    )


def test_every_step_of_a_token_is_in_the_audit_trail_and_verifies(ra1: Planned) -> None:
    program = program_of(ra1.trial, "sponsor")
    program.get("trials")
    revoke_token(token=program.token, reason="lost", actor=actor_in(ra1.trial, "coordinator"))
    events = Event.objects.filter(subject_type="api.accesstoken").order_by("pk")
    assert [event.action for event in events] == ["api.token.made", "api.token.collected", "api.token.revoked"]
    assert events[0].content["details"]["scopes"] == scopes_of("sponsor")
    assert events[2].content["reason"] == "lost"
    AccessToken.objects.update(expires_on=timezone.localdate() + timedelta(days=300))
    assert [finding.table for finding in verify().findings if finding.table == "api_accesstoken"] == ["api_accesstoken"]


def test_the_first_request_with_a_token_is_the_first_use_of_the_role(ra1: Planned) -> None:
    program = program_of(ra1.trial, "sponsor")
    Membership.objects.filter(pk=program.token.membership_id).update(first_used_at=None)
    assert program.get("trials").status_code == 200
    assert Membership.objects.get(pk=program.token.membership_id).first_used_at is not None
    program.token.refresh_from_db()
    assert program.token.last_used_on == timezone.localdate()
