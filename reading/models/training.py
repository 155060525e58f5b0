"""Training: campaigns that train readers, their reference scores, the marks shown to readers, and dated results.

All insert-only. The reference of a case is sealed; a read's marks are written once it is signed.
"""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from reading.models.campaign import Campaign, Case
from reading.models.read import Read


class TrainingSet(models.Model):
    """Marks a campaign as training: its reads do not count. Holds the targets for passing; None is no target.

    ICCs of status and of change, weighted kappa of each joint (at least), SDC in score units (at most). With fewer than
    `fewest_cases` cases nobody passes. A qualification based on it is valid for `valid_months`; None is without end.
    """

    campaign = models.OneToOneField(Campaign, on_delete=models.PROTECT, related_name="training")
    least_status = models.FloatField(null=True)
    least_change = models.FloatField(null=True)
    most_sdc = models.FloatField(null=True)
    least_kappa = models.FloatField(null=True)
    fewest_cases = models.PositiveSmallIntegerField(default=2)
    valid_months = models.PositiveSmallIntegerField(null=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"training {self.campaign_id}"


class SealedReference(models.Model):
    """The reference scores of a case by visit: encrypted, opened by campaigns.training once a read is signed."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, primary_key=True, related_name="reference")
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return "sealed"


class TrainingMarks(models.Model):
    """The reference shown with a signed training read: timepoint token -> item -> [grade, reason]."""

    read = models.OneToOneField(Read, on_delete=models.PROTECT, primary_key=True, related_name="marks")
    reference = models.JSONField()

    def __str__(self) -> str:
        return f"marks {self.read_id}"


class TrainingResult(models.Model):
    """A reader's agreement with the reference over a whole training campaign, on the day it was complete.

    `figures` has each figure with its interval, its target and whether the target was met, as of that day.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="training_results")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="training_results")
    inputs_digest = models.CharField(max_length=64)
    figures = models.JSONField()
    passed = models.BooleanField()
    taken_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "reader", "inputs_digest"], name="training_result_once"),
        ]

    def __str__(self) -> str:
        return f"training of {self.reader_id}"
