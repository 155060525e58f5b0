"""The reads that wait for each reader in all open campaigns of a trial, by which new ones are allocated evenly."""

from __future__ import annotations

from collections import Counter

from django.db.models import Count

from reading.models import Campaign, CampaignStatus, Read, ReadStatus
from reading.models.read import ReadQuerySet


def open_loads(campaign: Campaign) -> Counter[int]:
    """How many unsigned reads each reader has in the trial of this campaign."""
    return by_reader(unsigned_reads(campaign))


def loads_here(campaign: Campaign) -> Counter[int]:
    """How many of them are in this campaign."""
    return by_reader(unsigned_reads(campaign).filter(case__campaign=campaign))


def unsigned_reads(campaign: Campaign) -> ReadQuerySet:
    """The unsigned reads in all open campaigns of the trial."""
    opened = Campaign.objects.filter(trial=campaign.trial_id, status=CampaignStatus.OPEN)
    return Read.objects.counting().filter(case__campaign__in=opened).exclude(status=ReadStatus.SIGNED)


def by_reader(reads: ReadQuerySet) -> Counter[int]:
    """The number of these reads that each reader has."""
    return Counter(dict(reads.values_list("reader_id").annotate(Count("pk")).order_by()))
