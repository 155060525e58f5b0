"""Hidden repeats: cases issued to a reader a second time, for intra-reader agreement. They look like any other case.

Which first reads are repeated was drawn and sealed when they were issued; they are issued with a later batch.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from audit.states import state_of
from config.kept import Kept
from reading.charter.versions import terms_of
from reading.issuing.allocation import Assignment
from reading.models import Campaign, CaseStatus, Read, ReadKind, ReadStatus
from reading.unblinding import unseal

drawn = Kept[list[int]](size=16)


def drawn_for_repeat(campaign: Campaign) -> list[Read]:
    """The signed first reads that will be, or were, read again."""
    return list(first_reads(campaign).filter(pk__in=drawn_reads(campaign)))


def drawn_reads(campaign: Campaign) -> list[int]:
    """The first reads that were drawn to be repeated, signed or not; opened again only after a batch was issued."""

    def opened() -> list[int]:
        reads = Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
        sealed = reads.order_by("pk").values_list("pk", "token", "sealedread__sealed")
        return [pk for pk, token, content in sealed if unseal(content, bound_to=f"read {token}").get("repeat")]

    return drawn.of(campaign.pk, state_of(campaign.trial.code, ("reading.batch",)), opened)


def first_reads(campaign: Campaign) -> QuerySet[Read]:
    """The signed first reads of cases that count."""
    signed = Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    return signed.exclude(case__status=CaseStatus.VOIDED).order_by("pk")


def was_drawn(read: Read) -> bool:
    """Whether the read was drawn to be repeated."""
    return bool(unseal(read.sealedread.sealed, bound_to=f"read {read.token}").get("repeat"))


def due_repeats(campaign: Campaign, readers: Collection[int], now: datetime) -> list[Assignment]:
    """The repeats of these readers whose wash-out is over and that have not been issued."""
    over = now - timedelta(days=terms_of(campaign.charter).repeats_washout_days)
    return [
        Assignment(read.case_id, read.reader_id, ReadKind.REPEAT)
        for read in repeats_to_come(campaign, readers)
        if read.signed_at and read.signed_at <= over
    ]


def repeats_to_come(campaign: Campaign, readers: Collection[int]) -> list[Read]:
    """The signed first reads of these readers that were drawn and have not been issued again."""
    if terms_of(campaign.charter).repeats_share == 0:
        return []
    again = Read.objects.filter(case=OuterRef("case"), reader=OuterRef("reader"), kind=ReadKind.REPEAT)
    signed = first_reads(campaign).filter(~Exists(again), reader__in=readers)
    return list(signed.filter(pk__in=drawn_reads(campaign)))


def repeats_in_words(campaign: Campaign, now: datetime) -> str:
    """How far the repeats of a campaign are, for its coordinator; empty when its charter has none."""
    if terms_of(campaign.charter).repeats_share == 0:
        return ""
    issued = Read.objects.counting().filter(case__campaign=campaign, kind=ReadKind.REPEAT)
    readers = set(first_reads(campaign).values_list("reader_id", flat=True))
    due = len(due_repeats(campaign, readers, now))
    signed = issued.filter(status=ReadStatus.SIGNED).count()
    return (
        f"Hidden repeats: {len(drawn_for_repeat(campaign))} drawn among the signed reads, {issued.count()} issued, "
        f"{signed} signed; {due} are due and will be issued with the next batch."
    )
