"""Counts of the signed primary reads of a campaign, as first signed: grades, zeros, sites not assessable."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, Sum

from instruments.not_assessable import ABSENT
from reading.charter.versions import terms_of
from reading.models import Campaign, ItemScore, Read, ReadKind, ReadStatus, ReadStep, SignedValues
from scoring.consensus.signed_series import demand_as_signed


@dataclass(frozen=True)
class ReadCounts:
    """One signed primary read: the time of its first signature, the duration of its entries, and their counts.

    `missing` counts sites with a film and without a grade; `seconds` is None where no entry was timed. `entered` are
    the entries made before the first signature, also those replaced, and `bulk` those of them made for a whole joint
    at once; both are 0 where the charter does not allow that.
    """

    reader: int
    case: int
    signed: datetime
    graded: int
    zeros: int
    missing: int
    seconds: float | None
    entered: int = 0
    bulk: int = 0


def counts_of_reads(campaign: Campaign) -> list[ReadCounts]:
    """Every signed primary read of a live case, in the order of first signatures; four queries at any size."""
    reads = Read.objects.filter(case__in=campaign.cases.live(), kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    of = {pk: (reader, case) for pk, reader, case in reads.order_by().values_list("pk", "reader_id", "case_id")}
    seconds = dict(ReadStep.objects.filter(read__in=of).order_by().values_list("read").annotate(Sum("entry_seconds")))
    entries = entries_of_reads(of) if terms_of(campaign.charter).bulk_zero else {}
    counted: dict[int, Counter[str]] = {pk: Counter() for pk in of}
    signed: dict[int, datetime] = {}
    steps = SignedValues.objects.filter(step__read__in=of, step__counts=True, version=1)
    for read, values, digest, at in steps.values_list("step__read_id", "values", "digest", "signature__signed_at"):
        demand_as_signed(values, digest, read)
        count(counted[read], json.loads(values)["timepoints"])
        signed[read] = max(at, signed.get(read, at))
    found = [
        ReadCounts(
            *of[read],
            signed[read],
            counted[read]["graded"],
            counted[read]["zeros"],
            counted[read]["missing"],
            seconds.get(read),
            *entries.get(read, (0, 0)),
        )
        for read in signed
    ]
    return sorted(found, key=lambda one: (one.signed, one.case))


def entries_of_reads(reads: Collection[int]) -> dict[int, tuple[int, int]]:
    """By read, the entries of its steps that count before the first signature, and those made in bulk."""
    by_people = ItemScore.objects.exclude(entry="system").filter(
        timepoint__step__read__in=reads, timepoint__step__counts=True, after_signature=False
    )
    of_read = by_people.order_by().values_list("timepoint__step__read")
    rows = of_read.annotate(Count("pk"), at_once=Count("pk", filter=Q(entry="bulk")))
    return {read: (entered, bulk) for read, entered, bulk in rows}


def count(into: Counter[str], timepoints: dict[str, Any]) -> None:
    """Adds the entries of timepoints."""
    for entered in timepoints.values():
        for value, reason, _ in entered["values"].values():
            if value is not None:
                into["graded"] += 1
                into["zeros"] += value == 0
            elif reason != ABSENT.code:
                into["missing"] += 1
