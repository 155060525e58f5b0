"""Intraclass correlation in the six forms of Shrout and Fleiss (1979), with F-based intervals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy.typing as npt
from scipy.special import fdtrc, fdtri

from scoring.agreement.ratings import ratings_of
from scoring.agreement.results import Estimate
from scoring.agreement.variance import MeanSquares, mean_squares

MODELS = (1, 2, 3)
EXACT = "F distribution (Shrout and Fleiss 1979)"
ABSOLUTE = "F distribution (McGraw and Wong 1996)"
ConfidenceLimits = tuple[float, float]


@dataclass(frozen=True)
class Icc:
    """One form: ICC(model,1) for a single reader, ICC(model,k) for the mean of k, with its F test against 0.

    interval_degrees: denominator degrees of freedom of the interval; for model 2 Satterthwaite's, rarely whole.
    """

    model: int
    readers_averaged: int
    estimate: Estimate
    f: float | None
    p: float | None
    interval_degrees: float | None

    @property
    def form(self) -> str:
        return f"ICC({self.model},{self.readers_averaged})"


def icc(values: npt.ArrayLike, model: int, *, mean_of_readers: bool = False, level: float = 0.95) -> Icc:
    """One form for a table of n subjects x k readers (NaN: missing; subjects not complete are left out and counted).

    ICC(1,1) = (MSR - MSW) / (MSR + (k-1) MSW)                          any readers, interchangeable
    ICC(2,1) = (MSR - MSE) / (MSR + (k-1) MSE + k (MSC - MSE)/n)        readers a sample, absolute agreement
    ICC(3,1) = (MSR - MSE) / (MSR + (k-1) MSE)                          these readers only, consistency
    The forms for the mean of k follow by Spearman-Brown. Range up to 1; negative estimates are kept. No variance
    between subjects leaves it undefined.
    Shrout PE, Fleiss JL, Psychol Bull 1979;86:420, doi:10.1037/0033-2909.86.2.420;
    McGraw KO, Wong SP, Psychol Methods 1996;1:30, doi:10.1037/1082-989X.1.1.30.

    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> found = icc(judges, 2).estimate
    >>> round(found.value, 4), round(found.lower, 4), round(found.upper, 4)
    (0.2898, 0.0188, 0.7611)
    """
    if model not in MODELS:
        raise ValueError(f"model: {model!r} was given; allowed: 1, 2, 3")
    ratings = ratings_of(values)
    averaged = ratings.k if mean_of_readers else 1
    blank = Estimate(
        f"ICC({model},{averaged})",
        None,
        None,
        None,
        ratings.n,
        ratings.k,
        ratings.reason,
        level=level,
        dropped=ratings.dropped,
    )
    if ratings.reason:
        return Icc(model, averaged, blank, None, None, None)
    squares = mean_squares(ratings.values)
    found = with_limits(point(squares, model, averaged, blank), squares, model, averaged)
    return Icc(model, averaged, found, *f_test(squares, model), interval_degrees_of(squares, model))


def icc_all(values: npt.ArrayLike, *, level: float = 0.95) -> tuple[Icc, ...]:
    """All six forms, single readers first."""
    return tuple(icc(values, model, mean_of_readers=mean, level=level) for mean in (False, True) for model in MODELS)


def point(squares: MeanSquares, model: int, averaged: int, blank: Estimate) -> Estimate:
    if squares.subjects == 0:
        return replace(blank, reason="no variance between subjects")
    spread = spread_of(squares, model, squares.k / averaged)
    if spread <= 0:
        return replace(blank, reason="the variance components add up to zero")
    return replace(blank, value=(squares.subjects - error_of(squares, model)) / spread)


def spread_of(squares: MeanSquares, model: int, a: float) -> float:
    """The denominator, a = k for one reader and 1 for the mean of k: MSR + (a-1) MSE, and a (MSC - MSE)/n in model 2.

    The terms in MSE are combined first, so that for one reader nothing is subtracted.
    """
    error = error_of(squares, model)
    if model != 2:
        return squares.subjects + (a - 1) * error
    return squares.subjects + (a - 1 - a / squares.n) * error + a / squares.n * squares.readers


def error_of(squares: MeanSquares, model: int) -> float:
    return squares.within if model == 1 else squares.residual


def with_limits(found: Estimate, squares: MeanSquares, model: int, averaged: int) -> Estimate:
    if found.value is None:
        return found
    if error_of(squares, model) == 0:
        return replace(found, reason="no residual error between readers: there is no interval")
    limits = absolute_limits if model == 2 else ratio_limits
    lower, upper = (stepped_up(limit, averaged) for limit in limits(squares, model, found.level))
    if not lower <= found.value <= upper:
        # With two or three subjects and a negative estimate Satterthwaite's degrees of freedom can come near zero.
        return replace(found, reason="the approximation gives no interval that contains the estimate")
    return found.with_limits(lower, upper, ABSOLUTE if model == 2 else EXACT)


def stepped_up(single: float, averaged: int) -> float:
    """Spearman-Brown, k r / (1 + (k-1) r); None for a limit beyond its pole."""
    below = 1 + (averaged - 1) * single
    return averaged * single / below if below > 0 else float("nan")


def degrees(squares: MeanSquares, model: int) -> tuple[int, int]:
    n, k = squares.n, squares.k
    return n - 1, n * (k - 1) if model == 1 else (n - 1) * (k - 1)


def ratio_limits(squares: MeanSquares, model: int, level: float) -> ConfidenceLimits:
    """Limits of ICC(1,1) and ICC(3,1): (F* - 1)/(F* + k - 1) with F* = F / F(.975; v1, v2) and F x F(.975; v2, v1)."""
    lower, upper = f_limits(squares, model, level)
    k = squares.k
    return (lower - 1) / (lower + k - 1), (upper - 1) / (upper + k - 1)


def f_limits(squares: MeanSquares, model: int, level: float) -> ConfidenceLimits:
    above, below = degrees(squares, model)
    ratio = squares.subjects / error_of(squares, model)
    tail = (1 + level) / 2
    return ratio / float(fdtri(above, below, tail)), ratio * float(fdtri(below, above, tail))


def absolute_limits(squares: MeanSquares, model: int, level: float) -> ConfidenceLimits:
    """McGraw and Wong's limits of ICC(2,1)."""
    n, k, msr, msc, mse = squares.n, squares.k, squares.subjects, squares.readers, squares.residual
    v = satterthwaite(squares)
    tail = (1 + level) / 2
    lowest, highest = float(fdtri(n - 1, v, tail)), float(fdtri(v, n - 1, tail))
    rest = k * msc + (k * n - k - n) * mse
    return n * (msr - lowest * mse) / (lowest * rest + n * msr), n * (highest * msr - mse) / (rest + n * highest * msr)


def satterthwaite(squares: MeanSquares) -> float:
    """v = (a MSC + b MSE)^2 / ((a MSC)^2/(k-1) + (b MSE)^2/((n-1)(k-1))), a = k r, b = n(1 + (k-1) r) - k r.

    These a and b are McGraw and Wong's times n(1-r), so that r = 1 needs no division.
    """
    n, k, msr, msc, mse = squares.n, squares.k, squares.subjects, squares.readers, squares.residual
    r = (msr - mse) / spread_of(squares, 2, k)
    first, second = k * r * msc, (n * (1 + (k - 1) * r) - k * r) * mse
    below = first**2 / (k - 1) + second**2 / ((n - 1) * (k - 1))
    return (first + second) ** 2 / below if below > 0 else float("nan")


def interval_degrees_of(squares: MeanSquares, model: int) -> float | None:
    if squares.subjects == 0 or error_of(squares, model) == 0:
        return None
    return satterthwaite(squares) if model == 2 else float(degrees(squares, model)[1])


def f_test(squares: MeanSquares, model: int) -> tuple[float | None, float | None]:
    error = error_of(squares, model)
    if error == 0:
        return None, None
    ratio = squares.subjects / error
    return ratio, float(fdtrc(*degrees(squares, model), ratio))
