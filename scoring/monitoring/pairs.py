"""Comparison of the primary readers of each case: mean difference, discordance, and whose changes the result rejected.

Uses first-signed values. All results are the same in any order of the timepoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from reading.charter.versions import terms_of
from reading.models import Campaign, Case
from scoring.consensus.sealed_result import opened_result
from scoring.ratings.campaign import newest_results, primary_numbers, readers_of


@dataclass(frozen=True)
class ComparedCase:
    """A case with two of its readers and the difference of the first from the second, in score units.

    `against` are the readers whose changes the accepted result differs from by more than the charter's threshold; None
    while there is no accepted result, and where no case is adjudicated.
    """

    case: int
    number: int
    first: int
    second: int
    difference: float
    discordant: bool
    against: frozenset[int] | None = None


def compared_cases(campaign: Campaign) -> list[ComparedCase]:
    """Every pair of readers of a live case with a result, with totals at the same timepoint; four queries at any size.

    A case appears once its readers are complete, and stays if it is stopped: signed reads stay, and no chart or alarm
    about a reader changes because a subject withdrew consent.
    """
    live = campaign.cases.live()
    cases = list(live.order_by("number"))
    each, terms = readers_of(campaign), terms_of(campaign.charter)
    numbers, results = dict(primary_numbers(cases, each)), newest_results(live)
    found: list[ComparedCase] = []
    for case in cases:
        readers = numbers.get(case.pk, {})
        if len(readers) == each:
            opened = opened_result(results[case.pk])["numbers"]
            against = readers_against(opened, readers, terms.adjudication_threshold) if terms.adjudicates else None
            found += pairs_in(case, readers, bool(opened["first_discordant"]), against)
    return found


def pairs_in(
    case: Case, readers: dict[int, Any], discordant: bool, against: frozenset[int] | None = None
) -> Iterator[ComparedCase]:
    """Every pair of readers of a case, in the order of signing."""
    for (first, own), (second, other) in combinations(readers.items(), 2):
        if (difference := mean_difference(own, other)) is not None:
            yield ComparedCase(case.pk, case.number, first, second, difference, discordant, against)


def readers_against(numbers: Any, readers: dict[int, Any], threshold: float) -> frozenset[int] | None:
    """The readers whom the accepted result of a case contradicts; None without one."""
    accepted = numbers.get("first_result") or numbers["result"]
    if accepted is None:
        return None
    limit = Fraction(str(threshold))
    apart = {reader: largest_apart(own, accepted) for reader, own in readers.items()}
    return frozenset(reader for reader, found in apart.items() if found is not None and found > limit)


def largest_apart(own: dict[str, Any], accepted: dict[str, Any]) -> Fraction | None:
    """The largest difference of the two changes between any two timepoints; None if no change is known for both.

    The charter's changes from the first timepoint are compared, each of the sites that it compares at both timepoints.

    >>> one = {"changes": [{"total": {"value": "2"}}, {"total": {"value": "1"}}]}
    >>> other = {"changes": [{"total": {"value": "13"}}, {"total": {"value": "-2"}}]}
    >>> largest_apart(one, other), largest_apart(other, one)
    (Fraction(14, 1), Fraction(14, 1))
    """
    known = differences(own, accepted, "changes")
    apart = [Fraction(0), *known]
    return max(apart) - min(apart) if known else None


def mean_difference(first: dict[str, Any], second: dict[str, Any]) -> float | None:
    """The mean over the timepoints at which both have a total; None without one.

    >>> one = {"totals": [{"total": {"value": "7"}}, {"total": {"value": "9/2"}}]}
    >>> other = {"totals": [{"total": {"value": "5"}}, {"total": {"value": None}}]}
    >>> mean_difference(one, other), mean_difference(other, one)
    (2.0, -2.0)
    """
    found = differences(first, second, "totals")
    return float(sum(found) / len(found)) if found else None


def differences(first: dict[str, Any], second: dict[str, Any], kind: str) -> list[Fraction]:
    """The first's totals or changes minus the second's, at the timepoints where both have one."""
    return [
        Fraction(mine["total"]["value"]) - Fraction(theirs["total"]["value"])
        for mine, theirs in zip(first[kind], second[kind], strict=True)
        if mine["total"]["value"] is not None and theirs["total"]["value"] is not None
    ]
