"""The progress of a campaign, for people who run it: counts of cases and reads, never scores."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from django.db.models import Count, Q
from django.utils import timezone

from reading.campaigns.case_seals import identity_in
from reading.models import Campaign, Case, CaseStatus, Read, ReadStatus
from studies.models import Subject

PACE_DAYS = 7


@dataclass(frozen=True)
class Counts:
    """The tiles of a campaign's page."""

    cases: int
    finished: int
    in_adjudication: int
    unassigned: int
    reads: int
    signed: int
    overdue: int
    forecast: date | None


def counts_of(campaign: Campaign, today: date) -> Counts:
    """Counts of cases and reads, and the expected completion at the pace of the last seven days."""
    by_status = Counter(dict(campaign.cases.expected().values_list("status").annotate(Count("pk")).order_by()))
    reads = Read.objects.counting().filter(case__campaign=campaign)
    signed = reads.filter(status=ReadStatus.SIGNED)
    recent = signed.filter(signed_at__gte=timezone.now() - timedelta(days=PACE_DAYS)).count()
    total, done = reads.count(), signed.count()
    return Counts(
        cases=sum(by_status.values()),
        finished=by_status[CaseStatus.CONSENSUS] + by_status[CaseStatus.ADJUDICATED],
        in_adjudication=by_status[CaseStatus.DISCORDANT],
        unassigned=campaign.cases.to_read().filter(status=CaseStatus.OPEN).exclude(reads__in=reads).count(),
        reads=total,
        signed=done,
        overdue=reads.exclude(status=ReadStatus.SIGNED).filter(batch__due_on__lt=today).count(),
        forecast=today + timedelta(days=-(-(total - done) * PACE_DAYS // recent)) if recent and total > done else None,
    )


@dataclass(frozen=True)
class ReaderLoad:
    """One reader's part of a campaign."""

    reader_id: int
    name: str
    assigned: int
    signed: int
    overdue: int


def loads_of(campaign: Campaign, today: date) -> list[ReaderLoad]:
    """Every reader of the campaign with the numbers of assigned and signed reads."""
    late = Q(batch__due_on__lt=today) & ~Q(status=ReadStatus.SIGNED)
    reads = Read.objects.counting().filter(case__campaign=campaign)
    counted = reads.values("reader_id", "reader__name").annotate(
        assigned=Count("pk"),
        signed=Count("pk", filter=Q(status=ReadStatus.SIGNED)),
        overdue=Count("pk", filter=late),
    )
    rows = counted.order_by("reader__name").values_list("reader_id", "reader__name", "assigned", "signed", "overdue")
    return [ReaderLoad(*row) for row in rows]


class SubjectNames:
    """The subject code behind each case of a campaign, for pages of people who know identities.

    Only cases that are shown are opened; they are fetched with their `sealedcase`.
    """

    def __init__(self, campaign: Campaign) -> None:
        self.campaign = campaign

    @cached_property
    def codes(self) -> dict[int, str]:
        """Subject code by subject id."""
        return dict(Subject.objects.filter(trial=self.campaign.trial).values_list("pk", "code"))

    def of(self, case: Case) -> str:
        """The subject code of a case."""
        return self.codes[identity_in(case).subject]
