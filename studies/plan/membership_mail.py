"""E-mails about roles that await a third person: they contain the trial's code and a link, and no names."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.models import User
from accounts.people import inviters_of
from accounts.roles import Role
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease
from studies.models import Membership

SAYS = {
    "proposed": "is waiting for your confirmation",
    "confirmed": "that you granted was confirmed",
    "refused": "that you granted was refused",
}


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one e-mail for one step of a role; none if it is no longer relevant."""
    membership = Membership.objects.select_related("trial", "granted_by").get(pk=payload["membership"])
    what = payload["what"]
    if what != "proposed" or (membership.pending and membership.revoked_at is None):
        send(mail_about(membership, what), lease)
    with audited_atomic():
        lease.finish()


def mail_about(membership: Membership, what: str) -> EmailMessage:
    """The recipients: everyone who can decide, or the person who granted the role."""
    code, granted_by = membership.trial.code, membership.granted_by
    if what == "proposed":
        page, addresses = reverse("studies:roles_to_confirm"), to_ask(membership)
    else:
        page = reverse("studies:members", args=[code])
        addresses = [granted_by.email] if granted_by and granted_by.is_active else []
    return EmailMessage(
        subject=f"{code}: a role {SAYS[what]}",
        body=f"A role in trial {code} {SAYS[what]}.\n\nSign in to see it: {settings.PUBLIC_URL.rstrip('/')}{page}\n",
        bcc=sorted(set(addresses)),
    )


def to_ask(membership: Membership) -> list[str]:
    """The people who can decide, without accounts made by the person who granted the role."""
    asked = coordinators_to_ask(membership) | administrators_to_ask(membership)
    makers, by = inviters_of(asked), membership.granted_by_id
    return [email for pk, email in asked.items() if makers.get(pk) != by]


def coordinators_to_ask(membership: Membership) -> dict[int, str]:
    """The other coordinators of the trial."""
    held = Membership.objects.current().filter(trial=membership.trial_id, role=Role.COORDINATOR, user__is_active=True)
    asked = held.exclude(user__in=[membership.granted_by_id, membership.user_id])
    return dict(asked.values_list("user", "user__email"))


def administrators_to_ask(membership: Membership) -> dict[int, str]:
    """The administrators who hold no role in the trial."""
    inside = Membership.objects.filter(trial=membership.trial_id, revoked_at=None).values("user")
    return dict(User.objects.administrators().exclude(pk__in=inside).values_list("pk", "email"))
