"""Totals and changes of the reads of a plain file, as rows of plain data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from config.errors import BadInput
from config.wording import either, quoted
from instruments import Instrument
from instruments.amounts import Amount, Total
from instruments.change import Change, change_series
from instruments.layout import Group
from instruments.missing import Flags, MissingRule, Operated, Together, Values
from instruments.receipt import ChangeReceipt, Receipt, change_receipt, receipt
from instruments.totals import as_row, score, score_series
from scoring.plain_files.lines import natural
from scoring.plain_files.numbers import csv_text
from scoring.plain_files.scores import PlainRead

Row = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Scored:
    """A read with its total, and its change from the baseline visit where one was requested and exists."""

    read: PlainRead
    total: Total
    change: Change | None


class PlainTotals:
    """The totals of the reads of one file under one rule."""

    def __init__(
        self, instrument: Instrument, rule: MissingRule, reads: list[PlainRead], baseline: str | None = None
    ) -> None:
        self.instrument, self.rule, self.baseline = instrument, rule, baseline
        self.series = [in_time(list(reads_of), rule) for _, reads_of in groupby(reads, key=lambda read: read.series)]
        if baseline is not None and all(read.visit != baseline for read in reads):
            visits = sorted({read.visit for read in reads}, key=natural)
            raise BadInput(f"The file has no visit {quoted(baseline)} for --baseline. Choose {either(visits)}.")

    def scored(self) -> Iterator[Scored]:
        """Each read with its totals, by campaign, subject, reader and time."""
        totals = self._alone() if self._needs_no_series else self._together()
        for series in self.series:
            changes = self._changes(series)
            for at, read in enumerate(series):
                yield Scored(read, next(totals), changes.get(at))

    def receipts(self) -> Iterator[tuple[PlainRead, Receipt | ChangeReceipt]]:
        """The receipt of each total, and of each change where a baseline was named."""
        for series in self.series:
            grades, reasons = [read.values for read in series], [read.reasons for read in series]
            for at, read in enumerate(series):
                yield read, receipt(self.instrument, grades, self.rule, visit=at, reasons=reasons)
            places = self._from_baseline(series)
            for place, at in enumerate(places[1:], start=1):
                yield series[at], self._change_receipt([series[number] for number in places], place)

    def _change_receipt(self, series: list[PlainRead], visit: int) -> ChangeReceipt:
        grades, reasons = [read.values for read in series], [read.reasons for read in series]
        return change_receipt(self.instrument, grades, self.rule, visit=visit, reasons=reasons)

    @property
    def _needs_no_series(self) -> bool:
        kind = self.rule.kind
        return kind.operated is not Operated.CARRIED and kind.together is not Together.SERIES

    def _alone(self) -> Iterator[Total]:
        reads = [read for series in self.series for read in series]
        values, operated = self._arrays(reads)
        found = score(self.instrument, values, self.rule, operated)
        return (found.row(at) for at in range(len(found)))

    def _together(self) -> Iterator[Total]:
        for series in self.series:
            values, operated = self._arrays(series)
            for found in score_series(self.instrument, values[None], self.rule, operated[None]):
                yield found.row(0)

    def _changes(self, series: list[PlainRead]) -> dict[int, Change]:
        places = self._from_baseline(series)
        if len(places) < 2:
            return {}
        values, operated = self._arrays([series[at] for at in places])
        found = change_series(self.instrument, values[None], self.rule, operated[None])
        return {at: one.row(0) for at, one in zip(places[1:], found, strict=True)}

    def _from_baseline(self, series: list[PlainRead]) -> list[int]:
        """Places of the reads, the baseline visit first; none when the series has no baseline visit."""
        start = next((at for at, read in enumerate(series) if read.visit == self.baseline), None)
        if start is None:
            return []
        if start and not self._needs_no_series:
            text = f"Rule {self.rule.name} takes the first visit of each series for --baseline"
            raise BadInput(f"{text}, and {quoted(self.baseline)} is a later one.")
        return [start, *(at for at in range(len(series)) if at != start)]

    def _arrays(self, reads: list[PlainRead]) -> tuple[Values, Flags]:
        rows = [as_row(self.instrument, read.values, self._operated(read)) for read in reads]
        return np.array([row for row, _ in rows]), np.array([flags for _, flags in rows])

    def _operated(self, read: PlainRead) -> list[str]:
        return [key for key, code in read.reasons.items() if self.instrument.reason(code).operated]


def in_time(series: list[PlainRead], rule: MissingRule) -> list[PlainRead]:
    """By day where every read has one, else by visit with numbers by size."""
    if all(read.day is not None for read in series):
        return sorted(series, key=lambda read: read.day or 0)
    if rule.kind.operated is Operated.CARRIED and not all(read.visit.isdecimal() for read in series):
        text = f"Line {series[0].line} has {quoted(series[0].visit)} in column visit."
        raise BadInput(f"{text} Rule {rule.name} needs the order of visits: write numbers, or add a column day.")
    return series


def name_of(group: Group) -> str:
    """The column of a group of a total.

    >>> name_of((None, None, None)), name_of(("erosion", "hand", None))
    ('total', 'erosion_hand')
    """
    return "_".join(part for part in group if part) or "total"


def row_of(found: Scored) -> Row:
    """A read and its amounts, numbers unrounded, by group."""
    read = found.read
    row: Row = {"subject": read.subject, "visit": read.visit, "reader": read.reader}
    if read.campaign:
        row["campaign"] = read.campaign
    row |= {name_of(group): amount.value for group, amount in found.total.amounts.items() if group[2] is None}
    row["amounts"] = {name_of(group): amount_as_dict(amount) for group, amount in found.total.amounts.items()}
    if found.change is not None:
        row["change"] = {
            name_of(group): amount_as_dict(amount) for group, amount in found.change.difference.amounts.items()
        }
    return row


def amount_as_dict(amount: Amount) -> Row:
    return {
        "value": amount.value,
        "numerator": amount.numerator,
        "denominator": amount.denominator,
        "reason": amount.reason,
        "assessed": amount.assessed,
        "imputed": amount.imputed,
    }


def stamp(instrument: Instrument, rule: MissingRule) -> dict[str, str]:
    """The columns of every line of results: the instrument and the rule that produced it."""
    parameters = ",".join(f"{name}={value}" for name, value in sorted(rule.parameters.items()))
    return {
        "instrument": f"{instrument.key}/{instrument.version}",
        "missing_rule": f"{rule.name}:{parameters}".rstrip(":"),
    }


def flat_row(found: Scored, groups: tuple[Group, ...], with_change: bool) -> dict[str, str]:
    """A read as a line of CSV: whole numbers unchanged, fractions rounded once, with numerator and denominator."""
    read = found.read
    row = {"subject": csv_text(read.subject), "visit": csv_text(read.visit), "reader": csv_text(read.reader)}
    if read.campaign:
        row["campaign"] = csv_text(read.campaign)
    for group in groups:
        row |= flat(name_of(group), found.total.amounts[group])
    row |= {"assessed": str(found.total.overall.assessed), "imputed": str(found.total.overall.imputed)}
    if with_change:
        for group in groups:
            row |= flat(f"change_{name_of(group)}", found.change.difference.amounts[group] if found.change else None)
    return row


def flat(name: str, amount: Amount | None) -> dict[str, str]:
    if amount is None or amount.numerator is None:
        reason = amount.reason if amount else ""
        return {name: "", f"{name}_numerator": "", f"{name}_denominator": "", f"{name}_reason": reason}
    value = str(amount.numerator) if amount.denominator == 1 else str(amount.rounded())
    parts = {f"{name}_numerator": str(amount.numerator), f"{name}_denominator": str(amount.denominator)}
    return {name: value, **parts, f"{name}_reason": ""}
