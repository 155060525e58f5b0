"""The e-mail to a reader whose reads were returned for a query: how many; no case, joint or subject is named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.models import User
from audit.trail import audited_atomic
from config.wording import counted
from jobs.mail import send
from jobs.queue import Lease


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail of {"reader": id, "trial": code, "reads": number}, unless the account was closed meanwhile."""
    reader = User.objects.get(pk=payload["reader"])
    if reader.is_active:
        send(mail_to(reader, payload["trial"], payload["reads"]), lease)
    with audited_atomic():
        lease.finish()


def mail_to(reader: User, trial: str, reads: int) -> EmailMessage:
    """The mail."""
    link = settings.PUBLIC_URL.rstrip("/") + reverse("reading:worklist")
    cases = counted(reads, "signed case")
    return EmailMessage(
        subject=f"{trial}: please check {cases}",
        body=f"There are joints to check in {cases}. Your worklist shows which. Keep or change the scores of these "
        f"joints, and sign again.\n\nSign in to read: {link}\n",
        to=[reader.email],
    )
