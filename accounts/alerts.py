"""Alerts the administrators immediately to possible misuse: a job sends the mail, recorded with its cause."""

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
    """Requests a mail to every administrator; called inside the transaction of its cause."""
    at = timezone.now()
    payload = {"user": subject.pk, "what": what, "at": at.strftime("%Y-%m-%d %H:%M:%S UTC")}
    add(kind="accounts.alert", key=f"{subject.pk}-{at.timestamp()}", payload=payload)


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail; it identifies the account by number, not by address, because mail is not confidential."""
    page = settings.PUBLIC_URL.rstrip("/") + reverse("account", args=[payload["user"]])
    mail = EmailMessage(
        subject=f"Blindread: account {payload['user']} {payload['what']}",
        body=f"Account {payload['user']} {payload['what']} ({payload['at']}).\n\nSign in to review it: {page}\n",
        bcc=list(User.objects.administrators().values_list("email", flat=True)),
    )
    send(mail, lease)
    with audited_atomic():
        lease.finish()
