"""Analysis of covariance by arm: least-squares means and differences with HC3, permutation p, and the same on ranks."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from scoring.endpoint.by_arm.linear import Effect, Matrix, least_squares
from scoring.endpoint.by_arm.permutation import Permutations, permutation_p
from scoring.endpoint.by_arm.sample import Sample, design_of


@dataclass(frozen=True)
class Ancova:
    """Means of the arms in their order, differences of the later arms from the first, and permutation p of each."""

    n: int
    means: tuple[Effect, ...]
    differences: tuple[Effect, ...]
    permutation: tuple[float | None, ...]


def ancova(sample: Sample, permutations: Permutations | None = None) -> Ancova:
    """Change = arm + status baseline + factors, by least squares; intervals by HC3 and t on n - p degrees of freedom.

    Subjects without a status baseline are left out. Reference: see `least_squares`; ICH E9, 5.7.
    """
    used = sample.modelled
    arms = len(used.arms)
    if used.too_few:
        return none(len(used.arm), arms, used.too_few)
    design = design_of(used)
    fit = least_squares(design, used.values)
    weights = np.eye(design.shape[1])
    intercept = weights[0]
    means = [fit.contrast(intercept + (weights[arm] if arm else 0)) for arm in range(arms)]
    differences = [fit.contrast(weights[arm]) for arm in range(1, arms)]
    tested = [
        permutation_p(used, design, arm, permutations) if permutations and not fit.reason else None
        for arm in range(1, arms)
    ]
    without_test = tuple(replace(mean, p=None) for mean in means)
    return Ancova(len(used.arm), without_test, tuple(differences), tuple(tested))


def rank_ancova(sample: Sample) -> Ancova:
    """The same model on ranks: change and status baseline are replaced by their mid-ranks over all arms.

    Differences are in mean ranks; they test, and do not estimate, a shift. HC3 as above. Reference: Conover and Iman
    (1982), Biometrics 38:715.
    """
    used = sample.modelled
    return ancova(used.with_values(ranks(used.values), ranks(used.base)))


def ranks(values: Matrix) -> Matrix:
    """Mid-ranks from 1.

    >>> ranks(np.array([0.5, -1, 0.5, 3])).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Matrix = (last - (counts - 1) / 2)[place]
    return found


def none(n: int, arms: int, reason: str) -> Ancova:
    blank = Effect(reason=reason)
    return Ancova(n, (blank,) * arms, (blank,) * (arms - 1), (None,) * (arms - 1))
