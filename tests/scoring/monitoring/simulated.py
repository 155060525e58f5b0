"""Simulated campaigns: readers drawn two by two, differences with a given standard deviation, one of whom may drift."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from scoring.monitoring.attribution import Pair

# Errors of readers with variance 1: normal, or with the heavy tails of scores that are mostly equal.
DrawDifferences = Callable[[np.random.Generator, int], "np.ndarray[Any, np.dtype[np.float64]]"]


def normal(chance: np.random.Generator, number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return chance.normal(size=number)


def heavy(chance: np.random.Generator, number: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    drawn: np.ndarray[Any, np.dtype[np.float64]] = chance.standard_t(5, size=number) / np.sqrt(5 / 3)
    return drawn


@dataclass(frozen=True)
class Shift:
    """From the reader's own case of this place on, counted from 1, the reader scores so many SD more."""

    reader: int
    place: int
    size: float


@dataclass(frozen=True)
class SimulatedCampaign:
    """The cases in order: two readers and the difference of the first from the second, in SD of the difference."""

    pairs: list[Pair]

    def of(self, reader: int) -> list[float]:
        """A reader's own differences from the partner."""
        own = [pair for pair in self.pairs if reader in pair[:2]]
        return [difference if first == reader else -difference for first, _, difference in own]


def simulated(
    chance: np.random.Generator, cases: int, readers: int, shift: Shift | None = None, draw: DrawDifferences = normal
) -> SimulatedCampaign:
    """A campaign of readers who differ by constants as well as by chance."""
    habits = chance.normal(0, 0.3, readers)
    errors = draw(chance, cases)
    seen = [0] * readers
    pairs = []
    for case in range(cases):
        first, second = (int(one) for one in chance.permutation(readers)[:2])
        difference = habits[first] - habits[second] + errors[case]
        for reader, sign in ((first, 1), (second, -1)):
            seen[reader] += 1
            if shift and reader == shift.reader and seen[reader] >= shift.place:
                difference += sign * shift.size
        pairs.append((first, second, float(difference)))
    return SimulatedCampaign(pairs)
