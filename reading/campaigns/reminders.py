"""Reminders to readers: how many cases are waiting and when they are due; no case, subject or arm is named."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Count, Min
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.wording import counted
from jobs.mail import send
from jobs.queue import Lease, add
from reading.issuing.suspensions import away_from
from reading.models import Campaign, CampaignStatus
from reading.room.worklist import steps_waiting

DUE_IN_DAYS = 3


def remind_readers(*, campaign: Campaign, actor: Actor) -> int:
    """Requests one email to every reader whose reads are overdue or due within three days; returns how many."""
    authorise(actor, Action.ASSIGN_READS)
    today = timezone.localdate()
    waiting = (
        steps_waiting()
        .filter(read__case__campaign=campaign, read__reader__is_active=True)
        .exclude(read__reader__in=away_from(campaign))
        .filter(read__batch__due_on__lte=today + timedelta(days=DUE_IN_DAYS))
        .values_list("read__reader_id")
        .annotate(Count("pk"), Min("read__batch__due_on"))
        .order_by("read__reader_id")
    )
    with audited_atomic():
        reminded = list(waiting)
        for reader, cases, due in reminded:
            payload = {"reader": reader, "trial": campaign.trial.code, "cases": cases, "due": due.isoformat()}
            add(kind="reading.remind", key=f"{campaign.pk}-{reader}-{today.isoformat()}", payload=payload)
        record(
            action="reading.readers.reminded",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            details={"campaign": campaign.code, "readers": len(reminded)},
        )
    return len(reminded)


def remind_all() -> None:
    """Requests reminders once a day, for every open campaign."""
    for campaign in Campaign.objects.filter(status=CampaignStatus.OPEN).select_related("trial"):
        remind_readers(campaign=campaign, actor=Actor.system("reminders"))


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Sends one reminder."""
    cases = counted(payload["cases"], "case")
    link = settings.PUBLIC_URL.rstrip("/") + reverse("reading:worklist")
    waiting = counted(payload["cases"], "of your cases is", "of your cases are")
    mail = EmailMessage(
        subject=f"{payload['trial']}: {cases} waiting for you",
        body=f"{waiting} overdue or due within three days. The earliest due date is {payload['due']}.\n\n"
        f"Sign in to read: {link}\n",
        to=[User.objects.get(pk=payload["reader"]).email],
    )
    send(mail, lease)
    with audited_atomic():
        lease.finish()
