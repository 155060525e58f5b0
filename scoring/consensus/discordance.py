"""Whether the readers agree on a case, and whose scores make its result. Pure: fractions in, fractions out.

The trigger needs no order: the largest |difference of two readers' changes| over all pairs of timepoints and readers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from instruments.amounts import Totals
from instruments.change import change, change_series
from instruments.definition import Instrument
from instruments.missing import MissingRule
from instruments.totals import score

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
PlacePair = tuple[int, int]


@dataclass(frozen=True)
class Series:
    """One reader's values of a case: timepoints x items in true order, NaN for not assessable; operated sites."""

    reader: int
    values: Values
    operated: Flags


@dataclass(frozen=True)
class Discordance:
    """The result of comparing the readers. `largest` is in score units; None when no pair was comparable.

    `one_sided` are the timepoints that only some readers could evaluate: with `third_read`, they require a third read
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
    def asks_for_third_read(self) -> bool:
        """True where a one-sided timepoint requires a third read, whatever the threshold."""
        return self.third_read and bool(self.one_sided)

    @property
    def is_discordant(self) -> bool:
        """True where the readers differ too much, or where a one-sided timepoint requires a third read."""
        return self.threshold is not None and (self.is_apart or self.asks_for_third_read)


def compare_readers(
    instrument: Instrument, readers: Sequence[Series], rule: MissingRule, threshold: Fraction | None, third_read: bool
) -> Discordance:
    """The charter's trigger on the primary readers of one case."""
    return compare_cases(instrument, [readers], rule, threshold, third_read)[0]


def compare_cases(
    instrument: Instrument,
    cases: Sequence[Sequence[Series]],
    rule: MissingRule,
    threshold: Fraction | None,
    third_read: bool,
) -> list[Discordance]:
    """The same for many cases with equally many timepoints and primary readers."""
    values, operated = stacked([one for reader in zip(*cases, strict=True) for one in reader])
    largest = largest_differences(instrument, values, operated, rule, len(cases))
    known = status_known(instrument, values, operated, rule).reshape(-1, len(cases), values.shape[1])
    differ = np.not_equal(known.min(axis=0), known.max(axis=0))
    one_sided = [tuple(np.flatnonzero(row).tolist()) for row in differ]
    return [Discordance(*each, threshold, third_read) for each in zip(largest, one_sided, strict=True)]


def stacked(series: Sequence[Series]) -> tuple[Values, Flags]:
    """Values and operated sites of many reads: reads x timepoints x items."""
    return np.stack([one.values for one in series]), np.stack([one.operated for one in series])


def changes_between(
    instrument: Instrument, values: Values, operated: Flags, interval: PlacePair, rule: MissingRule
) -> Totals:
    """The changes of all cases from one timepoint to another, from these two alone."""
    one, other = interval
    both = operated[:, one], operated[:, other]
    return change(instrument, values[:, one], values[:, other], rule, both).difference


def largest_differences(
    instrument: Instrument, values: Values, operated: Flags, rule: MissingRule, cases: int
) -> list[Fraction | None]:
    """The largest difference of the readers' overall changes over all pairs of timepoints, of each case.

    The reads of one reader, one for each case, come before those of the next. None where no pair of timepoints has two
    known changes. The changes of all pairs are computed together: a single case has too few for efficient arrays.
    """
    reads, places, items = values.shape
    pairs = np.array(list(combinations(range(places), 2)), np.intp).reshape(-1, 2)
    both = values[:, pairs].reshape(-1, 2, items), operated[:, pairs].reshape(-1, 2, items)
    found = change_series(instrument, both[0], rule, both[1])[0].difference
    column = found.column()
    parts = np.stack([found.numerator[:, column], found.denominator[:, column]], axis=-1)
    by_reader = parts.reshape(reads // cases, cases, len(pairs), 2)
    by_case = by_reader.transpose(1, 2, 0, 3).reshape(cases, len(pairs), 2 * len(by_reader))
    return [largest_known([range_of(tuple(pair)) for pair in case]) for case in by_case.tolist()]


@lru_cache(maxsize=4096)
def range_of(parts: tuple[int, ...]) -> Fraction | None:
    """The largest minus the smallest of fractions given as numerator, denominator, ...; a denominator of 0 is none."""
    known = [Fraction(*one) for one in zip(parts[::2], parts[1::2], strict=True) if one[1]]
    return max(known) - min(known) if len(known) > 1 else None


def largest_known(apart: Sequence[Fraction | None]) -> Fraction | None:
    return max((one for one in apart if one is not None), default=None)


def status_known(instrument: Instrument, values: Values, operated: Flags, rule: MissingRule) -> Flags:
    """Whether the total of each case and timepoint is evaluable."""
    cases, places, items = values.shape
    totals = score(instrument, values.reshape(-1, items), rule, operated.reshape(-1, items))
    return ~totals.missing().reshape(cases, places)


def choose_readers(
    instrument: Instrument,
    readers: Sequence[Series],
    *,
    result_rule: str,
    missing_rule: MissingRule,
    interval: PlacePair,
    adjudicator: int,
) -> tuple[int, ...]:
    """The readers whose mean is the result of an adjudicated case: one set for every visit, feature and interval.

    two-closest: the pair with the smallest difference of changes over `interval`, from one timepoint to another; a tie,
    or fewer than two known changes, gives all three. mean-of-all: all. adjudicator-replaces: the adjudicator alone.
    """
    chosen = choose_for_cases(
        instrument, [readers], result_rule=result_rule, missing_rule=missing_rule, interval=interval
    )[0]
    return (adjudicator,) if result_rule == "adjudicator-replaces" else chosen


def choose_for_cases(
    instrument: Instrument,
    cases: Sequence[Sequence[Series]],
    *,
    result_rule: str,
    missing_rule: MissingRule,
    interval: PlacePair,
) -> list[tuple[int, ...]]:
    """The same for many cases with equally many timepoints; the last reader of each is its adjudicator."""
    if result_rule == "adjudicator-replaces":
        return [(case[-1].reader,) for case in cases]
    if result_rule == "mean-of-all":
        return [tuple(one.reader for one in case) for case in cases]
    values, operated = stacked([one for case in cases for one in case])
    found = changes_between(instrument, values, operated, interval, missing_rule)
    changes = iter([found.amount(row, found.column()).fraction for row in range(len(found))])
    return [two_closest([(one.reader, next(changes)) for one in case]) for case in cases]


def two_closest(readers: Sequence[tuple[int, Fraction | None]]) -> tuple[int, ...]:
    """The pair of readers with the closest changes; all of them on a tie or with fewer than two known changes."""
    known = {reader: value for reader, value in readers if value is not None}
    distances = {pair: abs(known[pair[0]] - known[pair[1]]) for pair in combinations(sorted(known), 2)}
    smallest = min(distances.values(), default=None)
    closest = [pair for pair, distance in distances.items() if distance == smallest]
    return closest[0] if len(closest) == 1 else tuple(reader for reader, _ in readers)
