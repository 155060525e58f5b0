"""The entries waiting for a reader, in drawn order: reads, or single timepoints where timepoints are mixed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Coalesce

from reading.models import CaseStatus, Read, ReadQuery, ReadStatus, ReadStep
from reading.models.read import KEPT_FOR_LOOKS, WRITABLE
from reading.room.access import suspensions_of_readers
from reading.room.steps import address_of, name_of, status_of

AT_MOST = 50
SIGNED_IN_PART = (ReadStatus.SIGNED, *WRITABLE)
# Reads of which a part was signed before they ended, because their case was stopped or another timepoint declined.
ENDED_IN_PART = Q(read__status=ReadStatus.VOIDED) | Q(read__status=ReadStatus.DECLINED, declined_at=None)


@dataclass(frozen=True)
class WorklistEntry:
    """One row of a worklist: the data that its reader may see, and the reader's current step."""

    step: int
    read: int
    name: str
    token: str
    status: ReadStatus
    trial: str
    campaign: str
    due_on: date | None
    signed_at: datetime | None
    what: str = "Case"
    to_check: int = 0


def steps_waiting() -> QuerySet[ReadStep]:
    """The open steps that are entries of worklists: the first open one of each read, or each that has a token."""
    earlier = ReadStep.objects.filter(
        read=OuterRef("read"), token=None, locked_at=None, position__lt=OuterRef("position")
    )
    waiting = ReadStep.objects.filter(Q(read__status__in=[ReadStatus.ISSUED, *WRITABLE]) | KEPT_FOR_LOOKS)
    return waiting.filter(~Exists(earlier), locked_at=None, read__case__campaign__status="open")


def steps_before(user_id: int) -> QuerySet[ReadStep]:
    """The open steps of one reader."""
    return steps_waiting().filter(read__reader_id=user_id)


def in_turn(user_id: int) -> QuerySet[ReadStep]:
    """The steps waiting for a reader in drawn order; started and returned ones come first."""
    began = Q(opened_at__isnull=False) | Q(token=None, read__status__in=WRITABLE)
    return steps_before(user_id).order_by(
        Case(When(began, then=0), default=1),
        F("read__batch__due_on").asc(nulls_last=True),
        Coalesce("queue_position", "read__queue_position"),
        Coalesce("token", "read__token"),
    )


def readable(steps: QuerySet[ReadStep]) -> QuerySet[ReadStep]:
    """The steps that their reader can open now: none of a trial in which they are suspended, except in training."""
    return steps.filter(~Exists(suspensions_of_readers()) | Q(read__case__campaign__training__isnull=False))


def waiting_for(user_id: int, at_most: int = AT_MOST) -> list[WorklistEntry]:
    """The entries that a reader can open now, in order."""
    return [entry_of(step) for step in fetched(readable(in_turn(user_id)))[:at_most]]


def fetched(steps: QuerySet[ReadStep]) -> QuerySet[ReadStep]:
    """The steps with the related rows that an entry shows."""
    campaign = ("read__case__campaign__trial", "read__case__campaign__charter")
    return steps.select_related(*campaign, "read__batch", "read__query")


def entry_of(step: ReadStep) -> WorklistEntry:
    """The step as a row."""
    read = step.read
    return WorklistEntry(
        step=step.pk,
        read=read.pk,
        name=name_of(read, step),
        token=address_of(read, step),
        status=status_of(read, step),
        trial=read.case.campaign.trial.code,
        campaign=read.case.campaign.title,
        due_on=read.batch.due_on,
        signed_at=step.locked_at,
        what="Timepoint" if step.token else "Case",
        to_check=joints_to_check(read),
    )


def joints_to_check(read: Read) -> int:
    """How many joints the reader is asked to check, if the read was returned for a query."""
    query: ReadQuery | None = getattr(read, "query", None)
    asked = query is not None and query.sent_at is not None and query.answered_at is None
    return len(query.items) if query and asked and read.status == ReadStatus.RETURNED else 0


def signed_entries(user_id: int) -> QuerySet[ReadStep]:
    """One locked step for each entry that was signed, newest first: the last of a read, or each that has a token.

    Those of stopped cases are included: if the number fell when an unsigned entry left, that entry was a repeat.
    """
    later = ReadStep.objects.filter(read=OuterRef("read"), token=None, position__gt=OuterRef("position"))
    ended = ENDED_IN_PART & ~Q(read__case__status=CaseStatus.VOIDED)
    mixed = Q(token__isnull=False) & (Q(read__status__in=SIGNED_IN_PART) | ended)
    signed = Q(token=None, read__status=ReadStatus.SIGNED) | mixed
    own = ReadStep.objects.filter(read__reader_id=user_id)
    locked = own.filter(signed, ~Exists(later), locked_at__isnull=False)
    return fetched(locked).order_by("-locked_at")
