"""A role for a person by e-mail address. Administrators who coordinate the trial invite new people in the same step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.models import User
from accounts.people import demand_distinct, invite
from accounts.roles import Action, Role, authorise
from audit.trail import Actor, audited_atomic
from config.errors import BadInput
from studies.models import Membership, Site, Trial
from studies.naming import checked_text
from studies.plan.membership import check_apart, check_role, grant, refuse_grant_by

# The same text for an address without an account and for a disabled account, so that coordinators learn about nobody.
NO_ACCOUNT = "No active account has this address. Only administrators can invite new people."
# Without the address: a refused table leaves no record of the people in its lines.
NOT_ALL_HAVE_ACCOUNTS = (
    "No role was granted, because not every address in the table has an active account. An administrator invites new"
    " people."
)


def host_of(actor: Actor) -> Actor | None:
    """The same person as an administrator, who may create accounts; None for anybody else."""
    if actor.user_id is None or not User.objects.administrators().filter(pk=actor.user_id).exists():
        return None
    return replace(actor, role=Role.ADMINISTRATOR)


def admit(
    *, trial: Trial, email: str, role: str, reason: str, actor: Actor, site: Site | None = None, name: str = ""
) -> tuple[Membership, bool]:
    """Grants the role to the person with the address, and says whether they were invited in the same step.

    Account, invitation and role are made together or not at all. Role and reason are checked before any account is
    looked up.
    """
    authorise(actor, Action.GRANT_MEMBERSHIP)
    check_role(trial=trial, role=role, site=site)
    reason = checked_text("reason", reason, longest=200)
    host = host_of(actor)
    known = account_of(email, host)
    with audited_atomic():
        user = known or invite(email=email, name=name, actor=demand_host(host))
        made = grant(trial=trial, user=user, role=role, site=site, reason=reason, actor=actor)
    return made, known is None


def account_of(email: str, host: Actor | None) -> User | None:
    """The active account with the address; None if there is no account at all."""
    user = User.objects.filter(email=email.strip().lower()).first()
    if user is not None and not user.is_active:
        disabled = f"The account {user.email} is disabled. Enable it on the page Accounts before you grant it a role."
        raise BadInput(disabled if host else NO_ACCOUNT, field="person")
    return user


def demand_host(host: Actor | None) -> Actor:
    """The person as an administrator; BadInput for a coordinator who may not make accounts."""
    if host is None:
        raise BadInput(NO_ACCOUNT, field="person")
    return host


def admit_all(trial: Trial, rows: Sequence[Mapping[str, Any]], actor: Actor) -> None:
    """Every line of a table of people; called inside a transaction."""
    addresses = {row["email"] for row in rows}
    active = User.objects.filter(email__in=addresses, is_active=True).count()
    if host_of(actor) is None and active < len(addresses):
        raise BadInput(NOT_ALL_HAVE_ACCOUNTS, field="file")
    for row in rows:
        admit(trial=trial, actor=actor, **row)


class LineCheck:
    """Refuses a line of a table of people that could not be written after the lines above it; one instance per table.

    For a coordinator who may not create accounts, only the people of the trial appear to have any.
    """

    def __init__(self, trial: Trial, actor: Actor) -> None:
        self.trial, self.actor, self.host = trial, actor, host_of(actor)
        self.granted: defaultdict[str, list[Membership]] = defaultdict(list)
        self.names: list[str] = []

    def __call__(self, row: Mapping[str, Any]) -> None:
        check_role(trial=self.trial, role=row["role"], site=row["site"])
        user, above = self.account(row["email"]), self.granted[row["email"]]
        if user is None:
            check_apart(user=User(email=row["email"]), role=row["role"], held=above)
            self.name_one(row["name"] if self.host and not above else "")
        else:
            refuse_grant_by(self.actor, user)
            held = Membership.objects.filter(trial=self.trial, user=user)
            check_apart(user=user, role=row["role"], held=[*above, *held])
        above.append(Membership(trial=self.trial, role=row["role"]))

    def account(self, email: str) -> User | None:
        """The account with the address, if the person may know about it."""
        if self.host:
            return account_of(email, self.host)
        return User.objects.filter(email=email, memberships__trial=self.trial).first()

    def name_one(self, name: str) -> None:
        """Refuses a name that imitates another, also one further up; only the first line of a person names them."""
        if name:
            demand_distinct(name, User(), self.names)
            self.names.append(name)
