"""Smallest detectable change of each interval and their mean, for one pair of readers or a pool, with bootstrap limits.

Subjects are resampled whole, with every interval and whichever readers they have.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from scoring.agreement.bootstrap import Bootstrap, resampled_sums, with_bootstrap
from scoring.agreement.detectable import MULTIPLIERS, pooled, within_moments
from scoring.agreement.ratings import Matrix, nearly_zero
from scoring.agreement.results import Estimate, undefined

TOO_FEW = "needs at least 2 subjects with a change by the same two readers"


@dataclass(frozen=True, eq=False)
class Set:
    """The subjects read by exactly these k readers in one interval: their moments, 0 for every other subject."""

    k: int
    moments: Matrix


def sdc_of_intervals(
    changes: npt.ArrayLike,
    *,
    readers_averaged: int = 2,
    coverage: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> tuple[tuple[Estimate, ...], Estimate]:
    """The SDC of each interval and their simple mean; `changes` is subjects x intervals x readers, NaN where missing.

    SDC = z s_D / (sqrt(2) sqrt(k)), s_D^2 pooled over the sets of readers by degrees of freedom (as in `reader_pool`;
    with one pair it is the variance of their differences), k the readers whose mean is the result. An interval uses the
    subjects with a change by at least two readers. Limits: percentiles of the bootstrap.

    >>> each, mean = sdc_of_intervals([[[0, 1]], [[2, 2]], [[1, 3]], [[0, 0]], [[4, 2]]])
    >>> round(each[0].value, 4), round(mean.value, 4), each[0].n
    (1.4536, 1.4536, 5)
    """
    cube = np.asarray(changes, dtype=np.float64)
    factor = MULTIPLIERS[coverage] / math.sqrt(2 * readers_averaged)
    sets = [sets_of(cube[:, at]) for at in range(cube.shape[1])]
    name = f"SDC, {coverage:.0%}, mean of {readers_averaged}"
    found = [point(parts, factor, cube[:, at], name) for at, parts in enumerate(sets)]
    if bootstrap is not None:
        return bootstrapped(found, sets, factor, bootstrap)
    return tuple(found), pooled(found, f"{name}, mean over intervals")


def sets_of(layer: Matrix) -> list[Set]:
    """The sets of readers who share at least two subjects."""
    known = np.isfinite(layer)
    patterns = sorted({tuple(row) for row in known.tolist() if sum(row) >= 2}, reverse=True)
    found = []
    for pattern in patterns:
        own = (known == np.array(pattern)).all(axis=1)
        if own.sum() >= 2:
            chosen = np.where(own[:, None], layer, np.nan)[:, np.array(pattern)]
            found.append(Set(sum(pattern), within_moments(chosen)))
    return found


def point(sets: list[Set], factor: float, layer: Matrix, name: str) -> Estimate:
    k = layer.shape[1]
    if not sets:
        return undefined(name, TOO_FEW, int((np.isfinite(layer).sum(axis=1) >= 2).sum()), k)
    n = sum(int(one.moments[:, 0].sum()) for one in sets)
    spread = float(difference_sd(sets, [one.moments.sum(axis=0)[None] for one in sets])[0])
    found = Estimate(name, factor * spread, None, None, n, k, dropped=len(layer) - n)
    if nearly_zero(spread**2, layer[np.isfinite(layer)]):
        return replace(found, value=0.0, reason="no residual error between readers: there is no interval")
    return found


def difference_sd(sets: list[Set], sums: Sequence[Matrix]) -> Matrix:
    """s_D from the sums over subjects of each set, one value a replicate: 2 sum of squares / degrees of freedom."""
    squares, degrees = np.zeros(len(sums[0])), np.zeros(len(sums[0]))
    for one, total in zip(sets, sums, strict=True):
        n = total[:, 0]
        between = (total[:, 1 : one.k + 1] ** 2).sum(axis=1) / np.maximum(n, 1)
        squares += 2 * np.maximum(total[:, one.k + 1] - between, 0)
        degrees += np.maximum(n - 1, 0) * (one.k - 1)
    spread: Matrix = np.sqrt(np.divide(squares, degrees, out=np.full(len(squares), np.nan), where=degrees > 0))
    return spread


def bootstrapped(
    found: list[Estimate], sets: list[list[Set]], factor: float, bootstrap: Bootstrap
) -> tuple[tuple[Estimate, ...], Estimate]:
    """Each interval and the mean from the same resamples of the subjects."""
    mean = pooled(found, f"{found[0].name}, mean over intervals" if found else "SDC")
    parts = [one for interval in sets for one in interval]
    if not parts:
        return tuple(found), mean
    sums = resampled_sums(np.concatenate([one.moments for one in parts], axis=1), bootstrap)
    blocks = iter(np.split(sums, np.cumsum([one.moments.shape[1] for one in parts])[:-1], axis=1))
    samples = [factor * difference_sd(own, [next(blocks) for _ in own]) if own else None for own in sets]
    each = tuple(
        with_bootstrap(one, sample, bootstrap) if sample is not None and one.value else one
        for one, sample in zip(found, samples, strict=True)
    )
    return each, with_bootstrap(mean, np.mean([one for one in samples if one is not None], axis=0), bootstrap)
