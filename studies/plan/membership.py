"""People's roles in a trial: granted and revoked with a reason, never edited, never granted to oneself."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.roles import READING_ROLES, ROLE_NAMES, Action, Role, authorise
from accounts.roles_apart import CONFIRMED_ROLES, GRANTABLE, UNBLINDED_ROLES, apart
from accounts.second_factor import demand_second_factor
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, NotAllowed, WrongState
from config.serving import serves_a_request
from config.wording import either
from jobs.queue import add
from studies.models import Membership, Site, Trial
from studies.naming import checked_choice, checked_text


def grant(*, trial: Trial, user: User, role: str, reason: str, actor: Actor, site: Site | None = None) -> Membership:
    """Grants a role in the trial, valid now or once a third person has confirmed it; a site role names its site."""
    authorise(actor, Action.GRANT_MEMBERSHIP)
    refuse_grant_by(actor, user)
    reason = checked_text("reason", reason, longest=200)
    check_role(trial=trial, role=role, site=site)
    if not user.is_active:
        raise WrongState(
            f"The account of {user} is disabled. Have an administrator enable it, or choose another person."
        )
    pending = role in CONFIRMED_ROLES and actor.role != Role.SYSTEM
    with audited_atomic():
        # Concurrent grants must see each other, or a reader could become a lead at the same time.
        Trial.objects.select_for_update().get(pk=trial.pk)
        check_apart(user=user, role=role, held=list(Membership.objects.filter(trial=trial, user=user)))
        membership = Membership.objects.create(
            trial=trial, user=user, role=role, site=site, reason=reason, granted_by_id=actor.user_id, pending=pending
        )
        if pending:
            record_event(membership, "studies.membership.proposed", actor, reason)
            mail_about(membership, "proposed")
        else:
            record_event(membership, "studies.membership.granted", actor, reason)
            demand_second_factor(user=user, role=role)
    return membership


def refuse_grant_by(actor: Actor, user: User) -> None:
    """Nobody grants a role to themselves, and the system grants none while it serves a request."""
    if actor.user_id == user.pk:
        raise NotAllowed(message="You cannot grant a role to yourself. Ask another coordinator of the trial.")
    if actor.role == Role.SYSTEM and serves_a_request():
        raise NotAllowed(message="The system cannot grant roles from a page. Use the account of a coordinator.")


def appoint_first_coordinator(*, trial: Trial, user: User, actor: Actor) -> Membership:
    """The person who creates a trial coordinates it: the only role that people grant to themselves."""
    authorise(actor, Action.SET_UP_TRIAL)
    with audited_atomic():
        Trial.objects.select_for_update().get(pk=trial.pk)
        if trial.memberships.exists():
            raise WrongState(f"Trial {trial.code} already has people. Ask its coordinator for a role.")
        membership = Membership.objects.create(
            trial=trial,
            user=user,
            role=Role.COORDINATOR,
            reason="first coordinator, by creating the trial",
            granted_by_id=actor.user_id,
        )
        record_event(membership, "studies.first-coordinator.appointed", actor, membership.reason)
        demand_second_factor(user=user, role=Role.COORDINATOR)
    return membership


def check_role(*, trial: Trial, role: str, site: Site | None) -> None:
    """Refuses a role that is not held in trials, and a site where there should be none or another."""
    checked_choice("role", role, [(one, ROLE_NAMES[one]) for one in GRANTABLE])
    if role == Role.SITE and site is None:
        raise BadInput(f"The role Site is granted for one site. Choose a site of trial {trial.code}.", field="site")
    if role == Role.SITE and site is not None and site.trial_id != trial.pk:
        raise BadInput(f"Site {site.code} belongs to another trial. Choose a site of trial {trial.code}.", field="site")
    if role != Role.SITE and site is not None:
        raise BadInput(
            f"Site {site.code} cannot be combined with the role {name_of(role)}. Choose no site, or the role Site.",
            field="site",
        )


def name_of(role: str) -> str:
    """The name of a role."""
    return ROLE_NAMES[Role(role)]


def check_apart(*, user: User, role: str, held: list[Membership]) -> None:
    """Refuses a role that is held already, that another role excludes, or that is blinded for an unblinded person."""
    if any(membership.role == role for membership in held if membership.revoked_at is None):
        raise WrongState(f"The role {name_of(role)} of this trial is already held by {user}. Choose another role.")
    for membership in held:
        check_pair(user, role, membership)
    if role not in UNBLINDED_ROLES and any(membership.unblinded_at for membership in held):
        raise WrongState(
            f"The role {name_of(role)} cannot be granted to {user}, who is unblinded in this trial."
            f" Choose a person who has not seen the arms, or the role {either(sorted(map(name_of, UNBLINDED_ROLES)))}."
        )


def check_pair(user: User, role: str, membership: Membership) -> None:
    """Refuses the role if the person holds an excluded role, or held one that excludes it permanently."""
    rule, now = apart(role, membership.role), membership.revoked_at is None
    if rule is None or not (now or (rule.formerly and counts(membership))):
        return
    raise WrongState(
        f"The role {name_of(role)} cannot be granted to {user}, who {'is' if now else 'was'}"
        f" {name_of(membership.role)} in this trial. {rule.reason} Choose another person."
    )


def counts(membership: Membership) -> bool:
    """Whether the role is held or was used: one revoked before the person's first request counts as never held."""
    return membership.revoked_at is None or membership.first_used_at is not None


def revoke(*, membership: Membership, reason: str, actor: Actor) -> None:
    """Ends a role, or withdraws a pending one.

    A trial keeps at least one coordinator, or nobody could grant another.
    """
    authorise(actor, Action.GRANT_MEMBERSHIP)
    reason = checked_text("reason", reason, longest=200)
    end(membership, reason, actor)


def end(membership: Membership, reason: str, actor: Actor) -> None:
    """Ends the role and records the reason in the audit trail."""
    with audited_atomic():
        trial = Trial.objects.select_for_update().get(pk=membership.trial_id)
        others = trial.memberships.current().filter(role=Role.COORDINATOR).exclude(pk=membership.pk)
        if membership.role == Role.COORDINATOR and not others.exists():
            raise WrongState(
                f"The role of {membership.user} cannot end, because trial {trial.code} has no other coordinator."
                " Make another person coordinator first."
            )
        open_now = Membership.objects.filter(pk=membership.pk, revoked_at=None)
        ended = open_now.update(revoked_at=timezone.now())
        if not ended:
            raise WrongState(f"The role {name_of(membership.role)} of {membership.user} has already been revoked.")
        record_event(membership, "studies.membership.revoked", actor, reason)


def move_to_unblinded_side(*, trial: Trial, user: User, actor: Actor, reason: str) -> None:
    """Called when a person sees the arms: their blinded roles in the trial end and none can ever be granted again.

    Runs in the transaction in which they see them. A person who has read in the trial may never see them.
    """
    with audited_atomic():
        held = list(Membership.objects.filter(trial=trial, user=user).select_related("trial", "user", "site"))
        if any(membership.role in READING_ROLES and counts(membership) for membership in held):
            raise WrongState(
                f"The arms of trial {trial.code} cannot be shown to {user}, who is or was a reader of it."
                " Choose a person who has never read in this trial."
            )
        ending = [one for one in held if one.revoked_at is None and one.role not in UNBLINDED_ROLES]
        for membership in ending:
            end(membership, reason, actor)
        fresh = Membership.objects.filter(trial=trial, user=user, unblinded_at=None)
        if fresh.update(unblinded_at=timezone.now()):
            record(
                action="studies.member.unblinded",
                actor=actor,
                stream=trial.code,
                subject=("accounts.user", str(user.pk)),
                reason=reason,
                details={"user": user.pk, "name": str(user), "ended": sorted(membership.role for membership in ending)},
                tracked=held,
            )


def record_event(membership: Membership, action: str, actor: Actor, reason: str) -> None:
    """The event of a role granted or revoked."""
    record(
        action=action,
        actor=actor,
        stream=membership.trial.code,
        subject=("studies.membership", str(membership.pk)),
        reason=reason,
        details={
            "user": membership.user_id,
            "name": str(membership.user),
            "role": membership.role,
            "site": membership.site.code if membership.site else "",
            "by_system": actor.label if actor.role == Role.SYSTEM else "",
        },
        tracked=[membership],
    )


def mail_about(membership: Membership, what: str) -> None:
    """Requests the mail to people who can confirm the role, or to the person who granted it."""
    payload = {"membership": membership.pk, "what": what}
    add(kind="studies.mail_membership", key=f"membership-{membership.pk}-{what}", payload=payload)
