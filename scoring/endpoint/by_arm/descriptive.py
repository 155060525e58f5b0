"""Summaries of one arm: mean with its interval, spread, quartiles, shares, and cumulative probability of changes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from scoring.endpoint.by_arm.linear import LEVEL, Effect, Matrix, t_quantile

Z = float(ndtri((1 + LEVEL) / 2))


@dataclass(frozen=True)
class Summary:
    """n, mean with its t interval, SD (n - 1), quartiles and range; what needs more subjects than there are is None."""

    n: int
    mean: float | None = None
    lower: float | None = None
    upper: float | None = None
    sd: float | None = None
    minimum: float | None = None
    q1: float | None = None
    median: float | None = None
    q3: float | None = None
    maximum: float | None = None


def summary(values: Matrix) -> Summary:
    """Quartiles by linear interpolation between order statistics (R type 7, numpy's default).

    >>> found = summary(np.array([0.0, 1, 2, 3, 10]))
    >>> found.mean, found.q1, found.median, found.q3, round(found.sd, 4)
    (3.2, 1.0, 2.0, 3.0, 3.9623)
    """
    n = len(values)
    if not n:
        return Summary(0)
    least, q1, median, q3, most = (float(one) for one in np.quantile(values, [0, 0.25, 0.5, 0.75, 1]))
    mean = float(values.mean())
    if n == 1:
        return Summary(1, mean, None, None, None, least, q1, median, q3, most)
    sd = float(values.std(ddof=1))
    half = t_quantile(n - 1) * sd / math.sqrt(n)
    return Summary(n, mean, mean - half, mean + half, sd, least, q1, median, q3, most)


def share(events: int, n: int) -> Effect:
    """A share with Wilson's score interval (Wilson 1927, JASA 22:209).

    >>> found = share(81, 263)
    >>> round(found.lower, 4), round(found.upper, 4)
    (0.2553, 0.3662)
    """
    if not n:
        return Effect(reason="no subject has a value")
    p, square = events / n, Z * Z
    middle = (p + square / (2 * n)) / (1 + square / n)
    half = Z * math.sqrt(p * (1 - p) / n + square / (4 * n * n)) / (1 + square / n)
    lower = 0.0 if not events else middle - half
    upper = 1.0 if events == n else middle + half
    return Effect(p, None, None, lower, upper)


def cumulative(changes: Matrix) -> tuple[Matrix, Matrix]:
    """The cumulative probability of changes: percent (rank - 0.5) / n and the changes in ascending order.

    Reference: Landewe and van der Heijde (2004), Arthritis Rheum 50:699; plotting position of Hazen.

    >>> percent, ordered = cumulative(np.array([3.0, -1, 0, 0]))
    >>> percent.tolist(), ordered.tolist()
    ([12.5, 37.5, 62.5, 87.5], [-1.0, 0.0, 0.0, 3.0])
    """
    ordered: Matrix = np.sort(changes)
    percent: Matrix = 100 * (np.arange(1, len(ordered) + 1) - 0.5) / max(len(ordered), 1)
    return percent, ordered
