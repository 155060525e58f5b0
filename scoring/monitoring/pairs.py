"""The primary readers of each case compared, two by two: mean difference of totals, and whether they were discordant.

As first signed. The mean over timepoints is the same in any order of time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from reading.models import Campaign, Case
from scoring.consensus.sealed_result import opened_result
from scoring.ratings.campaign import newest_results, primary_numbers, readers_of


@dataclass(frozen=True)
class ComparedCase:
    """A case with two of its readers and the difference of the first from the second, in score units."""

    case: int
    number: int
    first: int
    second: int
    difference: float
    discordant: bool


def compared_cases(campaign: Campaign) -> list[ComparedCase]:
    """Every two readers of a live case with a result, who have totals at the same timepoint; four queries at any size.

    A case appears once its readers are complete.
    """
    cases = list(campaign.cases.live().order_by("number"))
    each = readers_of(campaign)
    numbers, results = dict(primary_numbers(cases, each)), newest_results(campaign)
    found: list[ComparedCase] = []
    for case in cases:
        readers = numbers.get(case.pk, {})
        if len(readers) == each:
            discordant = bool(opened_result(results[case.pk])["numbers"]["first_discordant"])
            found += pairs_in(case, readers, discordant)
    return found


def pairs_in(case: Case, readers: dict[int, Any], discordant: bool) -> Iterator[ComparedCase]:
    """Every two readers of a case, in the order of signing."""
    for (first, own), (second, other) in combinations(readers.items(), 2):
        if (difference := mean_difference(own, other)) is not None:
            yield ComparedCase(case.pk, case.number, first, second, difference, discordant)


def mean_difference(first: dict[str, Any], second: dict[str, Any]) -> float | None:
    """The mean over the timepoints at which both have a total; None without one.

    >>> one = {"totals": [{"total": {"value": "7"}}, {"total": {"value": "9/2"}}]}
    >>> other = {"totals": [{"total": {"value": "5"}}, {"total": {"value": None}}]}
    >>> mean_difference(one, other), mean_difference(other, one)
    (2.0, -2.0)
    """
    pairs = [
        (Fraction(mine["total"]["value"]), Fraction(theirs["total"]["value"]))
        for mine, theirs in zip(first["totals"], second["totals"], strict=True)
        if mine["total"]["value"] is not None and theirs["total"]["value"] is not None
    ]
    return float(sum(mine - theirs for mine, theirs in pairs) / len(pairs)) if pairs else None
