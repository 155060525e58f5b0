"""Tells the administrators at once of what may be misuse: by a job, recorded with the event that set it off."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease, add


def alert_administrators(*, subject: User, what: str) -> None:
    """A mail to every administrator; inside the transaction of the cause."""
    at = timezone.now()
    payload = {"user": subject.pk, "what": what, "at": at.strftime("%Y-%m-%d %H:%M:%S UTC")}
    add(kind="accounts.alert", key=f"{subject.pk}-{at.timestamp()}", payload=payload)


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail; it names the account by number and no address, since mail is open to read."""
    page = settings.PUBLIC_URL.rstrip("/") + reverse("account", args=[payload["user"]])
    mail = EmailMessage(
        subject=f"Blindread: {payload['what']}",
        body=f"Account {payload['user']}, {payload['at']}: {payload['what']}.\n\nSign in to look at it: {page}\n",
        bcc=list(User.objects.administrators().values_list("email", flat=True)),
    )
    send(mail, lease)
    with audited_atomic():
        lease.finish()
