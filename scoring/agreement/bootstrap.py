"""Seeded bootstrap intervals for statistics that are functions of sums over subjects or of a table of counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from scoring.agreement.ratings import Matrix
from scoring.agreement.results import Estimate

# With a smaller share of usable replicates, an interval would describe another statistic.
LEAST_USABLE = 0.9
CHUNK = 500


@dataclass(frozen=True)
class Bootstrap:
    """The number of replicates and the seed; the same seed gives the same interval with the same numpy."""

    replicates: int = 2000
    seed: int = 20261122

    @property
    def says(self) -> str:
        return f"percentile bootstrap over subjects, {self.replicates} replicates, seed {self.seed}"


def resampled_sums(features: Matrix, bootstrap: Bootstrap) -> Matrix:
    """Sums of the rows of `features` (subjects x quantities) over resamples of the subjects: replicates x quantities.

    Rows are sorted first, so that the order of the subjects does not matter.
    """
    ordered = features[np.lexsort(features.T[::-1])]
    generator = np.random.default_rng(bootstrap.seed)
    n = len(ordered)
    even = np.full(n, 1 / n)
    sizes = [min(CHUNK, bootstrap.replicates - start) for start in range(0, bootstrap.replicates, CHUNK)]
    return np.concatenate([generator.multinomial(n, even, size=size).astype(np.float64) @ ordered for size in sizes])


def resampled_counts(counts: Matrix, bootstrap: Bootstrap, stream: int = 0) -> Matrix:
    """A table of counts redrawn, replicates x cells: resampling subjects draws the table from its own proportions."""
    generator = np.random.default_rng([bootstrap.seed, stream])
    total = int(counts.sum())
    return generator.multinomial(total, counts / total, size=bootstrap.replicates).astype(np.float64)


def with_bootstrap(found: Estimate, sample: Matrix, bootstrap: Bootstrap) -> Estimate:
    """The estimate with percentile limits from its replicates; replicates where it is undefined are left out."""
    usable = sample[np.isfinite(sample)]
    if found.value is None:
        return found
    if usable.size < LEAST_USABLE * sample.size:
        share = 1 - usable.size / sample.size
        return Estimate(
            **{**vars(found), "reason": f"no interval: undefined in {share:.0%} of the bootstrap replicates"}
        )
    tail = (1 - found.level) / 2
    ordered = np.sort(usable)
    return found.with_limits(quantile(ordered, tail), quantile(ordered, 1 - tail), bootstrap.says)


def quantile(ordered: Matrix, share: float) -> float:
    """Linear interpolation between order statistics, as numpy's default, without its overhead."""
    place = (len(ordered) - 1) * share
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return float(ordered[below] + (ordered[above] - ordered[below]) * (place - below))


def bootstrapped(
    found: Estimate, features: Matrix, statistic: Callable[[Matrix], Matrix], bootstrap: Bootstrap | None
) -> Estimate:
    """`statistic` maps sums (replicates x quantities) to one value per replicate, NaN where undefined."""
    if bootstrap is None or found.value is None:
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        sample = statistic(resampled_sums(features, bootstrap))
    return with_bootstrap(found, sample, bootstrap)
