"""Alarms about readers: which rule of the charter raised one, and what the imaging lead or a coordinator did."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models import Campaign


class AlarmRule(models.TextChoices):
    """The rules of a charter that raise alarms."""

    DRIFT = "drift", "Differences from partners drift"
    MISSING = "missing", "Share of sites not assessable"
    DISCORDANT = "discordant", "Share of discordant cases"


class AlarmAction(models.TextChoices):
    """What is done about an alarm."""

    NONE = "none", "Nothing"
    RETRAIN = "retrain", "Train the reader again"
    SUSPEND = "suspend", "Suspend the reader"


class ReaderAlarm(models.Model):
    """An alarm, once for each campaign, reader and rule; `action` is empty until somebody records one.

    `detail` says what was found; it is for people who see scores.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="reader_alarms")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=10, choices=AlarmRule.choices)
    detail = models.CharField(max_length=500)
    raised_at = models.DateTimeField(auto_now_add=True)
    action = models.CharField(max_length=8, choices=AlarmAction.choices, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    acted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    acted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "reader", "rule"], name="alarm_once"),
            models.CheckConstraint(condition=Q(rule__in=AlarmRule.values), name="alarm_rule_known"),
            models.CheckConstraint(
                condition=Q(action="") | Q(action__in=AlarmAction.values), name="alarm_action_known"
            ),
        ]

    def __str__(self) -> str:
        return f"alarm about {self.reader_id}"
