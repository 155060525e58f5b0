"""Access tokens: made by a coordinator, shown once to the person they are for, revoked by either of them."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import READING_ROLES, ROLE_NAMES, Action, Role, allows, authorise
from api.models import AccessToken
from api.scopes import checked_scopes, scopes_of
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, NotAllowed, WrongState
from config.wording import quoted
from studies.models import Membership, Trial
from studies.naming import checked_name, checked_text
from studies.plan.membership import counts

LONGEST_DAYS = 366
# The beginning of every token, so that secret scanners recognise it.
PREFIX = "blindread_"


def make_token(
    *, membership: Membership, label: str, scopes: Iterable[str], expires_on: date, actor: Actor
) -> AccessToken:
    """A token for a role that a person holds now; it is invalid until that person has been shown its text."""
    authorise(actor, Action.MANAGE_TOKENS)
    label = checked_name("label", label, longest=80)
    chosen = checked_scopes(demand_role(membership), scopes)
    demand_day(expires_on)
    with audited_atomic():
        # The lock ensures that nobody becomes a reader of the trial at the same moment.
        Trial.objects.select_for_update().get(pk=membership.trial_id)
        demand_held(membership)
        demand_no_reader(membership.trial_id, membership.user_id, actor.user_id)
        maker = User.objects.get(pk=actor.user_id)
        token = AccessToken.objects.create(
            membership=membership, label=label, scopes=chosen, expires_on=expires_on, made_by=maker
        )
        record_event(token, "api.token.made", actor)
    return token


def demand_role(membership: Membership) -> str:
    """The role of the membership; BadInput for a role that programs may not use."""
    if not scopes_of(membership.role):
        role = ROLE_NAMES[Role(membership.role)].lower()
        raise BadInput(
            f"No access token can be made for the role {role}. Choose another person or role.", field="holder"
        )
    return membership.role


def demand_day(expires_on: date) -> None:
    """The last day is today or later, and within a year."""
    today = timezone.localdate()
    if not today <= expires_on <= today + timedelta(days=LONGEST_DAYS):
        raise BadInput(
            f"The last day {expires_on} is not possible. Choose a day from {today} to"
            f" {today + timedelta(days=LONGEST_DAYS)}.",
            field="expires_on",
        )


def demand_held(membership: Membership) -> None:
    """Checks that the role is currently held."""
    if not Membership.objects.current().filter(pk=membership.pk).exists():
        raise WrongState(
            f"The role {ROLE_NAMES[Role(membership.role)].lower()} is not held by {membership.user} now."
            " A token can be made only for a role that is held."
        )


def demand_no_reader(trial_id: int, *user_ids: int | None) -> None:
    """Refuses a person who reads or has read in the trial: they may neither make a token for it nor get one."""
    reading = Membership.objects.filter(trial=trial_id, user__in=user_ids, role__in=READING_ROLES)
    for membership in reading.select_related("user", "trial"):
        if counts(membership):
            raise WrongState(
                f"An access token cannot be made by or for a reader, and {membership.user} is or was one in trial"
                f" {membership.trial.code}."
            )


def show_token(*, token: AccessToken, actor: Actor) -> str:
    """The text of the token, shown once to the person for whom it was made."""
    authorise(actor, Action.USE_TOKENS)
    demand_own(token, actor)
    text = PREFIX + secrets.token_urlsafe(32)
    now = timezone.now()
    with audited_atomic():
        waiting = AccessToken.objects.filter(pk=token.pk, digest="", revoked_at=None)
        if not waiting.update(digest=digest_of(text), collected_at=now):
            raise WrongState(
                f"The access token {quoted(token.label)} has already been shown, or was revoked."
                " Ask the coordinator of the trial for another one."
            )
        record_event(token, "api.token.collected", actor)
    return text


def demand_own(token: AccessToken, actor: Actor) -> None:
    """Checks that the token was made for this person."""
    if token.membership.user_id != actor.user_id:
        raise NotAllowed(message="An access token is shown only to the person it was made for.")


def revoke_token(*, token: AccessToken, reason: str, actor: Actor) -> None:
    """Makes the token invalid from now on; a coordinator can revoke any token, everyone else only their own."""
    authorise(actor, Action.USE_TOKENS)
    if not allows(actor.role, Action.MANAGE_TOKENS) and token.membership.user_id != actor.user_id:
        raise NotAllowed(str(Action.MANAGE_TOKENS))
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        if not AccessToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now()):
            raise WrongState(f"The access token {quoted(token.label)} has already been revoked.")
        record_event(token, "api.token.revoked", actor, reason)


def valid_token(text: str) -> AccessToken | None:
    """The token with this text, if it is valid today."""
    found = AccessToken.objects.valid(timezone.localdate()).filter(digest=digest_of(text))
    return found.select_related("membership__user", "membership__trial").first()


def note_use(token: AccessToken) -> None:
    """Records the day of the last use, at most once a day."""
    today = timezone.localdate()
    if token.last_used_on != today:
        AccessToken.objects.filter(pk=token.pk).update(last_used_on=today)


def digest_of(text: str) -> str:
    """The stored digest of a token: a token has 256 random bits, so a plain digest reveals nothing about it."""
    return hashlib.sha256(text.encode()).hexdigest()


def actor_of(token: AccessToken) -> Actor:
    """The person to whom the token belongs, in their role, as the audit trail names the actor."""
    membership = token.membership
    return Actor(membership.user_id, f"{membership.user} (token {token.label})", membership.role)


def record_event(token: AccessToken, action: str, actor: Actor, reason: str = "") -> None:
    """The event of a change to one token."""
    membership = token.membership
    record(
        action=action,
        actor=actor,
        stream=membership.trial.code,
        subject=("api.accesstoken", str(token.pk)),
        reason=reason,
        details={
            "label": token.label,
            "name": str(membership.user),
            "role": membership.role,
            "scopes": token.scopes,
            "expires_on": token.expires_on.isoformat(),
        },
        tracked=[token],
    )
