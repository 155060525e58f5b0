"""A third person confirms or refuses a role that affects results; until then it gives no access."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.people import inviters_of
from accounts.roles import Action, Role, authorise
from accounts.second_factor import demand_second_factor
from audit.trail import Actor, audited_atomic
from config.errors import NotAllowed, WrongState
from studies.models import Membership, Trial
from studies.naming import checked_text
from studies.plan.membership import mail_about, name_of, record_event


def confirm_membership(*, membership: Membership, actor: Actor) -> None:
    """Confirms the role, which gives access from now on."""
    authorise(actor, Action.CONFIRM_MEMBERSHIP)
    with audited_atomic():
        demand_third_person(membership, actor)
        user = User.objects.get(pk=membership.user_id)
        if not user.is_active:
            raise WrongState(f"The account of {user} is disabled. Refuse the role, or have the account enabled.")
        settle(membership, pending=False, confirmed_at=timezone.now(), confirmed_by_id=actor.user_id)
        record_event(membership, "studies.membership.confirmed", actor, "")
        demand_second_factor(user=user, role=membership.role)
        mail_about(membership, "confirmed")


def refuse_membership(*, membership: Membership, reason: str, actor: Actor) -> None:
    """Refuses the role, which never gives access; the reason is recorded in the audit trail."""
    authorise(actor, Action.CONFIRM_MEMBERSHIP)
    reason = checked_text("reason", reason, longest=200)
    with audited_atomic():
        demand_third_person(membership, actor)
        settle(membership, revoked_at=timezone.now())
        record_event(membership, "studies.membership.refused", actor, reason)
        mail_about(membership, "refused")


def settle(membership: Membership, **changes: object) -> None:
    """Ends the pending state, if the role is still pending."""
    if Membership.objects.pending().filter(pk=membership.pk).update(**changes) != 1:
        raise WrongState(
            f"The role {name_of(membership.role)} of {membership.user} is no longer waiting for confirmation."
            " Look at the list of people for its state."
        )


def demand_third_person(membership: Membership, actor: Actor) -> None:
    """Another coordinator, or an administrator outside the trial: not the person who granted the role, nor its holder.

    Nobody decides whose account was made by the person who granted the role, nor a coordinator who made that person's
    account.
    """
    trial = Trial.objects.select_for_update().get(pk=membership.trial_id)
    if why := why_not_third(membership, actor):
        raise NotAllowed(
            message=f"{why} Another coordinator of trial {trial.code} can decide,"
            " or an administrator without a role in it."
        )


def why_not_third(membership: Membership, actor: Actor) -> str:
    """Why this person may not decide; empty if they may."""
    if actor.user_id == membership.granted_by_id:
        return "You granted this role yourself."
    if actor.user_id == membership.user_id:
        return "This role was granted to you."
    if why := why_one_hand(membership, actor):
        return why
    own = Membership.objects.filter(trial=membership.trial_id, revoked_at=None)
    held = own.filter(user__in=[actor.user_id] if actor.user_id is not None else [])
    if actor.role == Role.ADMINISTRATOR:
        return "You hold a role in this trial." if held.exists() else ""
    return "" if held.filter(role=Role.COORDINATOR, pending=False).exists() else "You do not coordinate this trial."


def not_for(user_id: int) -> Q:
    """The roles that the person granted or is to hold, or that were granted by the maker of their account."""
    maker = inviters_of([user_id]).get(user_id)
    return Q(user=user_id) | Q(granted_by__in=[user_id] if maker is None else [user_id, maker])


def why_one_hand(membership: Membership, actor: Actor) -> str:
    """Why two accounts count as one person here: one of them invited the other. Empty if neither did."""
    pair = [pk for pk in (membership.granted_by_id, actor.user_id) if pk is not None]
    inviters = inviters_of(pair) if len(pair) == 2 else {}
    if inviters.get(pair[-1]) == pair[0]:
        return "Your account was made by the person who granted this role."
    if actor.role == Role.COORDINATOR and inviters.get(pair[0]) == pair[-1]:
        return "You made the account of the person who granted this role."
    return ""
