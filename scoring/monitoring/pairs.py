"""The two primary readers of each case compared: mean difference of their totals, and whether they were discordant.

As first signed. The mean over timepoints is the same in any order of time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from reading.models import Campaign
from scoring.consensus.sealed_result import opened_result
from scoring.ratings.campaign import PRIMARIES, newest_results, primary_numbers


@dataclass(frozen=True)
class ComparedCase:
    """A case with its two readers and the difference of the first from the second, in score units."""

    case: int
    number: int
    first: int
    second: int
    difference: float
    discordant: bool


def compared_cases(campaign: Campaign) -> list[ComparedCase]:
    """Every live case with a result and a total of both readers at the same timepoint; four queries at any size."""
    cases = list(campaign.cases.live().order_by("number"))
    numbers, results = primary_numbers(cases), newest_results(campaign)
    found = []
    for case in cases:
        readers = list(numbers.get(case.pk, {}).items())
        if len(readers) < PRIMARIES:
            continue
        (first, own), (second, other) = readers
        if (difference := mean_difference(own, other)) is not None:
            discordant = bool(opened_result(results[case.pk])["numbers"]["first_discordant"])
            found.append(ComparedCase(case.pk, case.number, first, second, difference, discordant))
    return found


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
