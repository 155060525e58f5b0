"""A printable receipt for any total or change: every item, with the value used and the rule.

Computed site by site in fractions, independently of the array arithmetic of `totals`, so that each checks the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from instruments.amounts import Amount, Total
from instruments.change import Change, change_series, sites_counted
from instruments.definition import Instrument, Item
from instruments.layout import layout_of
from instruments.missing import Codes, Flags, MissingRule, Origin, Together, Values, substitute
from instruments.totals import as_row, score_series

Grades = Mapping[str, int | None]
Reasons = Mapping[str, str]


@dataclass(frozen=True)
class ReceiptLine:
    """One item: its entry, or the reason for having none, its points in the total, and how these were computed."""

    item: Item
    entered: int | None
    why_not: str
    points: Fraction | None
    how: str


@dataclass(frozen=True)
class Receipt:
    """The lines of one total, in reading order, and the total they add up to."""

    instrument: Instrument
    rule: MissingRule
    lines: tuple[ReceiptLine, ...]
    total: Total

    def as_text(self) -> str:
        """The receipt as printed."""
        rows = [(name(line.item), entered_text(line), points_text(line.points), line.how) for line in self.lines]
        foot = [(f"Total {group_text(group)}", "", amount_text(amount), "") for group, amount in printed(self.total)]
        return "\n".join(
            [*head(self.instrument, self.rule), *table(("Item", "Entered", "Points", "How"), [*rows, *foot])]
        )


@dataclass(frozen=True)
class ChangeReceipt:
    """The lines of both visits as used for a change, and the change they add up to."""

    instrument: Instrument
    rule: MissingRule
    baseline: tuple[ReceiptLine, ...]
    later: tuple[ReceiptLine, ...]
    change: Change

    def as_text(self) -> str:
        """The receipt as printed."""
        rows = [change_row(first, second) for first, second in zip(self.baseline, self.later, strict=True)]
        foot = [
            (f"Change {group_text(group)}", "", "", "", "", amount_text(amount), "")
            for group, amount in printed(self.change.difference)
        ]
        titles = ("Item", "Baseline", "Later", "Points", "Points later", "Change", "How")
        return "\n".join([*head(self.instrument, self.rule), *table(titles, [*rows, *foot])])


def receipt(
    instrument: Instrument,
    visits: Sequence[Grades],
    rule: MissingRule,
    *,
    visit: int = -1,
    reasons: Sequence[Reasons] = (),
) -> Receipt:
    """The receipt of the status total at one visit of a reader's series (the last unless named).

    `reasons` has {item key: reason code} for each visit; codes marked as operated invoke the rules for operated sites.
    """
    series = ReaderVisits(instrument, visits, rule, reasons)
    at = range(len(visits))[visit]
    counted = series.counted_alone(at)
    total = score_series(instrument, series.values, rule, series.operated)[at].row(0)
    return Receipt(instrument, rule, series.lines(at, counted, total), total)


def change_receipt(
    instrument: Instrument,
    visits: Sequence[Grades],
    rule: MissingRule,
    *,
    visit: int = -1,
    reasons: Sequence[Reasons] = (),
) -> ChangeReceipt:
    """The receipt of the change from the first visit of a reader's series to another (the last unless named)."""
    series = ReaderVisits(instrument, visits, rule, reasons)
    at = range(len(visits))[visit]
    if at == 0:
        raise ValueError("The visit is the first one. Give a later visit, since a change starts at the first.")
    counted = sites_counted(series.evaluable, rule, 0, at)
    change = change_series(instrument, series.values, rule, series.operated)[at - 1].row(0)
    first, second = series.lines(0, counted[0][0], change.baseline), series.lines(at, counted[1][0], change.later)
    return ChangeReceipt(instrument, rule, first, second, change)


class ReaderVisits:
    """The visits of one reader as passed to the rule."""

    def __init__(
        self, instrument: Instrument, visits: Sequence[Grades], rule: MissingRule, reasons: Sequence[Reasons]
    ) -> None:
        self.instrument, self.rule = instrument, rule
        self.reasons = [*reasons, *({} for _ in visits[len(reasons) :])]
        rows = [
            as_row(instrument, grades, operated(instrument, why))
            for grades, why in zip(visits, self.reasons, strict=True)
        ]
        self.values: Values = np.stack([row for row, _ in rows])[None]
        self.operated: Flags = np.stack([flags for _, flags in rows])[None]
        self.used: Values
        self.origin: Codes
        self.used, self.origin = substitute(rule, self.values, self.operated, layout_of(instrument).maxima)
        self.evaluable: Flags = self.origin != Origin.MISSING

    def counted_alone(self, visit: int) -> Flags:
        counted: Flags = self.evaluable[0].all(axis=0) if self._in_series else self.evaluable[0, visit]
        return counted

    @property
    def _in_series(self) -> bool:
        return self.rule.kind.together is Together.SERIES

    def lines(self, visit: int, counted: Flags, total: Total) -> tuple[ReceiptLine, ...]:
        return tuple(self._line(visit, column, counted, total) for column in range(len(self.instrument.items)))

    def _line(self, visit: int, column: int, counted: Flags, total: Total) -> ReceiptLine:
        item = self.instrument.items[column]
        entered = self.values[0, visit, column]
        grade = None if np.isnan(entered) else int(entered)
        why = "" if grade is not None else self._why_not(visit, item)
        origin = Origin(int(self.origin[0, visit, column]))
        if counted[column]:
            points = Fraction(int(self.used[0, visit, column]) * item.weight, self.instrument.unit)
            return ReceiptLine(item, grade, why, points, HOW[origin])
        missing = total.of(feature=item.feature, region=item.region).reason
        if missing:
            return ReceiptLine(item, grade, why, None, "not imputed: the total is missing")
        share = self._share(visit, item, counted)
        aside = "" if grade is None else "entered value set aside, site not evaluable at another visit; "
        points = share * item.largest / self.instrument.unit
        return ReceiptLine(item, grade, why, points, f"{aside}imputed in proportion ({self.rule.name})")

    def _why_not(self, visit: int, item: Item) -> str:
        code = self.reasons[visit].get(item.key)
        return self.instrument.reason(code).label if code else "not scored"

    def _share(self, visit: int, item: Item, counted: Flags) -> Fraction:
        """The proportion of their maximum that the counted sites of the item's feature and region reach."""
        block = [
            (other, column)
            for column, other in enumerate(self.instrument.items)
            if (other.feature, other.region) == (item.feature, item.region) and counted[column]
        ]
        reached = sum(int(self.used[0, visit, column]) * other.weight for other, column in block)
        return Fraction(reached, sum(other.largest for other, _ in block))


HOW = {
    Origin.SCORED: "scored",
    Origin.MAXIMUM: "operated: maximum (operated-maximum)",
    Origin.CARRIED: "operated: last score before the operation (operated-carried)",
}


def operated(instrument: Instrument, why: Reasons) -> list[str]:
    return [key for key, code in why.items() if instrument.reason(code).operated]


def printed(total: Total) -> list[tuple[tuple[str | None, str | None, str | None], Amount]]:
    return [(group, amount) for group, amount in total.amounts.items() if group[2] is None]


def head(instrument: Instrument, rule: MissingRule) -> list[str]:
    parameters = (
        f"limit {rule.limit:g}, whole side {'yes' if rule.whole_side else 'no'}" if rule.kind.fills else "no parameters"
    )
    return [
        f"{instrument.title} ({instrument.key} version {instrument.version})",
        f"Missing rule: {rule.name}, {parameters} [{rule.kind.fact.mark}: {rule.kind.fact.mark.says}]",
        "",
    ]


def name(item: Item) -> str:
    return f"{item.key}  {item.feature}, {'left' if item.side == 'L' else 'right'} {item.label}"


def group_text(group: tuple[str | None, str | None, str | None]) -> str:
    return ", ".join(part for part in group if part) or "overall"


def entered_text(line: ReceiptLine) -> str:
    return line.why_not if line.entered is None else str(line.entered)


def points_text(points: Fraction | None) -> str:
    return "-" if points is None else str(points)


def amount_text(amount: Amount) -> str:
    if amount.fraction is None:
        return f"missing: {amount.reason}"
    return str(amount.fraction) if amount.denominator == 1 else f"{amount.fraction} = {amount.rounded()}"


def change_row(first: ReceiptLine, second: ReceiptLine) -> tuple[str, ...]:
    change = None if first.points is None or second.points is None else second.points - first.points
    how = first.how if first.how == second.how else f"{first.how} / {second.how}"
    return (
        name(first.item),
        entered_text(first),
        entered_text(second),
        points_text(first.points),
        points_text(second.points),
        points_text(change),
        how,
    )


def table(titles: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in (titles, *rows)) for column in range(len(titles) - 1)]
    return [
        "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]]).rstrip()
        for row in (titles, *rows)
    ]
