"""Mails a link to a person. The link is made when the mail is sent, so that the jobs table holds no secret."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.identity import person
from accounts.links import AGES, link_token, words
from accounts.models import User
from audit.trail import audited_atomic, record
from jobs.mail import send
from jobs.queue import JobRefused, Lease, add

# At most one link per person and purpose in this many seconds, however often it is requested.
EVERY_SECONDS = 300
SUBJECTS = {"invitation": "You are invited to Blindread", "password": "Set a new password for Blindread"}
ROUTES = {"invitation": "invitation", "password": "password_new"}


def slot() -> int:
    """The number of the current span of EVERY_SECONDS."""
    return int(timezone.now().timestamp()) // EVERY_SECONDS


def mail_link(*, user: User, purpose: str) -> None:
    """Requests the mail; called inside the transaction of its cause."""
    add(kind="accounts.mail_link", key=f"{purpose}-{user.pk}-{slot()}", payload={"user": user.pk, "purpose": purpose})


def mail_forgotten(*, address: str, user: User | None) -> None:
    """Requests a link for a new password. An unknown address takes the same time, so timing reveals nothing."""
    named = hmac.new(settings.SECRET_KEY.encode(), address.encode(), hashlib.sha256).hexdigest()[:32]
    payload = {"user": user.pk if user else None, "purpose": "password", "forgotten": True}
    add(kind="accounts.mail_link", key=f"forgotten-{named}-{slot()}", payload=payload)


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail; does nothing when no account has the address."""
    if payload["user"] is None:
        return
    user, purpose = User.objects.active().filter(pk=payload["user"]).first(), payload["purpose"]
    if user is None:
        raise JobRefused("The account was disabled before its link was sent.")
    link = settings.PUBLIC_URL.rstrip("/") + reverse(ROUTES[purpose], args=[link_token(user, purpose)])
    text = render_to_string(f"account/email/{purpose}.txt", {"link": link, "age": words(AGES[purpose]), "user": user})
    send(EmailMessage(SUBJECTS[purpose], text, to=[user.email]), lease)
    with audited_atomic():
        lease.finish()
        if payload.get("forgotten"):
            subject = ("accounts.user", str(user.pk))
            record(
                action="accounts.password-link.sent",
                actor=person(user),
                stream="system",
                subject=subject,
                details={"account": str(user)},
            )
