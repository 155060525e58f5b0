"""Open tasks of readers and of people who run campaigns, for the home page: counts only."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.navigation import TrialRole
from accounts.roles import Action
from accounts.waiting import Waiting, declare_waiting
from reading.issuing.adjudication import unadjudicated
from reading.models import Case, Read
from reading.room.worklist import readable, steps_before


def to_read(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """The person's worklist in that trial; first reads, repeats and adjudications are one number."""
    entries = readable(steps_before(user_id)).filter(read__case__campaign__trial__code=place.code)
    overdue = entries.filter(read__batch__due_on__lt=timezone.localdate()).count()
    worklist = reverse("reading:worklist")
    yield Waiting("Overdue cases", overdue, worklist, urgent=True)
    yield Waiting("Cases to read", entries.count() - overdue, worklist)


def late_reads(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Overdue reads of all readers."""
    reads = Read.objects.counting().exclude(status="signed").filter(case__campaign__trial__code=place.code)
    overdue = reads.filter(case__campaign__status="open", batch__due_on__lt=timezone.localdate()).count()
    yield Waiting("Overdue reads", overdue, reverse("reading:campaigns", args=[place.code]), urgent=True)


def no_adjudicator(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Discordant cases to which no adjudicator is assigned."""
    cases = Case.objects.filter(campaign__trial__code=place.code, campaign__status="open")
    page = reverse("reading:campaigns", args=[place.code])
    yield Waiting("Cases without an adjudicator", len(unadjudicated(cases)), page)


declare_waiting(Action.READ_CASES, to_read)
declare_waiting(Action.ASSIGN_READS, late_reads)
declare_waiting(Action.ASSIGN_READS, no_adjudicator)
