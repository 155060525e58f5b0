"""Totals and changes as exact fractions, each with a reason if it is missing; rounded only at export."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from instruments.layout import OVERALL, Group, Integers

PLACES = 4
ROUNDING = f"values are rounded once, at export, half to even, to {PLACES} decimals"


@dataclass(frozen=True)
class Amount:
    """A total or change: numerator / denominator in lowest terms, or missing with a reason.

    assessed: sites whose entered score was used; imputed: sites whose value the missing rule supplied.
    """

    numerator: int | None
    denominator: int | None
    reason: str
    assessed: int
    imputed: int

    @property
    def fraction(self) -> Fraction | None:
        if self.numerator is None or self.denominator is None:
            return None
        return Fraction(self.numerator, self.denominator)

    @property
    def value(self) -> float | None:
        """The nearest float; None when missing."""
        return None if self.fraction is None else float(self.fraction)

    def rounded(self, places: int = PLACES) -> Decimal | None:
        """The value for export, rounded half to even from the exact fraction.

        >>> str(Amount(1, 8, "", 0, 0).rounded(2))
        '0.12'
        """
        if self.fraction is None:
            return None
        return Decimal(round(self.fraction * Fraction(10) ** places)).scaleb(-places)


@dataclass(frozen=True)
class Total:
    """The amounts of one timepoint, or of one change, by feature, region and side."""

    amounts: dict[Group, Amount]

    @property
    def overall(self) -> Amount:
        return self.amounts[OVERALL]

    def of(self, *, feature: str | None = None, region: str | None = None, side: str | None = None) -> Amount:
        """The amount of a group, summed over the dimensions that are not given."""
        return self.amounts[feature, region, side]

    @property
    def numerator(self) -> int | None:
        return self.overall.numerator

    @property
    def denominator(self) -> int | None:
        return self.overall.denominator

    @property
    def reason(self) -> str:
        return self.overall.reason

    @property
    def value(self) -> float | None:
        return self.overall.value


@dataclass(frozen=True, eq=False)
class Totals:
    """The amounts of many reads: arrays of reads x groups; a denominator of 0 marks a missing amount.

    `faults` numbers the reason of each amount (0 is none) and `reasons` holds their texts.
    """

    groups: tuple[Group, ...]
    numerator: Integers
    denominator: Integers
    assessed: Integers
    imputed: Integers
    faults: Integers
    reasons: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.numerator)

    def part(self, rows: slice) -> Totals:
        """Some of the reads."""
        return Totals(
            self.groups,
            self.numerator[rows],
            self.denominator[rows],
            self.assessed[rows],
            self.imputed[rows],
            self.faults[rows],
            self.reasons,
        )

    def column(self, *, feature: str | None = None, region: str | None = None, side: str | None = None) -> int:
        return self.groups.index((feature, region, side))

    def values(
        self, *, feature: str | None = None, region: str | None = None, side: str | None = None
    ) -> npt.NDArray[np.float64]:
        """One float per read; NaN exactly where `missing` is true."""
        column = self.column(feature=feature, region=region, side=side)
        known = self.denominator[:, column] > 0
        result = np.full(len(self), np.nan)
        np.divide(self.numerator[:, column], self.denominator[:, column], out=result, where=known)
        return result

    def missing(
        self, *, feature: str | None = None, region: str | None = None, side: str | None = None
    ) -> npt.NDArray[np.bool_]:
        unknown: npt.NDArray[np.bool_] = (
            self.denominator[:, self.column(feature=feature, region=region, side=side)] == 0
        )
        return unknown

    def row(self, read: int) -> Total:
        """The amounts of one read."""
        return Total({group: self.amount(read, column) for column, group in enumerate(self.groups)})

    def amount(self, read: int, column: int) -> Amount:
        denominator = int(self.denominator[read, column])
        return Amount(
            numerator=int(self.numerator[read, column]) if denominator else None,
            denominator=denominator or None,
            reason=self.reasons[self.faults[read, column]],
            assessed=int(self.assessed[read, column]),
            imputed=int(self.imputed[read, column]),
        )


def in_lowest_terms(numerator: Integers, denominator: Integers) -> tuple[Integers, Integers]:
    """Reduces each fraction in place; only rows with fractions are changed."""
    rows = (denominator > 1).any(axis=1)
    if not rows.any():
        return numerator, denominator
    divisor = np.gcd(numerator[rows], denominator[rows])
    divisor[divisor == 0] = 1
    numerator[rows] //= divisor
    denominator[rows] //= divisor
    return numerator, denominator
