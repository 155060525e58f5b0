"""The e-mail that asks custodians for their shares: it contains only the trial's code and the deadline."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.models import User
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease
from scoring.models import ArmsRequest, ArmsRequestStatus
from studies.models import CustodianKey


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one mail for {"request": id}, unless the request was withdrawn in the meantime."""
    asked = ArmsRequest.objects.select_related("campaign__trial", "imported").get(pk=payload["request"])
    if asked.status == ArmsRequestStatus.WAITING:
        send(mail_about(asked), lease)
    with audited_atomic():
        lease.finish()


def mail_about(asked: ArmsRequest) -> EmailMessage:
    """The mail to every custodian to whose key the version was sealed."""
    trial = asked.campaign.trial.code
    link = settings.PUBLIC_URL.rstrip("/") + reverse("scoring:arms_request", args=[trial, asked.token])
    holders = CustodianKey.objects.filter(pk__in=asked.imported.keys).values("custodian")
    return EmailMessage(
        subject=f"{trial}: your opening share is needed",
        body=f"The arms of trial {trial} have been requested. Two custodians must give their shares by"
        f" {asked.expires_at:%Y-%m-%d %H:%M} UTC.\n\nSign in to give your share: {link}\n",
        bcc=list(User.objects.filter(pk__in=holders, is_active=True).values_list("email", flat=True)),
    )
