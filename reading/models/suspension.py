"""Readers whose reading in a trial is suspended: no read is issued to them, and they open none."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from studies.models import Trial


class SuspensionCause(models.TextChoices):
    """The cause of a suspension; its reason gives the details."""

    DRIFT = "drift", "Drift"
    EXPIRED = "qualification-expired", "Qualification expired"
    CONFLICT = "conflict", "Conflict of interest found"
    OTHER = "other", "Other"


class ReaderSuspensionQuerySet(models.QuerySet["ReaderSuspension"]):
    """Queries for suspensions."""

    def current(self) -> ReaderSuspensionQuerySet:
        """Suspensions that were not lifted."""
        return self.filter(lifted_at=None)


class ReaderSuspension(models.Model):
    """A person who reads or adjudicates in the trial and is suspended, from `suspended_at` until `lifted_at`."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="suspensions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="suspensions")
    cause = models.CharField(max_length=24, choices=SuspensionCause.choices)
    reason = models.CharField(max_length=300)
    suspended_at = models.DateTimeField(auto_now_add=True)
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = ReaderSuspensionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "person", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "person"], condition=Q(lifted_at=None), name="suspended_once"),
            models.CheckConstraint(condition=Q(cause__in=SuspensionCause.values), name="suspension_cause_known"),
            models.CheckConstraint(condition=~Q(reason=""), name="suspension_has_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None) | Q(lifted_at__gte=F("suspended_at")), name="suspension_lifted_after_start"
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk}"
