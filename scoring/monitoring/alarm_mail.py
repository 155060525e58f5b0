"""The e-mail about an alarm: the campaign and the rule; neither the reader nor a figure is named."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.trail import audited_atomic
from jobs.mail import send
from jobs.queue import Lease
from scoring.models import ReaderAlarm
from studies.models import Membership


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends the mail about {"alarm": id}."""
    send(mail_about(ReaderAlarm.objects.select_related("campaign__trial").get(pk=payload["alarm"])), lease)
    with audited_atomic():
        lease.finish()


def mail_about(alarm: ReaderAlarm) -> EmailMessage:
    """The mail to every imaging lead and coordinator of the trial."""
    trial = alarm.campaign.trial
    link = settings.PUBLIC_URL.rstrip("/") + reverse("scoring:alarm", args=[trial.code, alarm.pk])
    held = Membership.objects.current().filter(trial=trial, role__in=[Role.LEAD, Role.COORDINATOR])
    return EmailMessage(
        subject=f"{trial.code}: an alarm about a reader",
        body=f"In campaign {alarm.campaign.code}, a rule of the charter raised an alarm about a reader:"
        f" {alarm.get_rule_display().lower()}.\n\nSign in to record the action taken: {link}\n",
        bcc=list(User.objects.filter(pk__in=held.values("user"), is_active=True).values_list("email", flat=True)),
    )
