"""The primary readers' numbers of the cases that begin before the baseline of the analysis, with changes from it.

Stored changes begin at the first timepoint of a case, so these are computed again from the values signed first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db.models import prefetch_related_objects

import instruments
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind
from scoring.consensus.results import numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import SIGNED, signed_reads
from scoring.ratings.visits import CaseVisits

AT_ONCE = 100


def numbers_from_baseline(
    campaign: Campaign, cases: list[Case], visits: CaseVisits, readers: Mapping[int, Collection[int]]
) -> Iterator[tuple[int, int, Any]]:
    """Case, reader and numbers of each of these readers; no case whose visits begin with the baseline or lack it."""
    terms = terms_of(campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    early = [case for case in cases if visits.start(case.pk) and readers.get(case.pk)]
    for start in range(0, len(early), AT_ONCE):
        block = early[start : start + AT_ONCE]
        frozen, reads = identities(block), primary_reads(block)
        for case in block:
            chosen = [read for read in reads.get(case.pk, []) if read.reader_id in readers[case.pk]]
            for signed in signed_reads(chosen, instrument, frozen[case.pk]):
                place = visits.start(case.pk) or 0
                yield case.pk, signed.first.reader, numbers_of(instrument, signed.first, rule, place)


def primary_reads(cases: Collection[Case]) -> dict[int, list[Read]]:
    """The primary reads that count, by case."""
    found: dict[int, list[Read]] = {}
    reads = list(Read.objects.counting().filter(case__in=cases, kind=ReadKind.PRIMARY).order_by("pk"))
    prefetch_related_objects(reads, *SIGNED)
    for read in reads:
        found.setdefault(read.case_id, []).append(read)
    return found
