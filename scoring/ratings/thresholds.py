"""The adjudication rate of a campaign at other thresholds, from its primary reads as first signed.

Never for an open campaign, so that nobody chooses a threshold by its results. Training campaigns have no results.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from django.db.models import prefetch_related_objects

import instruments
from config.process_cache import Kept
from reading.campaigns.case_seals import identities
from reading.charter.terms import Terms
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus, Read, ReadKind, ReadStatus
from scoring.agreement.threshold_rates import ThresholdRates, rates_at
from scoring.consensus.case_result import threshold_of
from scoring.consensus.discordance import Discordance, Series, compare_cases
from scoring.consensus.panel import THIRD_READ
from scoring.consensus.rules import rule_of
from scoring.consensus.signed_series import SIGNED, signed_reads
from scoring.ratings.campaign import compared_in, readers_of
from scoring.ratings.signed_state import signed_state

LARGEST, STEP = 20, 0.5
kept = Kept[ThresholdRates](size=16)
CaseDiscordance = tuple[int, Discordance]


class ReadPair(NamedTuple):
    """Two reads of a case as first signed."""

    case: int
    series: tuple[Series, Series]


def may_simulate(campaign: Campaign) -> bool:
    """Whether other thresholds may be viewed: once the campaign is closed, and in training at any time."""
    return campaign.trains or campaign.status in (CampaignStatus.CLOSED, CampaignStatus.LOCKED)


def simulated(campaign: Campaign) -> ThresholdRates:
    """The rates from 0 to 20 score units and at the charter's own threshold; recomputed when reads change."""
    return kept.of(campaign.pk, signed_state(campaign), lambda: rates_of(campaign))


def rates_of(campaign: Campaign) -> ThresholdRates:
    """The same, computed: six queries at any size."""
    terms = terms_of(campaign.charter)
    found = list(compared_pairs(terms, list(pairs_of(campaign))))
    largest = [np.nan if one.largest is None else float(one.largest) for _, one in found]
    asked = [one.asks_for_third_read for _, one in found]
    return rates_at(thresholds_of(terms), [case for case, _ in found], largest, asked)


def own_threshold(terms: Terms) -> float | None:
    """The charter's threshold; None if no case is adjudicated."""
    own = threshold_of(terms)
    return None if own is None else float(own)


def thresholds_of(terms: Terms) -> list[float]:
    """The thresholds from 0 to 20, and the charter's own."""
    steps = {float(step) for step in np.arange(0, LARGEST + STEP, STEP)}
    own = own_threshold(terms)
    return sorted(steps if own is None else steps | {own})


def pairs_of(campaign: Campaign) -> Iterator[ReadPair]:
    """Every pair of signed primary reads of a case; a case whose reads count appears once its readers are complete."""
    cases = list(compared_in(campaign).order_by("number"))
    frozen, instrument = identities(cases), instruments.get(terms_of(campaign.charter).instrument)
    reads = primary_reads(campaign)
    prefetch_related_objects([read for of_case in reads.values() for read in of_case], *SIGNED)
    fewest = 2 if campaign.trains else readers_of(campaign)
    for case, of_case in reads.items():
        if len(of_case) >= fewest:
            signed = signed_reads(of_case, instrument, frozen[case])
            yield from (ReadPair(case, two) for two in combinations([one.first for one in signed], 2))


def primary_reads(campaign: Campaign) -> Mapping[int, list[Read]]:
    """The signed primary reads by case, in order of issue."""
    signed = Read.objects.filter(case__in=compared_in(campaign), kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    found: dict[int, list[Read]] = defaultdict(list)
    for read in signed.order_by("case__number", "pk"):
        found[read.case_id].append(read)
    return found


def compared_pairs(terms: Terms, pairs: Sequence[ReadPair]) -> Iterator[CaseDiscordance]:
    """Each pair with the charter's trigger; pairs with the same number of timepoints are compared together."""
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    third_read = terms.partial_visits == THIRD_READ
    groups: dict[int, list[ReadPair]] = defaultdict(list)
    for pair in pairs:
        groups[len(pair.series[0].values)].append(pair)
    for group in groups.values():
        found = compare_cases(instrument, [pair.series for pair in group], rule, threshold_of(terms), third_read)
        yield from zip((pair.case for pair in group), found, strict=True)
