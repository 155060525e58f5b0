"""A campaign's stored results as ratings: subjects x visits x readers, for the agreement pages. Without arms."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind
from reading.models.campaign import CaseQuerySet
from scoring.agreement.report import Cube
from scoring.consensus.sealed_result import opened_result
from scoring.models import CaseResult
from scoring.ratings.from_baseline import AT_ONCE, numbers_from_baseline
from scoring.ratings.visits import CaseVisits, case_visits
from scoring.reader_codes import reader_codes

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CampaignRatings:
    """The primary readers' totals (cases x visits x readers) and changes from the baseline of the analysis.

    `people` are the account ids of the readers, in the order of the columns and of their codes.
    """

    totals: Values
    changes: Values
    visits: CaseVisits
    people: tuple[int, ...]

    def cube(self, names: Sequence[str]) -> Cube:
        """The same for the statistics, with the readers named."""
        return Cube(self.totals, self.visits.every, tuple(names), self.changes)


def compared_in(campaign: Campaign) -> CaseQuerySet:
    """The cases whose readers are compared with each other: those with a result or waiting for one.

    A case that was stopped without a result is in no table of scores of the dataset, and in no figure of agreement.
    """
    return campaign.cases.live() if campaign.trains else campaign.cases.expected()


def newest_results(cases: CaseQuerySet) -> dict[int, CaseResult]:
    """The newest stored result of each of these cases that has one, even while it awaits adjudication."""
    results = CaseResult.objects.filter(case__in=cases).order_by("version")
    return {result.case_id: result for result in results}


def cases_with_result(campaign: Campaign) -> int:
    """The number of compared cases that have a result."""
    return CaseResult.objects.filter(case__in=compared_in(campaign)).values("case").distinct().order_by().count()


def ratings_of(campaign: Campaign, group: str = "total") -> CampaignRatings:
    """The primary readers' totals of a group and their changes by the charter's rule, a column per person.

    Every case with a result counts, as does one that awaits adjudication. A missing number is NaN.
    """
    return ratings_of_groups(campaign, (group,))[group]


def ratings_of_groups(campaign: Campaign, groups: Sequence[str]) -> dict[str, CampaignRatings]:
    """The same for several groups, from one pass over the results, with one case in memory at a time."""
    cases = list(compared_in(campaign).order_by("number"))
    visits, codes = case_visits(campaign, cases), tuple(reader_codes(campaign))
    rows = {case.pk: row for row, case in enumerate(cases)}
    every = {group: np.full((2, len(cases), len(visits.every), len(codes)), np.nan) for group in groups}
    readers: dict[int, tuple[int, ...]] = {}

    def enter(case: int, reader: int, numbers: Any, start: int) -> None:
        at = (rows[case], slice(None), codes.index(reader))
        for group in groups:
            totals, changes = every[group]
            fill(visits, case, numbers, group, totals[at], changes[at], start)

    for case, by_reader in primary_numbers(cases, readers_of(campaign)):
        readers[case] = tuple(by_reader)
        for reader, numbers in by_reader.items():
            enter(case, reader, numbers, 0)
    for case, reader, numbers in numbers_from_baseline(campaign, cases, visits, readers):
        enter(case, reader, numbers, visits.start(case) or 0)
    found = set[int]().union(*readers.values())
    people = tuple(reader for reader in codes if reader in found)
    columns = [codes.index(reader) for reader in people]
    return {group: frozen_ratings(values[..., columns], visits, people) for group, values in every.items()}


def frozen_ratings(values: Values, visits: CaseVisits, people: tuple[int, ...]) -> CampaignRatings:
    """Totals and changes in one read-only array."""
    values.setflags(write=False)
    totals, changes = values
    return CampaignRatings(totals, changes[:, 1:], visits, people)


def readers_of(campaign: Campaign) -> int:
    """The number of primary readers per case, whose mean is the result of a case that is not adjudicated."""
    return terms_of(campaign.charter).readers_per_case


def primary_numbers(cases: Sequence[Case], each: int) -> Iterator[tuple[int, dict[int, Any]]]:
    """Each case with the numbers of its primary readers in order of signing, at most `each` of them: as first signed.

    A correction after signing is not an independent read and is not used, whenever the result was computed.
    """
    signed: dict[int, list[int]] = {}
    reads = Read.objects.counting().filter(case__in=cases, kind=ReadKind.PRIMARY).order_by("signed_at", "pk")
    for case, reader in reads.values_list("case_id", "reader_id"):
        signed.setdefault(case, []).append(reader)
    results = CaseResult.objects.filter(case__in=cases).order_by("case_id", "version").iterator(AT_ONCE)
    for case, of_case in groupby(results, key=lambda result: result.case_id):
        first: dict[int, Any] = {}
        for result in of_case:
            for reader, numbers in opened_result(result)["numbers"]["first"].items():
                first.setdefault(int(reader), numbers)
        known = [reader for reader in dict.fromkeys(signed.get(case, ())) if reader in first]
        yield case, {reader: first[reader] for reader in known[:each]}


def discordant_as_first_signed(campaign: Campaign) -> tuple[int, int]:
    """The number of cases with a result whose first-signed values were discordant, and the total number.

    The adjudication rate is the first divided by the second: range 0 to 1, missing without a result.
    """
    results = newest_results(compared_in(campaign)).values()
    return sum(bool(opened_result(result)["numbers"]["first_discordant"]) for result in results), len(results)


def fill(visits: CaseVisits, case: int, numbers: Any, group: str, totals: Values, changes: Values, start: int) -> None:
    """One reader's totals of a case by visit, and the changes from the timepoint at `start` if it is the baseline."""
    codes = visits.codes[case]
    place(visits, zip(codes, numbers["totals"], strict=True), group, totals)
    if start == visits.start(case):
        place(visits, zip(codes[start + 1 :], numbers["changes"], strict=True), group, changes)


def place(visits: CaseVisits, amounts: Iterable[tuple[str, Any]], group: str, into: Values) -> None:
    """Stored fractions as numbers, each at the column of its visit."""
    for code, amount in amounts:
        value = amount[group]["value"]
        into[visits.every.index(code)] = np.nan if value is None else float(Fraction(value))
