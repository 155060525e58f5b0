"""The subjects of one analysis: arm, change, status baseline and factors, as arrays and as a design matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from scoring.endpoint.by_arm.linear import Matrix

Codes = npt.NDArray[np.int_]
Flags = npt.NDArray[np.bool_]
LEAST_PER_ARM = 5


@dataclass(frozen=True, eq=False)
class Sample:
    """Subjects with a value. `arm` is a place in `arms`, the reference first; `strata` combines the factors' levels."""

    arms: tuple[str, ...]
    arm: Codes
    values: Matrix
    base: Matrix
    factors: tuple[tuple[str, ...], ...]

    @property
    def strata(self) -> Codes:
        """One number for each combination of levels; 0 for all without factors."""
        if not self.factors or not self.factors[0]:
            return np.zeros(len(self.arm), dtype=np.int_)
        names = sorted(set(self.factors))
        return np.array([names.index(levels) for levels in self.factors], dtype=np.int_)

    def of(self, arm: int) -> Matrix:
        """The values of one arm."""
        found: Matrix = self.values[self.arm == arm]
        return found

    def where(self, kept: Flags) -> Sample:
        """The subjects that are kept."""
        factors = tuple(levels for levels, keep in zip(self.factors, kept.tolist(), strict=True) if keep)
        return Sample(self.arms, self.arm[kept], self.values[kept], self.base[kept], factors)

    def with_values(self, values: Matrix, base: Matrix) -> Sample:
        """The same subjects with other numbers."""
        return Sample(self.arms, self.arm, values, base, self.factors)

    @property
    def modelled(self) -> Sample:
        """The subjects with a status baseline, whom a model can use."""
        return self.where(np.isfinite(self.base))

    @property
    def too_few(self) -> str:
        """A sentence when an arm has too few subjects for a comparison; empty when all have enough."""
        counts = [int((self.arm == place).sum()) for place in range(len(self.arms))]
        few = [f"{name} {count}" for name, count in zip(self.arms, counts, strict=True) if count < LEAST_PER_ARM]
        if not few:
            return ""
        if len(counts) == 1:
            return f"Too few subjects ({counts[0]}): at least {LEAST_PER_ARM} are needed."
        return f"Too few subjects in an arm ({', '.join(few)}): at least {LEAST_PER_ARM} in each are needed."


def design_of(sample: Sample) -> Matrix:
    """Intercept, one indicator for each arm but the reference, centred baseline, centred indicators of the factors.

    Indicators of a factor have their equal-weight mean subtracted, so that intercept + arm is the least-squares mean at
    the mean baseline with equal weights for the levels, as R's emmeans and SAS's LSMEANS give by default.
    """
    indicators = [(sample.arm == place).astype(np.float64) for place in range(1, len(sample.arms))]
    columns = [np.ones(len(sample.arm)), *indicators, sample.base - sample.base.mean()]
    for place in range(len(sample.factors[0]) if sample.factors else 0):
        columns.extend(factor([levels[place] for levels in sample.factors]))
    return np.column_stack(columns)


def factor(levels: Sequence[str]) -> list[Matrix]:
    names = sorted(set(levels))
    given = np.array([names.index(level) for level in levels])
    return [(given == place) - 1 / len(names) for place in range(1, len(names))]
