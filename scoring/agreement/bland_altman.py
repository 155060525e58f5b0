"""Limits of agreement of two readers (Bland and Altman 1986), their intervals, and a test of proportional bias."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtr, stdtrit

from scoring.agreement.ratings import Matrix, nearly_zero, ratings_of
from scoring.agreement.results import Estimate

LIMITS = ("lower limit", "upper limit")
SLOPE = "slope of difference on mean"
T_DISTRIBUTION = "t distribution, n - 1 degrees of freedom"


@dataclass(frozen=True)
class BlandAltman:
    """Bias, standard deviation of the differences, both limits, and the slope of difference on mean."""

    bias: Estimate
    sd: Estimate
    lower_limit: Estimate
    upper_limit: Estimate
    slope: Estimate
    slope_p: float | None


def bland_altman(first: npt.ArrayLike, second: npt.ArrayLike, *, level: float = 0.95) -> BlandAltman:
    """Differences first - second, in points; pairs with a missing value are left out and counted.

    bias = mean d; limits = bias -+ z s, s the standard deviation of d (n - 1), z the normal quantile of the level.
    Standard errors: bias s/sqrt(n), a limit sqrt(3 s^2/n) (approximate), both with t of n - 1 degrees of freedom.
    Proportional bias: slope of d on the mean of the pair by least squares, t test with n - 2 degrees of freedom.
    Bland JM, Altman DG, Lancet 1986;i:307, doi:10.1016/S0140-6736(86)90837-8.

    >>> found = bland_altman([1, 2, 3, 4], [1, 3, 3, 5])
    >>> found.bias.value, round(found.lower_limit.value, 4), round(found.upper_limit.value, 4)
    (-0.5, -1.6316, 0.6316)
    """
    ratings = ratings_of(np.column_stack([np.ravel(first), np.ravel(second)]))
    blank = Estimate(
        "bias", None, None, None, ratings.n, 2, reason=ratings.reason, dropped=ratings.dropped, level=level
    )
    if ratings.reason:
        sd, lower, upper, slope = (replace(blank, name=name) for name in ("SD of differences", *LIMITS, SLOPE))
        return BlandAltman(blank, sd, lower, upper, slope, None)
    return agreement(ratings.values, blank)


def agreement(pairs: Matrix, blank: Estimate) -> BlandAltman:
    differences = np.sort(pairs[:, 0] - pairs[:, 1])
    n, bias = len(differences), float(differences.mean())
    variance = float(differences.var(ddof=1))
    sd = 0.0 if nearly_zero(variance, pairs) else math.sqrt(variance)
    z = float(ndtri((1 + blank.level) / 2))
    error, limit_error = sd / math.sqrt(n), math.sqrt(3 * sd**2 / n)
    slope, p = fit_slope(pairs, blank)
    return BlandAltman(
        around(replace(blank, value=bias), error),
        replace(blank, name="SD of differences", value=sd),
        around(replace(blank, name=LIMITS[0], value=bias - z * sd), limit_error),
        around(replace(blank, name=LIMITS[1], value=bias + z * sd), limit_error),
        slope,
        p,
    )


def around(found: Estimate, error: float) -> Estimate:
    if found.value is None:
        return found
    if error == 0:
        return replace(found, reason="the differences do not vary: there is no interval")
    reach = float(stdtrit(found.n - 1, (1 + found.level) / 2)) * error
    return found.with_limits(found.value - reach, found.value + reach, T_DISTRIBUTION)


def fit_slope(pairs: Matrix, blank: Estimate) -> tuple[Estimate, float | None]:
    """Least squares of difference on mean."""
    pairs = pairs[np.lexsort(pairs.T)]
    means, differences = pairs.mean(axis=1), pairs[:, 0] - pairs[:, 1]
    found = replace(blank, name=SLOPE)
    if len(means) < 3:
        return replace(found, reason="needs at least 3 subjects"), None
    if nearly_zero(float(means.var()), pairs):
        return replace(found, reason="the means do not vary"), None
    if nearly_zero(float(differences.var()), pairs):
        return replace(found, value=0.0, reason="the differences do not vary: there is no interval"), None
    return fit(means - means.mean(), differences - differences.mean(), found)


def fit(x: Matrix, y: Matrix, found: Estimate) -> tuple[Estimate, float | None]:
    """Slope sum xy / sum xx of centred values, its standard error sqrt(residual / (n-2) / sum xx), and its t test."""
    slope = float((x * y).sum() / (x * x).sum())
    found = replace(found, value=slope)
    rest = y - slope * x
    if nearly_zero(float(rest.var()), np.stack([x, y])):
        return replace(found, reason="the differences are on one line: there is no interval"), None
    error = math.sqrt(float((rest * rest).sum()) / (len(x) - 2)) / math.sqrt(float((x * x).sum()))
    reach = float(stdtrit(len(x) - 2, (1 + found.level) / 2)) * error
    p = 2 * float(stdtr(len(x) - 2, -abs(slope) / error))
    return found.with_limits(slope - reach, slope + reach, "t distribution, n - 2 degrees of freedom"), p
