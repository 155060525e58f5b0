"""Least squares with the heteroscedasticity-consistent covariance HC3, and what a comparison by arm returns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import stdtr, stdtrit

from config.wording import counted

Matrix = npt.NDArray[np.float64]
LEVEL = 0.95
ALONE = 1e-9


@dataclass(frozen=True)
class Effect:
    """An estimate with its standard error, degrees of freedom, 95 % interval and two-sided p, or why there is none."""

    estimate: float | None = None
    se: float | None = None
    df: float | None = None
    lower: float | None = None
    upper: float | None = None
    p: float | None = None
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Fit:
    """Coefficients, their HC3 covariance, residual degrees of freedom; `reason` is set when nothing can be fitted."""

    beta: Matrix
    covariance: Matrix
    df: int
    reason: str = ""

    def contrast(self, weights: Matrix) -> Effect:
        """The linear combination of coefficients, with a t interval."""
        if self.reason:
            return Effect(reason=self.reason)
        return effect_of(float(weights @ self.beta), float(weights @ self.covariance @ weights), self.df)


def effect_of(value: float, variance: float, df: float) -> Effect:
    """A t interval and test of zero from an estimate, its variance and degrees of freedom."""
    se = math.sqrt(max(variance, 0.0))
    half = t_quantile(df) * se
    p = 2 * float(stdtr(df, -abs(value) / se)) if se > 0 else None
    return Effect(value, se, df, value - half, value + half, p)


def t_quantile(df: float) -> float:
    """The quantile of Student's t for a two-sided 95 % interval.

    >>> round(t_quantile(10), 4)
    2.2281
    """
    return float(stdtrit(df, (1 + LEVEL) / 2))


def least_squares(design: Matrix, y: Matrix) -> Fit:
    """y = X b + e. Covariance HC3 = (X'X)^-1 X' diag(e_i^2 / (1 - h_i)^2) X (X'X)^-1, h_i the leverages.

    Reference: MacKinnon and White (1985), J Econometrics 29:305; Long and Ervin (2000), Am Statistician 54:217.

    >>> fit = least_squares(np.array([[1.0, 0], [1, 0], [1, 1], [1, 1]]), np.array([1.0, 3, 4, 8]))
    >>> fit.beta.round(6).tolist(), fit.covariance.round(6)[1, 1].item()
    ([2.0, 4.0], 10.0)
    """
    n, columns = design.shape
    blank = np.zeros(columns), np.zeros((columns, columns))
    if fault := unfit(design):
        return Fit(*blank, n - columns, fault)
    inverse = np.linalg.pinv(design)
    beta: Matrix = inverse @ y
    weights = (y - design @ beta) / (1 - leverages(design))
    covariance: Matrix = (inverse * weights**2) @ inverse.T
    return Fit(beta, covariance, n - columns)


def unfit(design: Matrix) -> str:
    """Why a model with this design cannot be estimated; empty when it can."""
    n, columns = design.shape
    if n <= columns:
        return f"the model has {counted(columns, 'coefficient')} and only {counted(n, 'subject')}"
    if np.linalg.matrix_rank(design) < columns:
        return "the covariates and factors determine one another or an arm, so the model has no single solution"
    if (1 - leverages(design) < ALONE).any():
        return "one subject alone determines a level of a factor, so HC3 is not defined"
    return ""


def leverages(design: Matrix) -> Matrix:
    """The diagonal of X (X'X)^-1 X'."""
    q, _ = np.linalg.qr(design)
    found: Matrix = (q**2).sum(axis=1)
    return found
