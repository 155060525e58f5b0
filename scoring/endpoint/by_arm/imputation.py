"""Multiple imputation of changes that were not observed, Rubin's rules, and the delta at which a result tips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scoring.endpoint.by_arm.linear import Effect, Matrix, effect_of, leverages, unfit
from scoring.endpoint.by_arm.sample import Flags, Sample, design_of

ALPHA = 0.05
PRECISION = 0.01
EQUAL = 1e-12
FIRST_STEP = 0.25


@dataclass(frozen=True)
class Imputations:
    """How many, from which seed."""

    number: int = 50
    seed: int = 20261129


@dataclass(frozen=True)
class Tipping:
    """The smallest delta that makes the difference no longer significant, or why there is none."""

    delta: float | None
    effect: Effect
    reason: str = ""


def impute(design: Matrix, changes: Matrix, imputations: Imputations) -> Matrix | str:
    """Imputed copies (copies x subjects x visits) of changes, NaN where not observed; or why that cannot be done.

    Visits are imputed in their order under missing at random: Bayesian linear regression on the arm, status baseline,
    factors and the changes of earlier visits. For every copy, sigma^2 = RSS / chi^2(n - p) and
    b ~ N(b, sigma^2 (X'X)^-1) are drawn. Reference: Rubin (1987), Multiple Imputation for Nonresponse in Surveys, 5.3.
    """
    generator = np.random.default_rng(imputations.seed)
    found: Matrix = np.repeat(changes[None], imputations.number, axis=0)
    for visit in range(changes.shape[1]):
        missing = np.isnan(changes[:, visit])
        if not missing.any():
            continue
        for copy in found:
            x = np.column_stack([design, copy[:, :visit]])
            if fault := unfit(x[~missing]):
                return fault
            copy[missing, visit] = draw_missing(x, copy[:, visit], missing, generator)
    return found


def draw_missing(x: Matrix, y: Matrix, missing: Flags, generator: np.random.Generator) -> Matrix:
    known, values = x[~missing], y[~missing]
    q, r = np.linalg.qr(known)
    beta = np.linalg.solve(r, q.T @ values)
    degrees = len(values) - x.shape[1]
    sigma = np.sqrt(float(((values - known @ beta) ** 2).sum()) / generator.chisquare(degrees))
    drawn = beta + sigma * np.linalg.solve(r, generator.standard_normal(x.shape[1]))
    found: Matrix = x[missing] @ drawn + sigma * generator.standard_normal(int(missing.sum()))
    return found


def pooled(estimates: Matrix, variances: Matrix, complete_df: float) -> Effect:
    """Rubin's rules with the degrees of freedom of Barnard and Rubin (1999), Biometrika 86:948."""
    copies = len(estimates)
    value, within = float(estimates.mean()), float(variances.mean())
    between = float(estimates.var(ddof=1)) if copies > 1 else 0.0
    total = within + (1 + 1 / copies) * between
    known_df = (complete_df + 1) / (complete_df + 3) * complete_df
    if between <= EQUAL * within:
        return effect_of(value, total, complete_df)
    share = (1 + 1 / copies) * between / total
    observed_df = known_df * (1 - share)
    df = 1 / (share**2 / (copies - 1) + 1 / observed_df)
    return effect_of(value, total, df)


def compared(sample: Sample, copies: Matrix, arm: int) -> Effect:
    """The ANCOVA difference of an arm from the reference over copies (copies x subjects), HC3 in each, pooled."""
    design = design_of(sample)
    weights = np.linalg.pinv(design)
    beta = weights @ copies.T
    scaled = (copies.T - design @ beta) / (1 - leverages(design))[:, None]
    variances = (weights[arm] ** 2) @ scaled**2
    return pooled(beta[arm], variances, len(design) - design.shape[1])


def tipping_point(sample: Sample, copies: Matrix, imputed: Flags, arm: int, largest: float) -> Tipping:
    """The smallest delta, to 0.01, added to the imputed changes of the arm at which p exceeds 0.05."""
    moved = (imputed & (sample.arm == arm)).astype(np.float64)

    def at(delta: float) -> Effect:
        return compared(sample, copies + delta * moved, arm)

    plain = at(0.0)
    if fault := no_search(plain, bool(moved.any())):
        return Tipping(None, plain, fault)
    low, high = 0.0, FIRST_STEP
    while significant(at(high)):
        if high >= largest:
            return Tipping(None, plain, f"significant up to a delta of {largest:g}, the largest total")
        low, high = high, min(2 * high, largest)
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if significant(at(middle)) else (low, middle)
    return Tipping(high, at(high))


def significant(effect: Effect) -> bool:
    return effect.p is not None and effect.p <= ALPHA


def no_search(plain: Effect, moves: bool) -> str:
    if not moves:
        return "no change of this arm was imputed"
    if not significant(plain):
        return "not significant without a delta"
    if plain.estimate is not None and plain.estimate > 0:
        return "the arm progressed more than the reference, so there is nothing to tip"
    return ""
