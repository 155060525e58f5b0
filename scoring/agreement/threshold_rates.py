"""How often readers differ by more than each of several thresholds, with Wilson's interval over the cases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from scoring.agreement.ratings import Matrix

LEVEL = 0.95
INTERVAL = "Wilson"


@dataclass(frozen=True, eq=False)
class ThresholdRates:
    """A row for each threshold: the number of cases above it, their share of `n` cases from 0 to 1, its limits."""

    thresholds: Matrix
    cases: Matrix
    rate: Matrix
    lower: Matrix
    upper: Matrix
    n: int


def rates_at(
    thresholds: npt.ArrayLike, case: npt.ArrayLike, largest: npt.ArrayLike, always: npt.ArrayLike
) -> ThresholdRates:
    """The rates from one row for each pair of reads: its case, its largest difference (NaN for none comparable), and
    whether it counts at every threshold. A pair counts if it is strictly above a threshold.

    A case counts as the share of its pairs that do, so that every case has the same weight however many people read it.

    >>> found = rates_at([0, 4, 5], [7, 8, 8], [5.0, 1.0, 9.0], [False, False, False])
    >>> found.rate.tolist(), found.n
    ([1.0, 0.75, 0.25], 2)
    """
    limits = np.asarray(thresholds, dtype=np.float64)
    counts = np.asarray(largest, dtype=np.float64)[:, None] > limits
    counts |= np.asarray(always, dtype=np.bool_)[:, None]
    known, row = np.unique(np.asarray(case), return_inverse=True)
    above = np.zeros((len(known), len(limits)))
    np.add.at(above, row, counts)
    cases = (above / np.bincount(row, minlength=len(known))[:, None]).sum(axis=0)
    n = len(known)
    rate = cases / n if n else np.full(len(limits), np.nan)
    return ThresholdRates(limits, cases, rate, *wilson(rate, n), n)


def wilson(share: Matrix, n: int) -> tuple[Matrix, Matrix]:
    """Wilson's score interval of shares of n (Wilson 1927, JASA 22:209); NaN without cases.

    >>> lower, upper = wilson(np.array([81 / 263]), 263)
    >>> round(float(lower[0]), 4), round(float(upper[0]), 4)
    (0.2553, 0.3662)
    """
    if not n:
        return np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    z = float(stats.norm.ppf((1 + LEVEL) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.where(share == 0, 0.0, middle - half), np.where(share == 1, 1.0, middle + half)
