"""A role for a person by e-mail address. Administrators who coordinate the trial invite new people in the same step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.models import User
from accounts.people import invite
from accounts.roles import Action, Role, authorise
from audit.trail import Actor, audited_atomic
from config.errors import BadInput
from studies.models import Membership, Site, Trial
from studies.plan.membership import check_apart, check_role, grant, refuse_grant_by

# The same for an address without an account and for a disabled account, so that nobody learns who has one.
NO_ACCOUNT = "No active account has this address. An administrator invites new people."


def host_of(actor: Actor) -> Actor | None:
    """The same person as an administrator, who may make accounts; None for a person who is not one."""
    if actor.user_id is None or not User.objects.administrators().filter(pk=actor.user_id).exists():
        return None
    return replace(actor, role=Role.ADMINISTRATOR)


def admit(
    *, trial: Trial, email: str, role: str, reason: str, actor: Actor, site: Site | None = None, name: str = ""
) -> Membership:
    """Grants the role to the person with the address. Account, invitation and role are made together or not at all."""
    authorise(actor, Action.GRANT_MEMBERSHIP)
    known = account_of(email)
    if known is not None:
        return grant(trial=trial, user=known, role=role, site=site, reason=reason, actor=actor)
    host = demand_host(actor)
    with audited_atomic():
        user = invite(email=email, name=name, actor=host)
        return grant(trial=trial, user=user, role=role, site=site, reason=reason, actor=actor)


def account_of(email: str) -> User | None:
    """The active account with the address; None if there is no account at all."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None and not user.is_active:
        raise BadInput(NO_ACCOUNT, field="person")
    return user


def demand_host(actor: Actor) -> Actor:
    """The person as an administrator; BadInput for a coordinator who may not make accounts."""
    host = host_of(actor)
    if host is None:
        raise BadInput(NO_ACCOUNT, field="person")
    return host


def check_line(trial: Trial, row: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """Refuses a line of a table of people that could not be written after the lines above it."""
    user = account_of(row["email"])
    if user is None:
        demand_host(actor)
    held = [Membership(trial=trial, role=one["role"]) for one in earlier if one["email"] == row["email"]]
    if user is not None:
        refuse_grant_by(actor, user)
        held += Membership.objects.filter(trial=trial, user=user)
    check_role(trial=trial, role=row["role"], site=row["site"])
    check_apart(user=user or User(email=row["email"]), role=row["role"], held=held)
