"""Counts of the signed primary reads of a campaign, as first signed: grades, zeros, sites not assessable."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Sum

from instruments.not_assessable import ABSENT
from reading.models import Campaign, Read, ReadKind, ReadStatus, ReadStep, SignedValues
from scoring.consensus.signed_series import demand_as_signed


@dataclass(frozen=True)
class ReadCounts:
    """One signed primary read: the time of its first signature, the duration of its entries, and their counts.

    `missing` counts sites with a film and without a grade; `seconds` is None where no entry was timed.
    """

    reader: int
    case: int
    signed: datetime
    graded: int
    zeros: int
    missing: int
    seconds: float | None


def counts_of_reads(campaign: Campaign) -> list[ReadCounts]:
    """Every signed primary read of a live case, in the order of first signatures; three queries at any size."""
    reads = Read.objects.filter(case__in=campaign.cases.live(), kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    of = {pk: (reader, case) for pk, reader, case in reads.order_by().values_list("pk", "reader_id", "case_id")}
    seconds = dict(ReadStep.objects.filter(read__in=of).order_by().values_list("read").annotate(Sum("entry_seconds")))
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
        )
        for read in signed
    ]
    return sorted(found, key=lambda one: (one.signed, one.case))


def count(into: Counter[str], timepoints: dict[str, Any]) -> None:
    """Adds the entries of timepoints."""
    for entered in timepoints.values():
        for value, reason, _ in entered["values"].values():
            if value is not None:
                into["graded"] += 1
                into["zeros"] += value == 0
            elif reason != ABSENT.code:
                into["missing"] += 1
