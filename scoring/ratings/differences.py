"""The largest difference between the readers of each case, as stored with its result."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from reading.models import Campaign
from scoring.consensus.sealed_result import opened_result
from scoring.models import Outcome
from scoring.ratings.campaign import compared_in, newest_results


@dataclass(frozen=True)
class CaseDifference:
    """The largest |difference of two readers' changes| over all pairs of visits and readers, in score units; None where
    no pair was comparable. `partial` counts the visits that only some readers could evaluate.
    """

    number: int
    largest: Fraction | None
    partial: int
    outcome: str

    @property
    def outcome_in_words(self) -> str:
        """The displayed outcome."""
        return str(Outcome(self.outcome).label)


def differences_of(campaign: Campaign) -> list[CaseDifference]:
    """Every case with a result or waiting for adjudication, by the values signed last; two queries at any size."""
    return sorted(differences(campaign), key=lambda one: one.number)


def differences(campaign: Campaign) -> Iterator[CaseDifference]:
    results = newest_results(compared_in(campaign))
    for pk, number in campaign.cases.filter(pk__in=results).values_list("pk", "number"):
        found, partial = results[pk].trigger["largest"], opened_result(results[pk])["one_sided"]
        yield CaseDifference(number, None if found is None else Fraction(found), len(partial), results[pk].outcome)
