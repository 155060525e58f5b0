"""Lin's concordance correlation coefficient of two readers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from scoring.agreement.ratings import nearly_zero, ratings_of
from scoring.agreement.results import Estimate


def ccc(first: npt.ArrayLike, second: npt.ArrayLike, *, sample_moments: bool = False, level: float = 0.95) -> Estimate:
    """2 s_xy / (s_x^2 + s_y^2 + (m_x - m_y)^2), range -1 to 1; pairs with a missing value are left out and counted.

    Moments divide by n as in Lin 1989; sample_moments=True divides by n - 1. Interval: Fisher's z with Lin's variance
    as corrected in 2000. Undefined when both readers are constant and equal.
    Lin LI, Biometrics 1989;45:255, doi:10.2307/2532051; correction Biometrics 2000;56:324.

    >>> round(ccc([1, 2, 3, 4], [1, 3, 3, 5]).value, 4)
    0.8571
    """
    ratings = ratings_of(np.column_stack([np.ravel(first), np.ravel(second)]))
    blank = Estimate("CCC", None, None, None, ratings.n, 2, reason=ratings.reason, dropped=ratings.dropped, level=level)
    if ratings.reason:
        return blank
    x, y = ratings.values[np.lexsort(ratings.values.T)].T
    n = ratings.n
    divisor = n - 1 if sample_moments else n
    x_shift, y_shift = x - x.mean(), y - y.mean()
    variances = float((x_shift**2).sum()) / divisor, float((y_shift**2).sum()) / divisor
    covariance = float((x_shift * y_shift).sum()) / divisor
    shift = float(x.mean() - y.mean())
    spread = sum(variances) + shift**2
    if nearly_zero(spread, ratings.values):
        return replace(blank, reason="neither reader varies and they do not differ")
    return with_limits(replace(blank, value=2 * covariance / spread), variances, covariance, shift)


def with_limits(found: Estimate, variances: tuple[float, float], covariance: float, shift: float) -> Estimate:
    """atanh(c) -+ q sqrt(v / (n - 2)), r the correlation, u the shift over the square root of the two SDs' product, and

    v = (1-r^2) c^2 / ((1-c^2) r^2) + 2 c^3 (1-c) u^2 / (r (1-c^2)^2) - c^4 u^4 / (2 r^2 (1-c^2)^2)
    """
    c = found.value
    if c is None or found.n < 3:
        return replace(found, reason="needs at least 3 subjects for an interval")
    scale = math.sqrt(variances[0]) * math.sqrt(variances[1])
    if scale == 0 or covariance == 0:
        return replace(found, reason="the readers do not vary together: there is no interval")
    r, u = covariance / scale, shift / math.sqrt(scale)
    if 1 - c**2 < 1e-12:
        exactly = "agree exactly" if c > 0 else "are exactly opposite"
        return replace(found, reason=f"the readers {exactly}: there is no interval")
    rest = 1 - c**2
    terms = (
        (1 - r**2) * c**2 / (rest * r**2)
        + 2 * c**3 * (1 - c) * u**2 / (r * rest**2)
        - c**4 * u**4 / (2 * r**2 * rest**2)
    )
    if terms < 0:
        return replace(found, reason="the variance formula gives no interval")
    reach = float(ndtri((1 + found.level) / 2)) * math.sqrt(terms / (found.n - 2))
    centre = math.atanh(c)
    return found.with_limits(
        math.tanh(centre - reach), math.tanh(centre + reach), "Fisher's z, variance of Lin 1989 and 2000"
    )
