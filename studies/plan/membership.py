"""Who takes part in a trial in which role: granted and revoked with a reason, never edited."""

from __future__ import annotations

from django.utils import timezone

from accounts.models import User
from accounts.roles import APART_FROM_READING, READING_ROLES, ROLE_NAMES, Action, Role, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import either
from studies.models import Membership, Site, Trial
from studies.naming import checked_choice, checked_text

GRANTABLE = tuple(role for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM))
# The roles that a person may still hold in a trial after seeing its arms.
UNBLINDED_ROLES = frozenset({Role.STATISTICIAN, Role.CUSTODIAN})


def grant(*, trial: Trial, user: User, role: str, reason: str, actor: Actor, site: Site | None = None) -> Membership:
    """A role in the trial from now on; a site role names its site."""
    authorise(actor, Action.GRANT_MEMBERSHIP)
    reason = checked_text("reason", reason, longest=200)
    check_role(trial=trial, role=role, site=site)
    if not user.is_active:
        raise WrongState(
            f"The account of {user} is disabled. Have an administrator enable it, or choose another person."
        )
    with audited_atomic():
        # Concurrent grants must see each other, or a reader could become a lead at the same time.
        Trial.objects.select_for_update().get(pk=trial.pk)
        check_apart(user=user, role=role, held=list(Membership.objects.filter(trial=trial, user=user)))
        membership = Membership.objects.create(trial=trial, user=user, role=role, site=site, reason=reason)
        tell(membership, "studies.membership.granted", actor, reason)
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
    """Separates readers from those who know order, scores or arms, and keeps blinded roles from unblinded people."""
    now = {membership.role for membership in held if membership.revoked_at is None}
    if role in now:
        raise WrongState(f"The role {name_of(role)} of this trial is already held by {user}. Choose another role.")
    apart = kept_apart_from(role)
    if clash := sorted(now & apart):
        raise WrongState(
            f"The role {name_of(role)} cannot be granted to {user}, who is {' and '.join(map(name_of, clash))}"
            f" in this trial. Choose a person who is not {either(sorted(map(name_of, apart)))}."
        )
    if role not in UNBLINDED_ROLES and any(membership.unblinded_at for membership in held):
        raise WrongState(
            f"The role {name_of(role)} cannot be granted to {user}, who is unblinded in this trial."
            f" Choose a person who has not seen the arms, or the role {either(sorted(map(name_of, UNBLINDED_ROLES)))}."
        )


def kept_apart_from(role: str) -> frozenset[Role]:
    """The roles that may not be combined with this one."""
    if role in READING_ROLES:
        return APART_FROM_READING
    return READING_ROLES if role in APART_FROM_READING else frozenset()


def revoke(*, membership: Membership, reason: str, actor: Actor) -> None:
    """Ends a role. A trial keeps at least one coordinator, or nobody could grant another."""
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
        ended = Membership.objects.current().filter(pk=membership.pk).update(revoked_at=timezone.now())
        if not ended:
            raise WrongState(f"The role {name_of(membership.role)} of {membership.user} has already been revoked.")
        tell(membership, "studies.membership.revoked", actor, reason)


def move_to_unblinded_side(*, trial: Trial, user: User, actor: Actor, reason: str) -> None:
    """Called when a person sees the arms: their blinded roles in the trial end and none can ever be granted again.

    Runs in the transaction in which they see them. A person who has read in the trial may never see them.
    """
    with audited_atomic():
        held = list(Membership.objects.filter(trial=trial, user=user).select_related("trial", "user", "site"))
        if any(membership.role in READING_ROLES for membership in held):
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


def tell(membership: Membership, action: str, actor: Actor, reason: str) -> None:
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
        },
        tracked=[membership],
    )
