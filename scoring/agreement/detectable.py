"""Standard error of measurement, smallest detectable difference and smallest detectable change.

Three separate quantities: SDD of status, SDD of change, and SDC, for the mean of k readers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import gammaincinv

from scoring.agreement.bootstrap import Bootstrap, resampled_sums, with_bootstrap
from scoring.agreement.ratings import Matrix, ratings_of
from scoring.agreement.results import Estimate, undefined
from scoring.agreement.variance import mean_squares

# The multipliers of the published formulas, not the exact normal quantiles.
MULTIPLIERS = {0.95: 1.96, 0.80: 1.28}
CHI_SQUARE = "chi-square distribution of the residual mean square"


def sem(
    values: npt.ArrayLike, *, readers_averaged: int = 1, reader_effect: bool = False, level: float = 0.95
) -> Estimate:
    """Standard error of measurement of one reader, or of the mean of several.

    SEM = sqrt(MSE / k'), MSE the residual mean square of subjects x readers, k' the readers averaged; in points. With
    two readers MSE = s^2 / 2, s the standard deviation of their differences. reader_effect=True uses MSW instead, and
    thereby counts a constant difference between readers as error. Incomplete subjects are left out and counted. The
    interval is that of a variance: MSE v / chi-square(v).

    >>> round(sem([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]).value, 4)
    1.0097
    """
    ratings = ratings_of(values)
    blank = Estimate("SEM", None, None, None, ratings.n, ratings.k, dropped=ratings.dropped, level=level)
    if ratings.reason:
        return replace(blank, reason=ratings.reason)
    if readers_averaged < 1:
        raise ValueError(f"readers averaged: {readers_averaged} was given; allowed: 1 or more")
    squares = mean_squares(ratings.values)
    n, k = squares.n, squares.k
    variance, degrees = (squares.within, n * (k - 1)) if reader_effect else (squares.residual, (n - 1) * (k - 1))
    found = replace(blank, value=math.sqrt(variance / readers_averaged))
    if variance == 0:
        return replace(found, reason="no residual error between readers: there is no interval")
    return found.with_limits(*variance_limits(variance / readers_averaged, degrees, level), CHI_SQUARE)


def variance_limits(variance: float, degrees: int, level: float) -> tuple[float, float]:
    """Limits of the square root of a variance with these degrees of freedom."""
    tail = (1 - level) / 2
    lower, upper = (math.sqrt(variance * degrees / float(2 * gammaincinv(degrees / 2, p))) for p in (1 - tail, tail))
    return lower, upper


def sdd_status(
    values: npt.ArrayLike, *, readers_averaged: int | None = None, coverage: float = 0.95, reader_effect: bool = False
) -> Estimate:
    """Smallest detectable difference of two status scores read unpaired: z s / sqrt(k), s = sqrt(2 MSE); in points."""
    return detectable("SDD of status", values, readers_averaged, coverage, reader_effect, math.sqrt(2))


def sdd_change(
    changes: npt.ArrayLike, *, readers_averaged: int | None = None, coverage: float = 0.95, reader_effect: bool = False
) -> Estimate:
    """Smallest detectable difference between two change scores: z s_D / sqrt(k), s_D from changes; in points."""
    return detectable("SDD of change", changes, readers_averaged, coverage, reader_effect, math.sqrt(2))


def sdc(
    changes: npt.ArrayLike, *, readers_averaged: int | None = None, coverage: float = 0.95, reader_effect: bool = False
) -> Estimate:
    """Smallest detectable change of one patient, films read paired; in points.

    SDC = z s_D / (sqrt(2) sqrt(k)) = z SEM of change / sqrt(k); z = 1.96 for 95 % and 1.28 for 80 %; s_D the standard
    deviation of the difference of the readers' changes (more than two readers: s_D^2 / 2 is the residual mean square);
    k the readers whose mean is analysed, by default all. Two readers: 0.98 s_D. `changes` is subjects x readers.
    Bruynesteyn K et al., Ann Rheum Dis 2005;64:179 (abstract read; the formula is from general knowledge).

    >>> changes = [[0, 1], [2, 2], [1, 3], [0, 0], [4, 2]]
    >>> differences = [first - second for first, second in changes]
    >>> math.isclose(sdc(changes).value, 0.98 * float(np.std(differences, ddof=1)))
    True
    """
    return detectable("SDC", changes, readers_averaged, coverage, reader_effect, 1.0)


def detectable(
    name: str, values: npt.ArrayLike, averaged: int | None, coverage: float, reader_effect: bool, factor: float
) -> Estimate:
    if coverage not in MULTIPLIERS:
        raise ValueError(f"coverage: {coverage!r} was given; allowed: 0.95, 0.8")
    error = sem(values, reader_effect=reader_effect)
    k = error.k if averaged is None else averaged
    return error.scaled(MULTIPLIERS[coverage] * factor / math.sqrt(max(k, 1)), f"{name}, {coverage:.0%}, mean of {k}")


def pooled(estimates: Sequence[Estimate], name: str) -> Estimate:
    """The simple mean over intervals (or visits), as in Navarro-Compan 2014; those undefined are left out and named."""
    known = [found for found in estimates if found.value is not None]
    if not known:
        return undefined(name, estimates[0].reason if estimates else "no interval", 0, 0)
    value = sum(found.value for found in known if found.value is not None) / len(known)
    lost = len(estimates) - len(known)
    reason = f"{lost} of {len(estimates)} intervals left out: no value" if lost else ""
    return Estimate(name, value, None, None, max(f.n for f in known), max(f.k for f in known), reason=reason)


def sdc_pooled(
    changes: npt.ArrayLike,
    *,
    readers_averaged: int | None = None,
    coverage: float = 0.95,
    bootstrap: Bootstrap | None = None,
) -> Estimate:
    """Mean of the interval SDCs: `changes` is subjects x intervals x readers.

    Intervals share subjects, so there is no closed form for the limits: subjects are resampled whole.
    """
    cube = np.asarray(changes, dtype=np.float64)
    if cube.ndim != 3:
        raise ValueError(f"changes: {cube.ndim} axes were given; allowed: subjects x intervals x readers")
    each = [sdc(cube[:, at], readers_averaged=readers_averaged, coverage=coverage) for at in range(cube.shape[1])]
    found = pooled(each, f"SDC pooled, {coverage:.0%}")
    if found.value is None or bootstrap is None:
        return found
    cube = cube[:, [at for at, known in enumerate(each) if known.value is not None]]
    k = cube.shape[2]
    factor = MULTIPLIERS[coverage] / math.sqrt(readers_averaged or k)
    moments = [within_moments(cube[:, at]) for at in range(cube.shape[1])]
    sums = resampled_sums(np.concatenate(moments, axis=1), bootstrap)
    parts = [root_residual(sums[:, at * (k + 2) : (at + 1) * (k + 2)], k) for at in range(cube.shape[1])]
    return with_bootstrap(found, factor * np.mean(parts, axis=0), bootstrap)


def within_moments(values: Matrix) -> Matrix:
    """Per subject: 1, each reader's value minus the subject's mean, and their sum of squares; 0 if incomplete."""
    known = np.isfinite(values.sum(axis=1))
    rest = np.where(known[:, None], values - values.mean(axis=1, keepdims=True), 0.0)
    return np.column_stack([known.astype(np.float64), rest, (rest**2).sum(axis=1)])


def root_residual(sums: Matrix, k: int) -> Matrix:
    """sqrt(MSE) of resamples: (sum of squares within subjects - n sum of reader means squared) / ((n-1)(k-1))."""
    n = sums[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (sums[:, 1 : k + 1] ** 2).sum(axis=1) / n
        root: Matrix = np.sqrt(np.maximum(sums[:, k + 1] - between, 0) / ((n - 1) * (k - 1)))
    return root
