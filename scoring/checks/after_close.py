"""Findings of a closed campaign that depend on the true order or on the partner's read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import combinations
from statistics import fmean, stdev

from django.db.models import prefetch_related_objects

from instruments.definition import Instrument
from reading.campaigns.case_seals import identities
from reading.models import Campaign, CampaignStatus, Case, Read, ReadKind
from reading.room.cells import instrument_of_campaign
from scoring.checks.order_rules import beside_the_partner, in_true_order
from scoring.checks.rules import RuleFinding
from scoring.consensus.signed_series import SIGNED, SignedRead, signed_reads
from scoring.monitoring.pairs import compared_cases

SHOWN_IN = (CampaignStatus.CLOSED, CampaignStatus.LOCKED)
# A case is far apart beyond this number of SDs of the campaign's differences, from at least this number of cases.
FAR, FEWEST = 3.0, 10
Findings = dict[int, list[RuleFinding]]


def findings_of_closed(campaign: Campaign, reads: Sequence[Read]) -> Findings:
    """The findings by read; none while the campaign is open."""
    findings: Findings = {read.pk: [] for read in reads}
    if campaign.status not in SHOWN_IN:
        return findings
    instrument = instrument_of_campaign(campaign)
    prefetch_related_objects(reads, *SIGNED)
    of_case: dict[Case, list[Read]] = {}
    for read in sorted(reads, key=lambda one: (one.case.number, one.signed_at, one.pk)):
        of_case.setdefault(read.case, []).append(read)
    frozen, far = identities(list(of_case)), far_apart(campaign)
    for case, own in of_case.items():
        signed = signed_reads(own, instrument, frozen[case.pk])
        add_findings(findings, instrument, signed, far.get(case.pk, frozenset()))
    return findings


def add_findings(findings: Findings, instrument: Instrument, signed: Sequence[SignedRead], far: frozenset[int]) -> None:
    """The findings of the reads of one case."""
    for one in signed:
        findings[one.read.pk] += in_true_order(instrument, one.series.values, one.series.operated)
    primary = [one for one in signed if one.read.kind == ReadKind.PRIMARY]
    exchanged = exchanged_timepoints(instrument, primary)
    for one in primary:
        findings[one.read.pk] += [RuleFinding("apart", "", ())] if one.read.reader_id in far else []
        findings[one.read.pk] += exchanged[one.read.pk]


def exchanged_timepoints(instrument: Instrument, primary: Sequence[SignedRead]) -> Findings:
    """By read, two timepoints that seem exchanged against every partner: of three reads, only the one that differs."""
    found: Findings = {one.read.pk: [] for one in primary}
    for one, other in combinations(primary, 2):
        both = list(beside_the_partner(instrument, one.series.values, other.series.values))
        for read in (one.read, other.read):
            found[read.pk] += both
    return {read: own[:1] if len(own) == len(primary) - 1 else [] for read, own in found.items()}


def far_apart(campaign: Campaign) -> dict[int, frozenset[int]]:
    """By case, the readers whose totals differ much more or much less from their partners' than in the other cases.

    Of three readers, only the one who is far from both others, if there is one.
    """
    compared = compared_cases(campaign)
    differences = [one.difference for one in compared]
    if len(differences) < FEWEST:
        return {}
    mean, reach = fmean(differences), FAR * stdev(differences)
    times = defaultdict[int, Counter[int]](Counter)
    for one in compared:
        if abs(one.difference - mean) > reach:
            times[one.case].update((one.first, one.second))
    return {
        case: frozenset(reader for reader, often in readers.items() if often == max(readers.values()))
        for case, readers in times.items()
    }
