"""The adjudicated results of a campaign over one interval: their change, and their distance from the primary readers.

They are the results that analysis.csv has, by the values signed last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from statistics import fmean
from types import MappingProxyType
from typing import Any

from django.db.models import prefetch_related_objects

import instruments
from reading.campaigns.case_seals import identities
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus, Case, CaseStatus, Read, ReadKind
from scoring.consensus.case_result import compute_from
from scoring.consensus.results import chosen_readers, mean_of, numbers_of
from scoring.consensus.rules import rule_of
from scoring.consensus.sealed_result import interval_in, opened_result
from scoring.consensus.signed_series import SIGNED, signed_reads
from scoring.models import CaseResult, Outcome
from scoring.ratings.campaign import compared_in, readers_of
from scoring.ratings.from_baseline import AT_ONCE
from scoring.ratings.visits import CaseVisits

Row = dict[str, Any]
NONE_YET = "No adjudicated case has a change over this interval"
ONCE_CLOSED = "Shown once the campaign is closed"
NO_SDC: Mapping[str, str] = MappingProxyType(
    {
        "two-closest": "the two closest of three readers are averaged, so their difference is small by selection",
        "mean-of-all": "only cases on which two readers differ get a third read",
        "adjudicator-replaces": "the adjudicator alone decides them, so that there is no second reader to differ from",
    }
)


def adjudicated_results(campaign: Campaign, visits: CaseVisits, group: str, end: str) -> Row | None:
    """The figures of the adjudicated cases; None if the charter has no adjudication.

    `apart` is their change minus the mean change of their primary readers: the mean and the largest, whatever its sign.
    While the campaign is open there are only the numbers of cases: with few of them, a mean would show a single case.
    """
    terms = terms_of(campaign.charter)
    if not terms.adjudicates:
        return None
    decided = compared_in(campaign).filter(status=CaseStatus.ADJUDICATED)
    counts = {
        "cases": decided.count(),
        "waiting": compared_in(campaign).filter(status=CaseStatus.DISCORDANT).count(),
        "sdc": {"value": None, "reason": NO_SDC[terms.result_rule]},
    }
    if campaign.status == CampaignStatus.OPEN:
        withheld = {"value": None, "n": None, "reason": ONCE_CLOSED}
        return counts | {"change": withheld, "apart": withheld | {"largest": None}}
    stored = CaseResult.objects.filter(case__in=decided, outcome=Outcome.ADJUDICATED).order_by("version")
    adjudicated = {result.case_id: result for result in stored}
    found = list(changes_to(campaign, adjudicated, visits, group, end))
    apart = [change - primary for change, primary in found if primary is not None]
    return counts | {
        "change": mean([change for change, _ in found]),
        "apart": mean(apart) | {"largest": max(map(abs, apart), default=None)},
    }


def mean(values: Sequence[float]) -> Row:
    """The mean with its number.

    >>> mean([1, 4])
    {'value': 2.5, 'n': 2, 'reason': ''}
    """
    reason = "" if values else NONE_YET
    return {"value": fmean(values) if values else None, "n": len(values), "reason": reason}


def changes_to(
    campaign: Campaign, adjudicated: Mapping[int, CaseResult], visits: CaseVisits, group: str, end: str
) -> Iterator[tuple[float, float | None]]:
    """The result's change and the mean change of the primary readers, None where one of them has none."""
    primary: dict[int, list[int]] = {}
    reads = Read.objects.counting().filter(case__in=list(adjudicated), kind=ReadKind.PRIMARY).order_by("pk")
    for case, reader in reads.values_list("case_id", "reader_id"):
        primary.setdefault(case, []).append(reader)
    for case, readers, result in from_baseline(campaign, adjudicated, visits):
        codes, start = visits.codes[case], visits.start(case)
        if start is None or end not in codes[start + 1 :]:
            continue
        at = codes[start + 1 :].index(end)
        change = amount(result, at, group)
        own = [amount(readers[str(one)], at, group) for one in primary.get(case, ()) if str(one) in readers]
        known = [one for one in own if one is not None]
        if change is not None:
            yield change, fmean(known) if len(known) == readers_of(campaign) else None


def amount(numbers: Row, at: int, group: str) -> float | None:
    """A change as a number."""
    value = numbers["changes"][at][group]["value"]
    return None if value is None else float(Fraction(value))


def from_baseline(
    campaign: Campaign, adjudicated: Mapping[int, CaseResult], visits: CaseVisits
) -> Iterator[tuple[int, Row, Row]]:
    """Case, the numbers of its readers and of its result: as stored where the case begins with the baseline."""
    early = [case for case in adjudicated if visits.start(case)]
    for case in adjudicated.keys() - set(early):
        numbers = opened_result(adjudicated[case])["numbers"]
        yield case, numbers["readers"], numbers["result"]
    for start in range(0, len(early), AT_ONCE):
        some = {case: adjudicated[case] for case in early[start : start + AT_ONCE]}
        yield from computed_again(campaign, some, visits)


def computed_again(
    campaign: Campaign, adjudicated: Mapping[int, CaseResult], visits: CaseVisits
) -> Iterator[tuple[int, Row, Row]]:
    """The same from the signed values, with changes from the baseline."""
    terms = terms_of(campaign.charter)
    instrument, rule = instruments.get(terms.instrument), rule_of(terms)
    cases = list(Case.objects.filter(pk__in=adjudicated).select_related("campaign__charter"))
    frozen, reads = identities(cases), list(Read.objects.counting().filter(case__in=cases).order_by("pk"))
    prefetch_related_objects(reads, "reader", *SIGNED)
    for case in cases:
        own = signed_reads([read for read in reads if read.case_id == case.pk], instrument, frozen[case.pk])
        computed = compute_from(case, own, interval_in(opened_result(adjudicated[case.pk])))
        if computed is not None:
            place, everyone = visits.start(case.pk) or 0, computed.panel.everyone
            numbers = {str(one.reader): numbers_of(instrument, one, rule, place) for one in everyone}
            yield case.pk, numbers, mean_of(numbers, chosen_readers(computed.panel, numbers))
