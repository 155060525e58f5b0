"""Whether the readers agree on a case, and whose scores make its result. Pure: fractions in, fractions out.

The trigger needs no order: the largest |difference of two readers' changes| over all pairs of timepoints and readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np
import numpy.typing as npt

from instruments.change import change
from instruments.definition import Instrument
from instruments.missing import MissingRule
from instruments.totals import score

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Series:
    """One reader's values of a case: timepoints x items in true order, NaN for not assessable; operated sites."""

    reader: int
    values: Values
    operated: Flags


@dataclass(frozen=True)
class Discordance:
    """The result of comparing the readers. `largest` is in score units; None when no pair was comparable.

    `one_sided` are the timepoints that only some readers could evaluate: with `third_read`, they ask for a third read
    too. Without a threshold no case is adjudicated.
    """

    largest: Fraction | None
    one_sided: tuple[int, ...]
    threshold: Fraction | None
    third_read: bool = True

    @property
    def is_apart(self) -> bool:
        """True above the threshold, strictly."""
        return self.largest is not None and self.threshold is not None and self.largest > self.threshold

    @property
    def is_discordant(self) -> bool:
        """True where the readers are apart, or where a one-sided timepoint asks for a third read."""
        one_sided = self.third_read and bool(self.one_sided)
        return self.threshold is not None and (self.is_apart or one_sided)


def compare_readers(
    instrument: Instrument, readers: Sequence[Series], rule: MissingRule, threshold: Fraction | None, third_read: bool
) -> Discordance:
    """The charter's trigger on the primary readers of one case."""
    differences = []
    for one, other in combinations(range(len(readers[0].values)), 2):
        changes = [change_between(instrument, series, one, other, rule) for series in readers]
        known = [found for found in changes if found is not None]
        if len(known) > 1:
            differences.append(max(known) - min(known))
    evaluable = [status_known(instrument, series, rule) for series in readers]
    one_sided = tuple(place for place, known_by in enumerate(zip(*evaluable, strict=True)) if len(set(known_by)) > 1)
    return Discordance(max(differences, default=None), one_sided, threshold, third_read)


def change_between(instrument: Instrument, series: Series, one: int, other: int, rule: MissingRule) -> Fraction | None:
    """A reader's overall change from one timepoint to another, from these two alone; None when missing."""
    changes = change(
        instrument,
        series.values[[one]],
        series.values[[other]],
        rule,
        (series.operated[[one]], series.operated[[other]]),
    )
    return changes.row(0).overall.fraction


def status_known(instrument: Instrument, series: Series, rule: MissingRule) -> list[bool]:
    """Whether each timepoint's total is evaluable for the reader."""
    totals = score(instrument, series.values, rule, series.operated)
    return [not missing for missing in totals.missing()]


def choose_readers(
    instrument: Instrument,
    readers: Sequence[Series],
    *,
    result_rule: str,
    missing_rule: MissingRule,
    reference: int,
    adjudicator: int,
) -> tuple[int, ...]:
    """The readers whose mean is the result of an adjudicated case: one set for every visit, feature and interval.

    two-closest: the pair with the smallest difference of changes from baseline to `reference`; a tie, or fewer than
    two known changes, gives all three. mean-of-all: all. adjudicator-replaces: the adjudicator alone.
    """
    everyone = tuple(series.reader for series in readers)
    if result_rule == "adjudicator-replaces":
        return (adjudicator,)
    if result_rule == "mean-of-all":
        return everyone
    changes = {series.reader: change_between(instrument, series, 0, reference, missing_rule) for series in readers}
    known = {reader: value for reader, value in changes.items() if value is not None}
    distances = {pair: abs(known[pair[0]] - known[pair[1]]) for pair in combinations(sorted(known), 2)}
    if not distances:
        return everyone
    smallest = min(distances.values())
    closest = [pair for pair, distance in distances.items() if distance == smallest]
    return closest[0] if len(closest) == 1 else everyone
