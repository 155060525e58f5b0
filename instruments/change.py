"""Change between two visits as scored by one reader in one campaign; exact fractions.

A row of an array has one reader's visits, so nothing here subtracts across readers or campaigns. The default rule
uses the sites evaluable at both visits and imputes both alike, so that imputation adds no change.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from instruments.amounts import Amount, Total, Totals, in_lowest_terms
from instruments.definition import Instrument
from instruments.layout import layout_of
from instruments.missing import Codes, Flags, MissingRule, Origin, Together, Values, substitute
from instruments.totals import add_up, as_row, checked, flags_like, sums_by_cell


@dataclass(frozen=True)
class Change:
    """The change of one subject: its two totals as used for it, and their difference."""

    baseline: Total
    later: Total
    difference: Total

    @property
    def overall(self) -> Amount:
        return self.difference.overall

    def of(self, *, feature: str | None = None, region: str | None = None, side: str | None = None) -> Amount:
        return self.difference.of(feature=feature, region=region, side=side)

    @property
    def value(self) -> float | None:
        return self.overall.value

    @property
    def numerator(self) -> int | None:
        return self.overall.numerator

    @property
    def denominator(self) -> int | None:
        return self.overall.denominator

    @property
    def reason(self) -> str:
        return self.overall.reason


@dataclass(frozen=True, eq=False)
class Changes:
    """The changes of many subjects: arrays as in `Totals`."""

    baseline: Totals
    later: Totals
    difference: Totals

    def __len__(self) -> int:
        return len(self.difference)

    def part(self, rows: slice) -> Changes:
        """Some of the subjects."""
        return Changes(self.baseline.part(rows), self.later.part(rows), self.difference.part(rows))

    def row(self, read: int) -> Change:
        return Change(self.baseline.row(read), self.later.row(read), self.difference.row(read))

    def values(
        self, *, feature: str | None = None, region: str | None = None, side: str | None = None
    ) -> npt.NDArray[np.float64]:
        """One float per subject; NaN exactly where the change is missing."""
        return self.difference.values(feature=feature, region=region, side=side)


Keyed = Mapping[str, int | None]


@overload
def change(
    instrument: Instrument,
    baseline: Keyed,
    later: Keyed,
    rule: MissingRule,
    operated: tuple[Collection[str], Collection[str]] | None = None,
) -> Change: ...


@overload
def change(
    instrument: Instrument,
    baseline: npt.ArrayLike,
    later: npt.ArrayLike,
    rule: MissingRule,
    operated: tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> Changes: ...


def change(
    instrument: Instrument,
    baseline: Keyed | npt.ArrayLike,
    later: Keyed | npt.ArrayLike,
    rule: MissingRule,
    operated: tuple[Collection[str], Collection[str]] | tuple[npt.ArrayLike, npt.ArrayLike] | None = None,
) -> Change | Changes:
    """Later minus baseline; mappings give one `Change`, arrays of reads x items give `Changes`.

    `operated` is the pair of operated sites at baseline and at the later visit.
    """
    if isinstance(baseline, Mapping) and isinstance(later, Mapping):
        lost: tuple[Collection[str], Collection[str]] = operated or ((), ())  # type: ignore[assignment]
        rows = [as_row(instrument, values, sites) for values, sites in zip((baseline, later), lost, strict=True)]
        series = np.stack([row for row, _ in rows])[None]
        flags = np.stack([flag for _, flag in rows])[None]
        return change_series(instrument, series, rule, flags)[0].row(0)
    pair = np.stack([checked(instrument, visit, dimensions=2) for visit in (baseline, later)], axis=1)  # type: ignore[arg-type]
    both = None if operated is None else np.stack([np.asarray(flag, dtype=bool) for flag in operated], axis=1)
    return change_series(instrument, pair, rule, both)[0]


def change_series(
    instrument: Instrument,
    values: npt.ArrayLike,
    rule: MissingRule,
    operated: npt.ArrayLike | None = None,
    baseline: int = 0,
) -> tuple[Changes, ...]:
    """Change from the baseline (the first visit, or the visit at another index) at each visit after it.

    `values` is reads x visits x items in order of time.
    """
    grades = checked(instrument, values, dimensions=3)
    used, origin = substitute(rule, grades, flags_like(grades, operated), layout_of(instrument).maxima)
    evaluable = origin != Origin.MISSING
    later, reads = range(baseline + 1, grades.shape[1]), len(grades)
    if not later:
        return ()
    # All visits at once: a single case has too few reads for efficient arrays.
    together = between(instrument, used, evaluable, origin, rule, [(baseline, visit) for visit in later])
    return tuple(together.part(slice(place * reads, (place + 1) * reads)) for place in range(len(later)))


def between(
    instrument: Instrument,
    used: Values,
    evaluable: Flags,
    origin: Codes,
    rule: MissingRule,
    intervals: Sequence[tuple[int, int]],
) -> Changes:
    """The changes of all reads over the first interval, then over the next, and so on."""
    sites = [sites_counted(evaluable, rule, *interval) for interval in intervals]
    entered, ends = np.ones(1, dtype=bool), []
    for end in (0, 1):
        grades = np.concatenate([used[:, interval[end]] for interval in intervals])
        kinds = np.concatenate([origin[:, interval[end]] for interval in intervals])
        counted = np.concatenate([one[end] for one in sites])
        ends.append(add_up(instrument, grades, counted, kinds, rule))
        entered = entered & counted & (kinds == Origin.SCORED)
    first, second = ends
    return Changes(first, second, subtract(instrument, first, second, entered, rule))


def sites_counted(evaluable: Flags, rule: MissingRule, baseline: int, visit: int) -> tuple[Flags, Flags]:
    """The sites that count at baseline and at a later visit, under a rule."""
    if rule.kind.together is Together.VISIT:
        return evaluable[:, baseline], evaluable[:, visit]
    if rule.kind.together is Together.SERIES:
        everywhere: Flags = np.logical_and.reduce(evaluable, axis=1)
        return everywhere, everywhere
    both = evaluable[:, baseline] & evaluable[:, visit]
    return both, both


def subtract(instrument: Instrument, first: Totals, second: Totals, entered: Flags, rule: MissingRule) -> Totals:
    layout = layout_of(instrument)
    missing = (first.denominator == 0) | (second.denominator == 0)
    below, above = np.where(missing, 1, first.denominator), np.where(missing, 1, second.denominator)
    common = np.lcm(below, above)
    numerator = second.numerator * (common // above) - first.numerator * (common // below)
    numerator, common = in_lowest_terms(np.where(missing, 0, numerator), common)
    assessed = sums_by_cell(layout, entered) @ layout.cell_in_group
    sites = layout.cell_sites @ layout.cell_in_group
    reasons, faults = why_missing(first, second, rule)
    return Totals(
        groups=layout.groups,
        numerator=numerator,
        denominator=np.where(missing, 0, common),
        assessed=assessed,
        imputed=np.where(missing, 0, sites - assessed),
        faults=faults,
        reasons=reasons,
    )


def why_missing(first: Totals, second: Totals, rule: MissingRule) -> tuple[tuple[str, ...], npt.NDArray[np.int64]]:
    """The reason of the earlier of the two faults, stating over which visits sites were counted."""
    if rule.kind.together is Together.VISIT:
        ahead = ("baseline: ", "later visit: ")
    else:
        over = "all visits" if rule.kind.together is Together.SERIES else "both visits"
        ahead = (f"counting sites evaluable at {over}: ",) * 2
    texts = [
        ("", *(words + text for text in part.reasons[1:])) for words, part in zip(ahead, (first, second), strict=True)
    ]
    offset = len(texts[0]) - 1
    faults = np.where(first.faults > 0, first.faults, np.where(second.faults > 0, second.faults + offset, 0))
    return (*texts[0], *texts[1][1:]), faults
