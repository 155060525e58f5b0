"""Alarms about readers: checked daily in every open or closed campaign, raised once, and handled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from config.wording import either, quoted
from jobs.queue import Lease, add
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from reading.states import demand_reason
from scoring.models import AlarmAction, ReaderAlarm
from scoring.monitoring.alarm_rules import alarms_about
from scoring.monitoring.campaign import monitored_campaign

KIND = "scoring.alarms"
LOOKED_AT = (CampaignStatus.OPEN, CampaignStatus.CLOSED)


def ask_daily() -> None:
    """Requests the daily check of every campaign, once."""
    today = timezone.localdate()
    looked_at = Campaign.objects.filter(status__in=LOOKED_AT, training=None).values_list("pk", flat=True)
    for campaign in looked_at:
        with audited_atomic():
            add(kind=KIND, key=f"{campaign}-{today:%Y-%m-%d}", payload={"campaign": campaign})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Raises the alarms of {"campaign": id} that the charter's rules give and that were not raised before."""
    campaign = Campaign.objects.select_related("trial", "charter").get(pk=payload["campaign"])
    found = broken_rules(campaign) if campaign.status in LOOKED_AT else []
    with audited_atomic():
        lease.finish()
        raise_new(campaign, found)


def broken_rules(campaign: Campaign) -> list[ReaderAlarm]:
    """An alarm for each reader and rule, not written yet."""
    monitored, terms = monitored_campaign(campaign), terms_of(campaign.charter)
    return [
        ReaderAlarm(campaign=campaign, reader_id=reader.pk, rule=rule, detail=detail[:500])
        for reader in monitored.readers
        for rule, detail in alarms_about(reader, monitored, terms).items()
    ]


def raise_new(campaign: Campaign, found: Sequence[ReaderAlarm]) -> None:
    """Writes new alarms and requests their mails. Inside a transaction."""
    Campaign.objects.select_for_update().get(pk=campaign.pk)
    raised = set(ReaderAlarm.objects.filter(campaign=campaign).values_list("reader_id", "rule"))
    for alarm in found:
        if (alarm.reader_id, alarm.rule) not in raised:
            alarm.save(force_insert=True)
            add(kind="scoring.mail_alarm", key=f"alarm-{alarm.pk}", payload={"alarm": alarm.pk})
            details = {"campaign": campaign.code, "reader": alarm.reader_id, "name": str(alarm.reader)}
            record_event("raised", alarm, Actor.system("monitoring"), {**details, "rule": alarm.get_rule_display()})


def handle_alarm(*, alarm: ReaderAlarm, actor: Actor, user: User, action: str, reason: str) -> None:
    """Records the action on an alarm; a later record replaces it, and the audit trail has both.

    Nothing else changes: a coordinator suspends a reader, or sets up their training, on the pages for that.
    """
    authorise(actor, Action.HANDLE_ALARMS)
    if action not in AlarmAction.values:
        text = f"The action on an alarm cannot be {quoted(action)}. Choose {either(AlarmAction.labels)}."
        raise BadInput(text, field="action")
    demand_reason(reason)
    with audited_atomic():
        kept = ReaderAlarm.objects.select_for_update().get(pk=alarm.pk)
        if (kept.action, kept.reason, kept.acted_by_id) == (action, reason.strip()[:300], user.pk):
            return
        before = kept.action
        kept.action, kept.reason, kept.acted_by, kept.acted_at = action, reason.strip()[:300], user, timezone.now()
        kept.save(update_fields=["action", "reason", "acted_by", "acted_at"])
        details = {"campaign": alarm.campaign.code, "reader": alarm.reader_id, "action": kept.get_action_display()}
        record_event("handled", kept, actor, details, reason=kept.reason, changes={"action": [before, action]})


def record_event(name: str, alarm: ReaderAlarm, actor: Actor, details: dict[str, Any], **more: Any) -> None:
    """One event on an alarm."""
    record(
        action=f"scoring.alarm.{name}",
        actor=actor,
        stream=alarm.campaign.trial.code,
        subject=("scoring.alarm", str(alarm.pk)),
        details=details,
        tracked=[alarm],
        **more,
    )
