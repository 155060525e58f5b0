"""A campaign's stored results as ratings: subjects x visits x readers, for the agreement pages. No arms are held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from reading.charter.versions import terms_of
from reading.models import Campaign, Case, Read, ReadKind
from scoring.agreement.report import Cube
from scoring.consensus.sealed_result import opened_result
from scoring.models import CaseResult
from scoring.ratings.visits import CaseVisits, case_visits
from scoring.reader_codes import reader_codes

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class CampaignRatings:
    """The primary readers' totals (cases x visits x readers) and changes (to each visit after baseline).

    `people` are the account ids of the readers, in the order of the columns and of their codes.
    """

    totals: Values
    changes: Values
    visits: CaseVisits
    people: tuple[int, ...]

    def cube(self, names: Sequence[str]) -> Cube:
        """The same for the statistics, with the readers named."""
        return Cube(self.totals, self.visits.every, tuple(names), self.changes)


def newest_results(campaign: Campaign) -> dict[int, CaseResult]:
    """The newest result of every live case, by case id."""
    results = CaseResult.objects.filter(case__in=campaign.cases.live()).order_by("version")
    return {result.case_id: result for result in results}


def cases_with_result(campaign: Campaign) -> int:
    """How many live cases have a result."""
    return CaseResult.objects.filter(case__in=campaign.cases.live()).values("case").distinct().order_by().count()


def ratings_of(campaign: Campaign, group: str = "total") -> CampaignRatings:
    """The primary readers' totals of a group and their changes by the charter's rule, a column a person.

    Every case with a result counts, discordant ones included. A missing number is NaN.
    """
    cases = list(campaign.cases.live().order_by("number"))
    visits, reads = case_visits(cases), primary_numbers(cases, readers_of(campaign))
    found = {reader for of_case in reads.values() for reader in of_case}
    people = tuple(reader for reader in reader_codes(campaign) if reader in found)
    totals, changes = np.full((2, len(cases), len(visits.every), len(people)), np.nan)
    for row, case in enumerate(cases):
        for reader, numbers in reads.get(case.pk, {}).items():
            at = people.index(reader)
            fill(visits, case.pk, numbers, group, totals[row, :, at], changes[row, :, at])
    totals.setflags(write=False)
    changes.setflags(write=False)
    return CampaignRatings(totals, changes[:, 1:], visits, people)


def readers_of(campaign: Campaign) -> int:
    """How many primary readers a case has, whose mean is the result of a case that is not adjudicated."""
    return terms_of(campaign.charter).readers_per_case


def primary_numbers(cases: Sequence[Case], each: int) -> dict[int, dict[int, Any]]:
    """By case, then by primary reader in order of signing, at most `each` of them: numbers as first signed.

    A correction after signing is no independent read and does not enter, whenever the result was computed.
    """
    first: dict[tuple[int, int], Any] = {}
    for result in CaseResult.objects.filter(case__in=cases).order_by("version"):
        for reader, numbers in opened_result(result)["numbers"]["first"].items():
            first.setdefault((result.case_id, int(reader)), numbers)
    found: dict[int, dict[int, Any]] = {}
    reads = Read.objects.counting().filter(case__in=cases, kind=ReadKind.PRIMARY).order_by("signed_at", "pk")
    for case, reader in reads.values_list("case_id", "reader_id"):
        of_case = found.setdefault(case, {})
        if (case, reader) in first and len(of_case) < each:
            of_case[reader] = first[case, reader]
    return found


def discordant_as_first_signed(campaign: Campaign) -> tuple[int, int]:
    """How many cases with a result the readers disagreed on by the values they signed first, and how many exist.

    The adjudication rate is the first divided by the second: range 0 to 1, missing without a result.
    """
    results = newest_results(campaign).values()
    return sum(bool(opened_result(result)["numbers"]["first_discordant"]) for result in results), len(results)


def fill(visits: CaseVisits, case: int, numbers: Any, group: str, totals: Values, changes: Values) -> None:
    """One reader's totals and changes of a case by visit.

    Stored changes begin at the first timepoint of the case; those of a case without the baseline visit are left out.
    """
    codes = visits.codes[case]
    place(visits, zip(codes, numbers["totals"], strict=True), group, totals)
    if codes[0] == visits.every[0]:
        place(visits, zip(codes[1:], numbers["changes"], strict=True), group, changes)


def place(visits: CaseVisits, amounts: Iterable[tuple[str, Any]], group: str, into: Values) -> None:
    """Stored fractions as numbers, each at the column of its visit."""
    for code, amount in amounts:
        value = amount[group]["value"]
        into[visits.every.index(code)] = np.nan if value is None else float(Fraction(value))
