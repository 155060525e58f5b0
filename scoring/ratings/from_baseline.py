"""The primary readers' changes from the baseline of the analysis, where cases begin with a visit planned before it.

Stored changes begin at the first timepoint of a case, so these are computed again from the values signed first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np
from django.db.models import prefetch_related_objects

import instruments
from instruments.change import change_series
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind
from scoring.consensus.discordance import Series
from scoring.consensus.results import groups_of
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import SIGNED, signed_reads
from scoring.ratings.campaign import AT_ONCE, CampaignRatings, compared_in, primary_numbers, readers_of

RatingsByGroup = Mapping[str, CampaignRatings]


def from_baseline(campaign: Campaign, ratings: RatingsByGroup, baseline: str) -> dict[str, CampaignRatings]:
    """The ratings of each group with the changes from this visit; NaN at the visits before it and in cases without."""
    terms = terms_of(campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    one = next(iter(ratings.values()))
    columns = {group: groups_of(instrument)[group] for group in ratings}
    found = {group: np.full((len(one.totals), len(one.visits.every), len(one.people)), np.nan) for group in ratings}
    for row, case, series in first_signed(campaign, list(compared_in(campaign).order_by("number"))):
        codes = one.visits.codes[case.pk]
        if baseline not in codes:
            continue
        start, person = codes.index(baseline), one.people.index(series.reader)
        later = change_series(instrument, series.values[None], rule, series.operated[None], start)
        for code, changes in zip(codes[start + 1 :], later, strict=True):
            for group, (feature, region) in columns.items():
                value = changes.difference.values(feature=feature, region=region)[0]
                found[group][row, one.visits.every.index(code), person] = value
    return {group: replace(own, changes=found[group][:, 1:]) for group, own in ratings.items()}


def first_signed(campaign: Campaign, cases: list[Case]) -> Iterator[tuple[int, Case, Series]]:
    """The place of each case and what its primary readers signed first, some cases at a time."""
    instrument = instruments.get(terms_of(campaign.charter).instrument)
    for start in range(0, len(cases), AT_ONCE):
        block = cases[start : start + AT_ONCE]
        readers = {case: set(numbers) for case, numbers in primary_numbers(block, readers_of(campaign))}
        frozen, reads = identities(block), primary_reads(block)
        for row, case in enumerate(block, start=start):
            chosen = [read for read in reads.get(case.pk, []) if read.reader_id in readers.get(case.pk, ())]
            for signed in signed_reads(chosen, instrument, frozen[case.pk]):
                yield row, case, signed.first


def primary_reads(cases: Collection[Case]) -> dict[int, list[Read]]:
    """The primary reads that count, by case."""
    found: dict[int, list[Read]] = {}
    reads = list(Read.objects.counting().filter(case__in=cases, kind=ReadKind.PRIMARY).order_by("pk"))
    prefetch_related_objects(reads, *SIGNED)
    for read in reads:
        found.setdefault(read.case_id, []).append(read)
    return found
