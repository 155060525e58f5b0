"""A leak scan of a campaign in preparation: what was found, and who acknowledged a warning."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models.campaign import Campaign


class LeakScanStatus(models.TextChoices):
    """The status of a scan. A warning must be acknowledged before the campaign is opened."""

    RUNNING = "running", "Running"
    CLEAN = "clean", "Nothing predicts the order"
    WARNED = "warned", "The order can be recognised"
    ACKNOWLEDGED = "acknowledged", "Warning acknowledged"


LEAK_SCAN_TRANSITIONS: dict[LeakScanStatus, frozenset[LeakScanStatus]] = {
    LeakScanStatus.RUNNING: frozenset({LeakScanStatus.CLEAN, LeakScanStatus.WARNED}),
    LeakScanStatus.CLEAN: frozenset(),
    LeakScanStatus.WARNED: frozenset({LeakScanStatus.ACKNOWLEDGED}),
    LeakScanStatus.ACKNOWLEDGED: frozenset(),
}


class LeakScan(models.Model):
    """One scan; the newest counts. `findings` is JSON, one leak_scan.statistics.FeatureFinding for each feature."""

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="leak_scans")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=LeakScanStatus.choices, default=LeakScanStatus.RUNNING)
    requested_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    films = models.PositiveIntegerField(default=0)
    cases = models.PositiveIntegerField(default=0)
    cases_of = models.PositiveIntegerField(default=0)
    findings = models.JSONField(default=list)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    acknowledgement = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="leak_scan_number_once"),
            models.CheckConstraint(condition=Q(status__in=LeakScanStatus.values), name="leak_scan_status_known"),
            models.CheckConstraint(
                condition=~Q(status="acknowledged") | ~Q(acknowledgement=""), name="acknowledged_scan_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"leak scan {self.number}"
