"""Findings from one signed read alone. Every rule is symmetric in time: no order of timepoints changes a finding.

A difference states neither which timepoint is higher nor which is first. Decreases, distances from the other reader and
exchanged timepoints need the true order or the partner and are not part of these checks. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
import numpy.typing as npt

from instruments.definition import Instrument, Item

LARGE_DIFFERENCE = 3
NOT_ASSESSABLE_SHARE = 0.2
# Joints that must each fit better exchanged than as signed, by at least this number of grades.
FEWEST_JOINTS, FEWEST_GRADES = 2, 2

KINDS = {
    "difference": "Difference of 3 or more grades",
    "features": "Features exchanged",
    "sides": "Sides exchanged",
    "impossible": "Impossible codes",
    "not-assessable": "More than 20 % not assessable",
}
SIDES = {"L": "left", "R": "right"}
Grades = npt.NDArray[np.float64]
Marks = npt.NDArray[np.bool_]
Columns = tuple[list[int], list[int]]
KeyOf = Callable[[Item], tuple[str, ...] | None]


@dataclass(frozen=True)
class RuleFinding:
    """A kind of KINDS, where it was found, and the items to review."""

    kind: str
    where: str
    items: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Sheet:
    """The entries of a read: timepoints x items in any order. NaN where there is no grade; `shown` where a film was.

    `strange` marks reasons that the instrument does not have.
    """

    grades: Grades
    shown: Marks
    strange: Marks


@dataclass(frozen=True, eq=False)
class Checks:
    """The rules for one instrument."""

    instrument: Instrument

    def of(self, sheet: Sheet) -> list[RuleFinding]:
        """Every finding of a read, in the order of KINDS."""
        return [
            *self.differences(sheet),
            *self.exchanged("features", self.feature_pairs, sheet),
            *self.exchanged("sides", self.side_pairs, sheet),
            *self.impossible(sheet),
            *self.not_assessable(sheet),
        ]

    def differences(self, sheet: Sheet) -> Iterator[RuleFinding]:
        """Items of which two timepoints differ by LARGE_DIFFERENCE grades or more."""
        low, high = np.where(np.isnan(sheet.grades), np.inf, sheet.grades), np.nan_to_num(sheet.grades, nan=-np.inf)
        apart = high.max(axis=0, initial=-np.inf) - low.min(axis=0, initial=np.inf)
        yield from self.found("difference", "", np.flatnonzero(apart >= LARGE_DIFFERENCE))

    def exchanged(self, kind: str, pairs: dict[str, Columns], sheet: Sheet) -> Iterator[RuleFinding]:
        """Columns that fit the other timepoint better when they are exchanged at one of two timepoints."""
        for where, (one, other) in pairs.items():
            a, b = sheet.grades[:, one], sheet.grades[:, other]
            hit = np.zeros(len(one), dtype=bool)
            for first, second in combinations(range(len(a)), 2):
                better = gain(a[first], b[first], a[second], b[second]) >= FEWEST_GRADES
                if better.sum() >= FEWEST_JOINTS:
                    hit |= better
            columns = [column for place in np.flatnonzero(hit) for column in (one[place], other[place])]
            yield from self.found(kind, where, columns)

    def impossible(self, sheet: Sheet) -> Iterator[RuleFinding]:
        """Grades and reasons that the item does not have."""
        graded = ~np.isnan(sheet.grades)
        grades = np.clip(np.where(graded, sheet.grades, 0), 0, self.possible.shape[1] - 1).astype(int)
        known = self.possible[np.arange(len(self.instrument.items)), grades] & (sheet.grades == grades)
        yield from self.found("impossible", "", np.flatnonzero((graded & ~known | sheet.strange).any(axis=0)))

    def not_assessable(self, sheet: Sheet) -> Iterator[RuleFinding]:
        """A timepoint with films of which more than NOT_ASSESSABLE_SHARE of the items have no grade."""
        missing = np.isnan(sheet.grades) & sheet.shown
        over = missing.sum(axis=1) > NOT_ASSESSABLE_SHARE * sheet.shown.sum(axis=1)
        yield from self.found("not-assessable", "", np.flatnonzero(missing[over].any(axis=0)))

    def found(self, kind: str, where: str, columns: Sequence[int] | npt.NDArray[np.intp]) -> Iterator[RuleFinding]:
        """A finding with these items; none without items."""
        if len(columns):
            yield RuleFinding(kind, where, tuple(self.instrument.items[column].key for column in sorted(columns)))

    @cached_property
    def possible(self) -> Marks:
        """The grades of each item: items x grades, the last of them none."""
        largest = max(max(item.allowed) for item in self.instrument.items)
        table = np.zeros((len(self.instrument.items), largest + 2), dtype=bool)
        for column, item in enumerate(self.instrument.items):
            table[column, list(item.allowed)] = True
        return table

    @cached_property
    def feature_pairs(self) -> dict[str, Columns]:
        """The columns of both features of the same joints, by side and region; none where there is one feature."""
        if len(self.instrument.features) != 2:
            return {}
        first, second = self.instrument.features
        return self.paired(
            lambda item: (item.side, item.region, item.joint, item.label) if item.feature == first else None,
            lambda item: (item.side, item.region, item.joint, item.label) if item.feature == second else None,
            lambda item: f"{SIDES[item.side]} {item.region}",
        )

    @cached_property
    def side_pairs(self) -> dict[str, Columns]:
        """The columns of the left and right side of the same joints, by region and feature."""
        return self.paired(
            lambda item: (item.region, item.feature, item.joint, item.label) if item.side == "L" else None,
            lambda item: (item.region, item.feature, item.joint, item.label) if item.side == "R" else None,
            lambda item: f"{item.region}, {item.feature}",
        )

    def paired(self, one: KeyOf, other: KeyOf, where: Callable[[Item], str]) -> dict[str, Columns]:
        """The columns of items with the same key in two groups, by place."""
        partners = {other(item): column for column, item in enumerate(self.instrument.items) if other(item)}
        found: dict[str, Columns] = {}
        for column, item in enumerate(self.instrument.items):
            if (key := one(item)) and key in partners:
                mine, theirs = found.setdefault(where(item), ([], []))
                mine.append(column)
                theirs.append(partners[key])
        return found


def gain(a: Grades, b: Grades, other_a: Grades, other_b: Grades) -> Grades:
    """How many grades closer two timepoints are at each joint if a and b are exchanged at one of them; 0 if unknown.

    >>> gain(np.array([1.0]), np.array([0.0]), np.array([0.0]), np.array([1.0]))
    array([2.])
    """
    signed = np.abs(a - other_a) + np.abs(b - other_b)
    exchanged = np.abs(a - other_b) + np.abs(b - other_a)
    better: Grades = np.nan_to_num(signed - exchanged)
    return better
