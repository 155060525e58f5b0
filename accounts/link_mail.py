"""Mails a link to a person. The link is made when the mail is sent, so that no secret waits in the table of jobs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.links import AGES, link_token, words
from accounts.models import User
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease, Refused, add

# One link in so many seconds for a person and purpose, however often it is asked for.
EVERY_SECONDS = 300
SUBJECTS = {"invitation": "You are invited to Blindread", "password": "Your new password for Blindread"}
ROUTES = {"invitation": "invitation", "password": "password_new"}


def mail_link(*, user: User, purpose: str) -> None:
    """Asks for the mail; inside the transaction of its cause."""
    slot = int(timezone.now().timestamp()) // EVERY_SECONDS
    add(kind="accounts.mail_link", key=f"{purpose}-{user.pk}-{slot}", payload={"user": user.pk, "purpose": purpose})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail."""
    user, purpose = User.objects.active().filter(pk=payload["user"]).first(), payload["purpose"]
    if user is None:
        raise Refused(f"account {payload['user']} has been disabled")
    link = settings.PUBLIC_URL.rstrip("/") + reverse(ROUTES[purpose], args=[link_token(user, purpose)])
    text = render_to_string(f"account/email/{purpose}.txt", {"link": link, "age": words(AGES[purpose]), "user": user})
    send(EmailMessage(SUBJECTS[purpose], text, to=[user.email]), lease)
    with audited_atomic():
        lease.finish()
