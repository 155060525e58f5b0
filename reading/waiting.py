"""Open tasks of readers and of people who run campaigns, for the home page: counts only."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from accounts.navigation import TrialRole
from accounts.roles import Action
from accounts.waiting import Waiting, declare_waiting
from reading.charter.approval import to_approve
from reading.issuing.adjudication import unadjudicated
from reading.issuing.queries import askable_among, asks_readers
from reading.models import Campaign, Case, QueryBatch, Read
from reading.room.worklist import readable, steps_before
from studies.models import Trial


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


def reads_to_query(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Signed reads that are not yet in a batch of queries, where the next batch can be prepared."""
    released_first = QueryBatch.objects.filter(released_at=None).values("campaign")
    opened = Campaign.objects.filter(trial__code=place.code, status="open").exclude(pk__in=released_first)
    asking = [one for one in opened.select_related("charter", "training") if asks_readers(one)]
    reads = askable_among(Case.objects.filter(campaign__in=asking)).filter(query=None)
    yield Waiting("Reads for the next queries", reads.count(), reverse("reading:progress", args=[place.code]))


def queries_to_release(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """Batches of queries that the imaging lead prepared."""
    batches = QueryBatch.objects.filter(campaign__trial__code=place.code, campaign__status="open", released_at=None)
    yield Waiting("Queries to release", batches.count(), reverse("reading:campaigns", args=[place.code]))


def charters_to_approve(user_id: int, place: TrialRole) -> Iterator[Waiting]:
    """The newest signed charter, where its terms require the imaging lead's approval."""
    page = reverse("reading:charters", args=[place.code])
    yield Waiting("Charters to approve", to_approve(Trial.objects.get(code=place.code)), page)


declare_waiting(Action.APPROVE_CHARTER, charters_to_approve)
declare_waiting(Action.READ_CASES, to_read)
declare_waiting(Action.MARK_QUERIES, reads_to_query)
declare_waiting(Action.RETURN_READS, queries_to_release)
declare_waiting(Action.ASSIGN_READS, late_reads)
declare_waiting(Action.ASSIGN_READS, no_adjudicator)
