"""A randomisation test of one arm against the reference: arms are dealt again within the strata of the factors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.endpoint.by_arm.linear import Matrix
from scoring.endpoint.by_arm.sample import Codes, Sample

CHUNK = 250
NEARLY = 1e-9


@dataclass(frozen=True)
class Permutations:
    """How many, from which seed."""

    number: int = 5000
    seed: int = 20261129


def permutation_p(sample: Sample, design: Matrix, arm: int, permutations: Permutations) -> float:
    """p = (1 + permutations whose |t| is at least the observed) / (1 + permutations), t the HC3 statistic.

    The two arms compared are dealt again among their own subjects, within each combination of factors; other arms stay.
    Reference: Phipson and Smyth (2010), Stat Appl Genet Mol Biol 9:39.
    """
    others = np.delete(design, arm, axis=1)
    observed = abs(statistics(others, design[:, [arm]], sample.values)[0])
    generator = np.random.default_rng([permutations.seed, arm])
    cells = cells_of(sample, arm)
    reached = 0
    for start in range(0, permutations.number, CHUNK):
        count = min(CHUNK, permutations.number - start)
        dealt = np.column_stack([deal(design[:, arm], cells, generator) for _ in range(count)])
        reached += int((np.abs(statistics(others, dealt, sample.values)) >= observed * (1 - NEARLY)).sum())
    return (1 + reached) / (1 + permutations.number)


def statistics(others: Matrix, indicators: Matrix, y: Matrix) -> Matrix:
    """The HC3 t of each indicator added alone to the other columns, by the Frisch-Waugh-Lovell theorem."""
    q, _ = np.linalg.qr(others)
    residual = y - q @ (q.T @ y)
    free = indicators - q @ (q.T @ indicators)
    squares = (free**2).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        beta = free.T @ residual / squares
        left = residual[:, None] - free * beta
        leverage = (q**2).sum(axis=1)[:, None] + free**2 / squares
        variance = ((free * left / (1 - leverage)) ** 2).sum(axis=0) / squares**2
        found: Matrix = np.nan_to_num(beta / np.sqrt(variance), nan=0.0)
    return found


def cells_of(sample: Sample, arm: int) -> list[Codes]:
    """The subjects of the two arms, by stratum."""
    compared = (sample.arm == arm) | (sample.arm == 0)
    strata = sample.strata
    return [np.flatnonzero(compared & (strata == stratum)) for stratum in np.unique(strata)]


def deal(indicator: Matrix, cells: list[Codes], generator: np.random.Generator) -> Matrix:
    found = indicator.copy()
    for cell in cells:
        found[cell] = generator.permutation(indicator[cell])
    return found
