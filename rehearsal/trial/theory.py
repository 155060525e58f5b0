"""Theoretical values for a design with plain readers: spread of changes, SDC, ICC, adjudication, extrapolation.

They are computed from the planted distributions alone, without simulated reads.
"""

from __future__ import annotations

import math
from functools import reduce

import numpy as np
from scipy.special import gammaincinv
from scipy.stats import poisson

from rehearsal.trial.courses import Numbers
from rehearsal.trial.design import Arm, Design, DesignVisit
from rehearsal.trial.reading import PER_SDC, film_variances

GRID = 20_000
REACH = 40


def true_moments(design: Design, arm: Arm, code: str) -> tuple[float, float]:
    """Mean and variance of the true change of an arm.

    X = 0 with chance 1 - p, else 1 + floor(m L + U), m = mean / p - 1, L gamma with mean 1 and the planted coefficient
    of variation, U uniform: E X = mean; E[floor(y + U)^2] = y^2 + f (1 - f), f the fraction of y.
    """
    p, mean = arm.progressors, arm.change[code]
    shape = 1 / design.unevenness**2
    extra = (mean / p - 1) * gammaincinv(shape, (np.arange(GRID) + 0.5) / GRID) / shape
    fraction = extra % 1
    square = 1 + 2 * extra.mean() + (extra**2 + fraction * (1 - fraction)).mean()
    return mean, float(p * square - mean**2)


def error_variance(visit: DesignVisit) -> float:
    """The variance of one reader's error of a change: SDC^2 / (2 x 0.98^2)."""
    return (visit.sdc / PER_SDC) ** 2 / 2


def spread(design: Design, arm: Arm, visit: DesignVisit, readers: int = 2) -> float:
    """The SD of the analysed change: true variance plus the error of the mean of this number of readers."""
    return math.sqrt(true_moments(design, arm, visit.code)[1] + error_variance(visit) / readers)


def overall_variance(design: Design, code: str) -> float:
    """The variance of the true change over all arms together."""
    weights = np.array([arm.weight for arm in design.arms]) / sum(arm.weight for arm in design.arms)
    means, variances = np.array([true_moments(design, arm, code) for arm in design.arms]).T
    return float(weights @ (variances + means**2) - (weights @ means) ** 2)


def icc_of_change(design: Design, visit: DesignVisit) -> float:
    """ICC(2,1) = true variance / (true variance + error variance of one reader)."""
    true = overall_variance(design, visit.code)
    return true / (true + error_variance(visit))


def share_above(design: Design, threshold: float) -> float:
    """The share of cases whose two readers differ by more than the threshold on any pair of films.

    The readers' difference on a film is Skellam distributed, its range over the films exceeds the threshold with
    1 - sum over m of [prod P(m <= d <= m + t) - prod P(m + 1 <= d <= m + t)]. Poor films are a mixture.
    """
    films = [difference_pmf(design, variance) for variance in film_variances(design)[:-1]]
    width, size = math.floor(threshold), 2 * REACH + 1
    inside = 0.0
    for low in range(size):
        whole = reduce(lambda product, pmf: product * pmf[low : low + width + 1].sum(), films, 1.0)
        above = reduce(lambda product, pmf: product * pmf[low + 1 : low + width + 1].sum(), films, 1.0)
        inside += whole - above
    return float(max(0.0, 1 - inside))


def difference_pmf(design: Design, variance: float) -> Numbers:
    """The distribution of the difference of two readers' errors on one film, from -REACH to REACH."""
    readers = design.readers
    usual = 1 / (1 + readers.poor_films * (readers.poor_factor - 1))
    good = skellam(variance * usual)
    return np.asarray(
        (1 - readers.poor_films) * good + readers.poor_films * skellam(variance * usual * readers.poor_factor)
    )


def skellam(rate: float) -> Numbers:
    """The difference of two Poisson numbers of the same rate, by convolution."""
    one = poisson.pmf(np.arange(REACH + 1), rate)
    return np.asarray(np.convolve(one, one[::-1]))


def extrapolated_mean(design: Design, arm: Arm, place: int) -> float:
    """The mean at a visit when subjects with an earlier event keep the slope up to the event.

    With linear growth to the first visit, a rescue at or before it returns the first visit's rate; a switch is
    treated in the same way. Films that do not arrive are not counted.
    """
    visit, mean = design.visits[place], arm.change[design.visits[place].code]
    lost = [(1.0, arm.switch_week)] if arm.switch_week else []
    lost = [(arm.rescued, arm.rescue_week), *((share * (1 - arm.rescued), week) for share, week in lost)]
    for share, week in lost:
        if week < visit.week:
            mean += share * (slope_until(design, arm, week) * visit.week - arm.change[visit.code])
    return mean


def slope_until(design: Design, arm: Arm, week: int) -> float:
    """Mean points per week from the baseline to a week, linear between visits."""
    knots = [0, *(visit.week for visit in design.visits)]
    means = [0.0, *(arm.change[visit.code] for visit in design.visits)]
    return float(np.interp(week, knots, means)) / week
