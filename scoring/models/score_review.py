"""Signed reviews of the score history. Insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reading.models import Campaign


class ScoreReview(models.Model):
    """An auditor's signed review of a range of the score history, with its filters. Insert-only.

    `digest` is the SHA-256 of the rows reviewed, `first` and `last` are the oldest and the newest, `rows` counts them.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="score_reviews")
    number = models.PositiveIntegerField()
    filters = models.JSONField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="score_review_number_once"),
            models.CheckConstraint(condition=Q(rows__gt=0), name="score_review_has_rows"),
        ]

    def __str__(self) -> str:
        return f"score review {self.number}"
