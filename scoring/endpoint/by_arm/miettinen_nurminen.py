"""The difference of two shares by Miettinen and Nurminen's score method, stratified."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from scoring.endpoint.by_arm.linear import LEVEL, Effect, Matrix

Z = float(ndtri((1 + LEVEL) / 2))
EDGE = 1e-12
HALVINGS = 60


def difference_of_shares(counts: npt.ArrayLike) -> Effect:
    """Share 1 minus share 0 over strata; `counts` has a row (events 1, n 1, events 0, n 0) for each stratum.

    d = sum w_j (p1_j - p0_j) / sum w_j, w_j = n1_j n0_j / (n1_j + n0_j). The limits are the D at which
    |d - D| / sqrt(sum (w_j / sum w)^2 V_j(D)) = 1.96, V_j(D) = [p1(1 - p1)/n1 + p0(1 - p0)/n0] N_j/(N_j - 1) at the
    maximum-likelihood shares whose difference is D; p tests D = 0. Strata without one of the arms have no weight.
    Reference: Miettinen and Nurminen (1985), Stat Med 4:213, doi:10.1002/sim.4780040211.

    >>> found = difference_of_shares([[56, 70, 48, 80]])
    >>> round(found.estimate, 4), round(found.lower, 4), round(found.upper, 4)
    (0.2, 0.0528, 0.3382)
    """
    table = np.atleast_2d(np.asarray(counts, dtype=np.float64))
    table = table[(table[:, 1] > 0) & (table[:, 3] > 0)]
    if not len(table):
        return Effect(reason="no stratum has subjects of both arms")
    x1, n1, x0, n0 = table.T
    weights = n1 * n0 / (n1 + n0)
    weights = weights / weights.sum()
    found = float(weights @ (x1 / n1 - x0 / n0))

    def score(difference: float) -> float:
        variance = float(weights**2 @ variances(table, difference))
        distance = found - difference
        if variance <= 0:
            return 0.0 if abs(distance) < 2 * EDGE else math.copysign(math.inf, distance)
        return distance / math.sqrt(variance)

    p = 2 * float(ndtr(-abs(score(0.0))))
    return Effect(found, None, None, limit(score, found, Z), limit(score, found, -Z), p)


def limit(score: Callable[[float], float], found: float, z: float) -> float:
    """The difference whose score is z: below the estimate for a positive z, above it for a negative one."""
    side = -1.0 if z > 0 else 1.0
    near, far = found + side * EDGE, side * (1 - EDGE)
    if (far - near) * side <= 0 or abs(score(far)) < abs(z):
        return side
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        near, far = (middle, far) if abs(score(middle)) < abs(z) else (near, middle)
    return far


def variances(table: Matrix, difference: float) -> Matrix:
    """V_j at a difference, one for each stratum."""
    _, n1, _, n0 = table.T
    p0 = restricted_share(table, difference)
    p1 = p0 + difference
    total = n1 + n0
    found: Matrix = (p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0) * total / (total - 1)
    return found


def restricted_share(table: Matrix, difference: float) -> Matrix:
    """The maximum-likelihood share of arm 0 when arm 1 has it plus the difference: the cubic's root in closed form."""
    x1, n1, x0, n0 = table.T
    total, events = n1 + n0, x1 + x0
    l2 = (n1 + 2 * n0) * difference - total - events
    l1 = (n0 * difference - total - 2 * x0) * difference + events
    l0 = x0 * difference * (1 - difference)
    third = l2 / (3 * total)
    q = third**3 - l1 * l2 / (6 * total**2) + l0 / (2 * total)
    size = np.sqrt(np.maximum(third**2 - l1 / (3 * total), 0)) * np.where(q < 0, -1.0, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(size == 0, 0.0, q / size**3)
    angle = (math.pi + np.arccos(np.clip(ratio, -1, 1))) / 3
    found: Matrix = np.clip(2 * size * np.cos(angle) - third, max(0.0, -difference), min(1.0, 1 - difference))
    return found
