"""Signed entries that took less time than viewing their films needs: a finding for the imaging lead only."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Case, Count, F, FloatField, QuerySet, When
from django.db.models.functions import Cast

from reading.models import Campaign, ReadStep

# A timepoint has up to four films with a hundred joints or more: to open and score them takes longer than this.
FASTEST_SECONDS = 20


def signed_steps(campaign: Campaign) -> QuerySet[Any, Any]:
    """The signed steps of a campaign with their time for each timepoint, and whether it is unusually short."""
    signed = ReadStep.objects.filter(read__case__campaign=campaign, locked_at__isnull=False)
    return with_times(signed).select_related("read__reader", "read__case")


def with_times(steps: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Steps with the number of their timepoints, the seconds for each, and the finding."""
    counted = steps.annotate(n_timepoints=Count("timepoints"))
    timed = counted.annotate(seconds=F("entry_seconds") / Cast("n_timepoints", FloatField()))
    found: QuerySet[Any, Any] = timed.annotate(
        fast=Case(When(seconds__lt=FASTEST_SECONDS, then=True), default=False, output_field=BooleanField())
    )
    return found


def count_fast(trial_code: str) -> int:
    """The number of steps of the trial's open campaigns that were entered unusually fast."""
    signed = ReadStep.objects.filter(
        read__case__campaign__trial__code=trial_code,
        read__case__campaign__status="open",
        locked_at__isnull=False,
    )
    return with_times(signed).filter(fast=True).count()
