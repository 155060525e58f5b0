"""Totals per feature, region, side and overall, over arrays of reads x items, as exact fractions.

A site that is not evaluable is imputed: it gets the proportion of its maximum that the evaluable sites of its feature
and region reach.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
import numpy.typing as npt

from instruments.amounts import Total, Totals, in_lowest_terms
from instruments.definition import Instrument
from instruments.layout import Integers, Layout, layout_of
from instruments.missing import Codes, Flags, MissingRule, Origin, Together, Values, substitute

NO_SITE, ONE_SIDE, TOO_MANY = 1, 2, 3
REGION_WORDS = {"hand": "hands", "foot": "feet"}


class ValueNotAllowed(ValueError):
    """A value that is not a grade of its item."""

    def __init__(self, item: str, value: object, allowed: tuple[int, ...]) -> None:
        super().__init__(f"The value of {item} cannot be {value}. Give one of {', '.join(map(str, allowed))}.")
        self.item, self.value, self.allowed = item, value, allowed


def score(
    instrument: Instrument, values: npt.ArrayLike, rule: MissingRule, operated: npt.ArrayLike | None = None
) -> Totals:
    """Totals of reads, each read on its own: total = sum of weight x grade, missing sites by the rule.

    `values` is reads x items in the order of `instrument.items`, NaN for a site not scored or not assessable;
    `operated` marks the sites not assessable because of surgery. A rule that needs other visits (carried, excluded at
    all visits) has only this one here: use `score_series` for it.
    """
    grades = checked(instrument, values, dimensions=2)
    flags = flags_like(grades, operated)
    return score_timepoints(instrument, grades[:, None, :], rule, flags[:, None, :])[0]


def score_series(
    instrument: Instrument, values: npt.ArrayLike, rule: MissingRule, operated: npt.ArrayLike | None = None
) -> tuple[Totals, ...]:
    """Status totals at each visit of a series: `values` is reads x visits x items in order of time."""
    grades = checked(instrument, values, dimensions=3)
    return score_timepoints(instrument, grades, rule, flags_like(grades, operated))


def score_timepoints(instrument: Instrument, grades: Values, rule: MissingRule, operated: Flags) -> tuple[Totals, ...]:
    used, origin = substitute(rule, grades, operated, layout_of(instrument).maxima)
    evaluable = origin != Origin.MISSING
    if rule.kind.together is Together.SERIES:
        evaluable &= evaluable.all(axis=1, keepdims=True)
    # All visits at once: a single case has too few reads for efficient arrays.
    visits, items = grades.shape[1:]
    found = add_up(instrument, used.reshape(-1, items), evaluable.reshape(-1, items), origin.reshape(-1, items), rule)
    return tuple(found.part(slice(visit, None, visits)) for visit in range(visits))


def score_one(
    instrument: Instrument, values: Mapping[str, int | None], rule: MissingRule, operated: Collection[str] = ()
) -> Total:
    """The total of one timepoint from {item key: grade or None}; an item left out is not scored."""
    grades, flags = as_row(instrument, values, operated)
    return score(instrument, grades[None], rule, flags[None]).row(0)


def as_row(
    instrument: Instrument, values: Mapping[str, int | None], operated: Collection[str] = ()
) -> tuple[Values, Flags]:
    """One row of an array of values, and one of flags, from keys."""
    row = np.full(len(instrument.items), np.nan)
    flags = np.zeros(len(instrument.items), dtype=bool)
    for key, grade in values.items():
        row[instrument.positions[instrument.item(key).key]] = np.nan if grade is None else grade
    for key in operated:
        flags[instrument.positions[instrument.item(key).key]] = True
    return row, flags


def checked(instrument: Instrument, values: npt.ArrayLike, dimensions: int) -> Values:
    """The values as floats of the required shape, each NaN or a grade of its item."""
    grades = np.asarray(values, dtype=np.float64)
    if grades.ndim != dimensions or grades.shape[-1] != len(instrument.items):
        raise ValueError(
            f"The values have the shape {grades.shape}. Give {dimensions} axes and {len(instrument.items)} items."
        )
    wrong = ~((grades >= 0) & (grades <= layout_of(instrument).maxima) & (np.floor(grades) == grades))
    wrong &= grades == grades  # NaN is a missing grade, not a wrong one
    for column, gaps in layout_of(instrument).gaps:
        wrong[..., column] |= np.isin(grades[..., column], gaps)
    if wrong.any():
        place = tuple(np.argwhere(wrong)[0])
        item = instrument.items[place[-1]]
        raise ValueNotAllowed(item.key, float(grades[place]), item.allowed)
    return grades


def flags_like(grades: Values, operated: npt.ArrayLike | None) -> Flags:
    if operated is None:
        return np.zeros(grades.shape, dtype=bool)
    flags = np.asarray(operated, dtype=bool)
    if flags.shape != grades.shape:
        raise ValueError(
            f"The operated sites have the shape {flags.shape}. Give the shape of the values, {grades.shape}."
        )
    return flags


def add_up(instrument: Instrument, used: Values, evaluable: Flags, origin: Codes, rule: MissingRule) -> Totals:
    """Totals from the values used and the sites that count; all other sites are imputed in proportion."""
    layout = layout_of(instrument)
    cells = Cells(layout, used, evaluable, origin)
    faults = find_faults(layout, cells.evaluable, rule)
    numerator, denominator = in_lowest_terms(*fractions(layout, cells, faults == 0, instrument.unit))
    assessed = cells.assessed @ layout.cell_in_group
    imputed = layout.cell_sites @ layout.cell_in_group - assessed
    codes = fault_of_group(layout, faults)
    for part in (numerator, denominator, imputed):
        part[codes > 0] = 0
    reasons, numbers = fault_texts(layout, codes)
    return Totals(layout.groups, numerator, denominator, assessed, imputed, numbers, reasons)


def fault_of_group(layout: Layout, faults: Integers) -> Integers:
    """For each group the fault of its first faulty block."""
    codes = np.zeros((len(faults), len(layout.groups)), dtype=np.int64)
    rows = np.flatnonzero(faults.any(axis=1))
    for block in reversed(range(len(layout.blocks))):
        own = faults[rows, block][:, None]
        codes[rows] = np.where((own > 0) & layout.group_blocks[:, block], own, codes[rows])
    return codes


class Cells:
    """Sums by cell of the sites that count: grades, largest possible, sites, sites scored."""

    def __init__(self, layout: Layout, used: Values, evaluable: Flags, origin: Codes) -> None:
        shape = (len(used), 1)
        self.sum = sums_by_cell(layout, np.where(evaluable, used, 0.0), layout.weight)
        self.seen, self.evaluable = np.tile(layout.cell_largest, shape), np.tile(layout.cell_sites, shape)
        self.assessed = self.evaluable.copy()
        entered = evaluable & (origin == Origin.SCORED)
        # Most reads are complete; only the others need separate sums.
        rows = np.flatnonzero(~entered.all(axis=1))
        if rows.size:
            self.seen[rows] = sums_by_cell(layout, evaluable[rows], layout.largest)
            self.evaluable[rows] = sums_by_cell(layout, evaluable[rows])
            self.assessed[rows] = sums_by_cell(layout, entered[rows])


def sums_by_cell(layout: Layout, values: Values | Flags, weight: Values | None = None) -> Integers:
    """Weighted sums of columns by cell; of grades, so far below 2**53 and exact.

    Not a matrix product: for a matrix this narrow, the threads of a product cost more than they save.
    """
    sums = np.empty((len(values), len(layout.columns_of_cell)), dtype=np.int64)
    for cell, columns in enumerate(layout.columns_of_cell):
        chosen = values[:, columns]
        sums[:, cell] = chosen.sum(axis=1) if weight is None else (chosen * weight[columns]).sum(axis=1)
    return sums


def fractions(layout: Layout, cells: Cells, sound: Flags, unit: int) -> tuple[Integers, Integers]:
    """Numerators by group over one denominator per read.

    group total = scored + sum over blocks of (largest of its missing sites) x (scored / largest scored) of the block
    """
    numerator = cells.sum @ layout.cell_in_group
    denominator = np.full_like(numerator, unit)
    rows = np.flatnonzero((cells.seen < layout.cell_largest).any(axis=1))
    if rows.size:
        lost = layout.cell_largest - cells.seen[rows]
        block_sum = cells.sum[rows] @ layout.cell_in_block
        block_seen = cells.seen[rows] @ layout.cell_in_block
        imputes = sound[rows] & ((lost @ layout.cell_in_block) > 0)
        over = np.where(imputes, block_seen, 1)
        common = np.lcm.reduce(over, axis=1)[:, None]
        share = np.where(imputes, common // over * block_sum, 0)
        numerator[rows] = numerator[rows] * common + (lost * share[:, layout.block_of_cell]) @ layout.cell_in_group
        denominator[rows] *= common
    return numerator, denominator


def find_faults(layout: Layout, evaluable: Integers, rule: MissingRule) -> Integers:
    """By block: 0 if its total may be computed, else kind of fault and number of missing sites in one number."""
    sites = layout.cell_sites @ layout.cell_in_block
    there = evaluable @ layout.cell_in_block
    allowed = np.array([rule.may_miss(int(count)) for count in sites])
    kind = np.where(sites - there > allowed, TOO_MANY, 0)
    if rule.whole_side:
        kind = np.where(((evaluable == 0) @ layout.cell_in_block) > 0, ONE_SIDE, kind)
    kind = np.where(there == 0, NO_SITE, kind)
    numbered = (np.arange(len(layout.blocks)) * 4 + kind) * BASE + (sites - there)
    # The limit is part of the text and so of the number.
    return np.where(kind > 0, numbered * BASE + allowed, 0)


BASE = 1000


def fault_texts(layout: Layout, codes: Integers) -> tuple[tuple[str, ...], Integers]:
    """The texts of the faults found, and for each amount the number of its text."""
    if not codes.any():
        return ("",), codes
    found, numbers = np.unique(codes, return_inverse=True)
    texts = tuple(text(layout, int(code)) if code else "" for code in found)
    return (texts, numbers) if texts[0] == "" else (("", *texts), numbers + 1)


def text(layout: Layout, code: int) -> str:
    rest, allowed = divmod(code, BASE)
    rest, lost = divmod(rest, BASE)
    block, kind = divmod(rest, 4)
    feature, region = layout.blocks[block]
    sites = int((layout.cell_sites @ layout.cell_in_block)[block])
    where = f"{feature}, {REGION_WORDS.get(region, region)}"
    if kind == NO_SITE:
        return f"{where}: no site evaluable"
    if kind == ONE_SIDE:
        return f"{where}: no site of one side evaluable"
    return f"{where}: {lost} of {sites} sites not evaluable, at most {allowed} allowed"
