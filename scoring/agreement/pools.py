"""Reader pools: each subject read by two or more of several readers; reader labels do not matter."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import fdtri

from scoring.agreement.bootstrap import Bootstrap, bootstrapped
from scoring.agreement.detectable import CHI_SQUARE, MULTIPLIERS, variance_limits
from scoring.agreement.ratings import BEYOND, Matrix, beyond, beyond_in_words, matrix_of, nearly_zero
from scoring.agreement.results import Estimate
from scoring.agreement.variance import mean_squares


@dataclass(frozen=True)
class ReaderSet:
    """The subjects read by exactly these readers: standard deviation of a difference of two of them."""

    readers: tuple[Hashable, ...]
    n: int
    difference_sd: float | None
    degrees: int
    reason: str


@dataclass(frozen=True)
class Pool:
    """Within-set differences pooled by degrees of freedom, the one-way ICC of all subjects, and each set's result."""

    difference_sd: Estimate
    icc: Estimate
    sets: tuple[ReaderSet, ...]


def reader_pool(
    subjects: Sequence[Hashable],
    readers: Sequence[Hashable],
    values: Sequence[float],
    *,
    bootstrap: Bootstrap | None = None,
) -> Pool:
    """Agreement when pairs (or larger sets) are drawn from a pool.

    s_D^2 = sum over sets of v_p s_p^2 / sum of v_p, v_p = (n_p - 1)(k_p - 1), s_p^2 = 2 MSE of the set. A constant
    difference within a set is not counted, as in the limits of agreement. Missing values are left out.

    >>> pool = reader_pool("aabbccdd", "1212" "1313", [1, 2, 3, 3, 5, 5, 4, 6])
    >>> round(pool.difference_sd.value, 4), [found.n for found in pool.sets]
    (1.118, [2, 2])
    """
    matrix, _, names = matrix_of(subjects, readers, values)
    infinite = beyond(matrix)
    if infinite:
        blank = Estimate("", None, None, None, len(matrix), len(names), reason=beyond_in_words(infinite))
        return Pool(replace(blank, name="SD of differences"), replace(blank, name="ICC(1,1)"), ())
    sets = reader_sets(matrix, names)
    return Pool(pooled_sd(sets, len(names)), one_way_icc(matrix, bootstrap=bootstrap), sets)


def reader_sets(matrix: Matrix, names: tuple[Hashable, ...]) -> tuple[ReaderSet, ...]:
    present = ~np.isnan(matrix)
    patterns = sorted({tuple(row) for row in present.tolist() if sum(row) >= 2}, reverse=True)
    return tuple(reader_set(matrix, present, pattern, names) for pattern in patterns)


def reader_set(
    matrix: Matrix, present: npt.NDArray[np.bool_], pattern: tuple[bool, ...], names: tuple[Hashable, ...]
) -> ReaderSet:
    chosen = matrix[(present == np.array(pattern)).all(axis=1)][:, np.array(pattern)]
    readers = tuple(name for name, there in zip(names, pattern, strict=True) if there)
    n, k = chosen.shape
    if n < 2:
        return ReaderSet(readers, n, None, 0, "needs at least 2 subjects")
    return ReaderSet(readers, n, math.sqrt(2 * mean_squares(chosen).residual), (n - 1) * (k - 1), "")


def pooled_sd(sets: tuple[ReaderSet, ...], k: int) -> Estimate:
    degrees = sum(found.degrees for found in sets)
    blank = Estimate("SD of differences", None, None, None, sum(found.n for found in sets), k)
    if not degrees:
        return replace(blank, reason="no set of readers shares at least 2 subjects")
    variance = (
        sum(found.degrees * found.difference_sd**2 for found in sets if found.difference_sd is not None) / degrees
    )
    found = replace(blank, value=math.sqrt(variance))
    if variance == 0:
        return replace(found, reason="no residual error between readers: there is no interval")
    return found.with_limits(*variance_limits(variance, degrees, blank.level), CHI_SQUARE)


def sdc_of_pool(difference_sd: Estimate, *, readers_averaged: int = 2, coverage: float = 0.95) -> Estimate:
    """Smallest detectable change from the pooled s_D of change scores: z s_D / (sqrt(2) sqrt(k))."""
    factor = MULTIPLIERS[coverage] / math.sqrt(2 * readers_averaged)
    return difference_sd.scaled(factor, f"SDC, {coverage:.0%}, mean of {readers_averaged}")


def one_way_icc(values: npt.ArrayLike, *, level: float = 0.95, bootstrap: Bootstrap | None = None) -> Estimate:
    """ICC(1,1) of subjects x readers with any cells missing; the identity of readers does not matter.

    (MSB - MSW) / (MSB + (k0 - 1) MSW), k0 = (N - sum k_i^2 / N) / (n - 1). With equal k_i the interval is exact (F
    distribution); otherwise it has no closed form and is bootstrapped. Subjects with one value are left out, counted.
    """
    matrix = np.asarray(values, dtype=np.float64)
    n, k = matrix.shape if matrix.ndim == 2 else (0, 0)
    blank = Estimate("ICC(1,1)", None, None, None, n, k, level=level)
    if matrix.ndim != 2 or beyond(matrix):
        return replace(blank, reason=f"needs subjects x readers, no value {BEYOND}")
    features = subject_sums(matrix)
    n = len(features)
    blank = replace(blank, n=n, dropped=len(matrix) - n)
    if n < 2:
        return replace(blank, reason=f"needs at least 2 subjects with 2 values; found {n}")
    between, within, k0 = (float(part[0]) for part in one_way(features.sum(axis=0)[None]))
    if nearly_zero(between, matrix[~np.isnan(matrix)]):
        return replace(blank, reason="no variance between subjects")
    found = replace(blank, value=(between - within) / (between + (k0 - 1) * within))
    if nearly_zero(within, matrix[~np.isnan(matrix)]):
        return replace(found, value=1.0, reason="no residual error between readers: there is no interval")
    if len(set(features[:, 0])) == 1:
        return exact_limits(found, between / within, int(features[0, 0]))
    return bootstrapped(found, features, one_way_ratio, bootstrap)


def subject_sums(matrix: Matrix) -> Matrix:
    """Per subject with two values or more, centred: k_i, sum, k_i squared, sum squared / k_i, sum of squares, 1."""
    counts = (~np.isnan(matrix)).sum(axis=1)
    chosen = matrix[counts >= 2]
    k = counts[counts >= 2].astype(np.float64)
    centred = np.nan_to_num(chosen - (np.nanmean(np.sort(chosen, axis=None)) if chosen.size else 0.0))
    total = centred.sum(axis=1)
    sums = np.column_stack([k, total, k**2, total**2 / k, (centred**2).sum(axis=1), np.ones(len(k))])
    return sums[np.lexsort(sums.T)]


def one_way(sums: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    cells, total, squared_k, between, squares, n = sums.T
    above = (between - total**2 / cells) / (n - 1)
    return above, (squares - between) / (cells - n), (cells - squared_k / cells) / (n - 1)


def one_way_ratio(sums: Matrix) -> Matrix:
    between, within, k0 = one_way(sums)
    return (between - within) / (between + (k0 - 1) * within)


def exact_limits(found: Estimate, ratio: float, k: int) -> Estimate:
    above, below = found.n - 1, found.n * (k - 1)
    tail = (1 + found.level) / 2
    lower, upper = (
        ratio / float(fdtri(above, below, tail)),
        ratio * float(fdtri(below, above, tail)),
    )
    return found.with_limits((lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1), "F distribution")
