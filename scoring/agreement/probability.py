"""Cumulative probability points of change scores, one line per group."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.agreement.ratings import BEYOND, Matrix, beyond

POSITIONS = {"(rank - 0.5)/n": 0.5, "rank/n": 0.0}


@dataclass(frozen=True, eq=False)
class ProbabilityLine:
    """x: cumulative per cent; y: change, ascending. `position` is the plotting position used."""

    group: str
    percent: Matrix
    change: Matrix
    position: str
    dropped: int
    reason: str


def cumulative_probability(
    changes: npt.ArrayLike, *, groups: Sequence[Hashable] | None = None, position: str = "(rank - 0.5)/n"
) -> tuple[ProbabilityLine, ...]:
    """Changes sorted ascending against 100 (rank - 0.5)/n, or 100 rank/n; tied changes keep a point each.

    Missing values are left out and counted. Groups are in the order of their names. Landewe R, van der Heijde D,
    Ann Rheum Dis 2005;64(suppl 4):iv48 (the concept; the plotting position is from general knowledge).

    >>> line = cumulative_probability([3, 0, 1, 0])[0]
    >>> line.percent.tolist(), line.change.tolist()
    ([12.5, 37.5, 62.5, 87.5], [0.0, 0.0, 1.0, 3.0])
    """
    if position not in POSITIONS:
        raise ValueError(f"plotting position: {position!r} was given; allowed: {', '.join(POSITIONS)}")
    values = np.asarray(changes, dtype=np.float64).ravel()
    labels = np.array(["all"] * len(values) if groups is None else [str(group) for group in groups], dtype=object)
    names = sorted(set(labels.tolist())) or ["all"]
    return tuple(line(name, values[labels == name], position) for name in names)


def line(name: str, values: Matrix, position: str) -> ProbabilityLine:
    known = np.sort(values[~np.isnan(values)])
    dropped = len(values) - len(known)
    if beyond(known):
        return ProbabilityLine(name, known[:0], known[:0], position, dropped, f"some values are {BEYOND}")
    if not len(known):
        return ProbabilityLine(name, known, known, position, dropped, "no value")
    percent = 100 * (np.arange(1, len(known) + 1) - POSITIONS[position]) / len(known)
    return ProbabilityLine(name, percent, known, position, dropped, "")
