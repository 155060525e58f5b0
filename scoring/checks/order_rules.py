"""Findings from the true order or the partner's read, reported once the campaign is closed. Pure.

While it is open, a question about any of these would reveal the order to its reader.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np

from instruments.definition import Instrument
from scoring.checks.rules import Grades, Marks, RuleFinding

FALL = 2
# Two timepoints count as exchanged if that brings two reads closer by this number of grades, and halves the distance.
CLOSER = 6

AFTER_CLOSE = {
    "decrease": "Decrease of 2 or more grades",
    "prosthesis": "Graded after surgery or a prosthesis",
    "apart": "Totals far from the partner's",
    "timepoints": "Two timepoints exchanged",
}


def in_true_order(instrument: Instrument, grades: Grades, operated: Marks) -> Iterator[RuleFinding]:
    """The findings of one read with its timepoints in true order."""
    yield from found(instrument, "decrease", falls(grades))
    yield from found(instrument, "prosthesis", earlier(operated) & ~np.isnan(grades))


def falls(grades: Grades) -> Marks:
    """Where a grade is lower by FALL or more than at any earlier timepoint.

    >>> falls(np.array([[3.0, 1.0], [np.nan, 0.0], [1.0, 1.0]])).tolist()
    [[False, False], [False, False], [True, False]]
    """
    highest = np.maximum.accumulate(np.where(np.isnan(grades), -np.inf, grades), axis=0)
    marks: Marks = highest - np.where(np.isnan(grades), np.inf, grades) >= FALL
    return marks


def earlier(marks: Marks) -> Marks:
    """Where a mark was set at any earlier timepoint.

    >>> earlier(np.array([[True, False], [False, True], [False, False]])).tolist()
    [[False, False], [True, False], [True, True]]
    """
    before = np.zeros_like(marks)
    before[1:] = np.logical_or.accumulate(marks, axis=0)[:-1]
    return before


def beside_the_partner(instrument: Instrument, grades: Grades, partner: Grades) -> Iterator[RuleFinding]:
    """Two timepoints of one of the two reads that fit the other read much better when they are exchanged."""
    for first, second in combinations(range(len(grades)), 2):
        signed = distance(grades[[first, second]], partner[[first, second]])
        exchanged = distance(grades[[first, second]], partner[[second, first]])
        if signed - exchanged >= CLOSER and exchanged <= signed / 2:
            yield from found(instrument, "timepoints", grades[[first]] != grades[[second]])
            return


def distance(grades: Grades, partner: Grades) -> float:
    """The sum of absolute differences over the grades that both have."""
    return float(np.nansum(np.abs(grades - partner)))


def found(instrument: Instrument, kind: str, marks: Marks) -> Iterator[RuleFinding]:
    """A finding with the items that are marked at any timepoint; none without items."""
    columns = sorted(set(np.nonzero(marks)[1].tolist()))
    if columns:
        yield RuleFinding(kind, "", tuple(instrument.items[column].key for column in columns))
