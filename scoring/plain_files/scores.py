"""Item scores from a plain file, long (a column "item") or wide (a column per item), as reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from config.errors import BadInput
from config.wording import both, either, quoted
from instruments import Instrument
from instruments.definition import Item
from instruments.not_assessable import ABSENT
from scoring.plain_files.lines import MISSING, OPTIONAL, READ, FileLine, natural, need
from scoring.plain_files.numbers import whole_in


@dataclass
class PlainRead:
    """The values one reader entered for one visit of one subject, by item key; reasons for those not assessable."""

    subject: str
    visit: str
    reader: str
    campaign: str
    day: int | None
    line: int
    values: dict[str, int | None] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    @property
    def series(self) -> tuple[str, str, str]:
        """The reads between which a change may be computed: one subject, one reader, one campaign."""
        return natural(self.campaign), natural(self.subject), natural(self.reader)


def reads_in(columns: tuple[str, ...], lines: Iterable[FileLine], instrument: Instrument) -> list[PlainRead]:
    """The reads in lines of item scores, long (a column "item") or wide (a column per item, by wide name or key)."""
    need(columns, READ)
    reads: dict[tuple[str, ...], PlainRead] = {}
    if "item" in columns:
        need(columns, ("item", "value"))
        fill_long(lines, instrument, reads)
    else:
        fill_wide(lines, item_columns(columns, instrument), instrument, reads)
    return list(reads.values())


def read_of(line: FileLine, reads: dict[tuple[str, ...], PlainRead]) -> tuple[PlainRead, bool]:
    names = [line.text(column) for column in READ]
    campaign = line.cells.get("campaign", "")
    found = reads.get((*names, campaign))
    if found:
        if found.day != read_day(line):
            raise line.refusal("day", f"Line {found.line} gives {day_in_words(found.day)} for the same read.")
        return found, False
    reads[(*names, campaign)] = PlainRead(names[0], names[1], names[2], campaign, read_day(line), line.number)
    return reads[(*names, campaign)], True


def read_day(line: FileLine) -> int | None:
    text = line.cells.get("day", "")
    if text in MISSING:
        return None
    day = whole_in(text)
    if day is None:
        raise line.refusal("day", "Write a whole number of days, or leave it empty.")
    return day


def day_in_words(day: int | None) -> str:
    """The day of a read, or None."""
    return "no day" if day is None else f"day {day}"


def fill_long(lines: Iterable[FileLine], instrument: Instrument, reads: dict[tuple[str, ...], PlainRead]) -> None:
    named = named_items(instrument)
    for line in lines:
        item = named.get(line.text("item"))
        if item is None:
            raise line.refusal(
                "item", f"Write the key or wide name of an item of {instrument.key}, such as {instrument.items[0].key}."
            )
        read, _ = read_of(line, reads)
        if item.key in read.values:
            whose = f"Subject {read.subject}, visit {read.visit}, reader {read.reader}"
            raise line.refusal("item", f"Write each item once. {whose} already has it.")
        read.values[item.key] = grade_in(line, "value", item)
        reason = line.cells.get("reason", "")
        if reason:
            read.reasons[item.key] = coded_reason(line, "reason", instrument, read.values[item.key])


def fill_wide(
    lines: Iterable[FileLine], columns: dict[str, Item], instrument: Instrument, reads: dict[tuple[str, ...], PlainRead]
) -> None:
    codes = reason_codes(instrument)
    for line in lines:
        read, new = read_of(line, reads)
        if not new:
            raise line.refusal(
                "subject", f"Write one line for each subject, visit and reader. Line {read.line} is for the same."
            )
        for column, item in columns.items():
            code = line.cells[column].upper()
            read.values[item.key] = None if code in codes else grade_in(line, column, item)
            if code in codes:
                read.reasons[item.key] = code


def item_columns(columns: tuple[str, ...], instrument: Instrument) -> dict[str, Item]:
    named = named_items(instrument)
    chosen: dict[str, Item] = {}
    for column in columns:
        if column in (*READ, *OPTIONAL):
            continue
        if column not in named:
            known = both((*READ, *OPTIONAL, f"items of {instrument.key}"))
            raise BadInput(f"Line 1 has the unknown column {quoted(column)}. Columns are {known}.")
        if named[column] in chosen.values():
            raise BadInput(f"Line 1 names item {named[column].key} twice, the second time as {quoted(column)}.")
        chosen[column] = named[column]
    if not chosen:
        raise BadInput(
            f"Line 1 has only the columns {both(columns)}. "
            f"Add a column item, or a column for each item of {instrument.key}."
        )
    return chosen


def named_items(instrument: Instrument) -> dict[str, Item]:
    return {name: item for item in instrument.items for name in (item.key, item.wide_name)}


def grade_in(line: FileLine, column: str, item: Item) -> int | None:
    """The grade in a cell; None where it is empty."""
    text = line.cells[column]
    if text in MISSING:
        return None
    grades = grades_as_written(item.allowed)
    if text not in grades:
        raise line.refusal(column, f"Write {either(item.allowed)}, or leave it empty for not scored.")
    return grades[text]


@lru_cache
def grades_as_written(allowed: tuple[int, ...]) -> dict[str, int]:
    """The allowed spellings of a grade: 3 or, as spreadsheets save it, 3.0."""
    return {str(grade): grade for grade in allowed} | {f"{grade}.0": grade for grade in allowed}


def coded_reason(line: FileLine, column: str, instrument: Instrument, grade: int | None) -> str:
    """The code in a cell for the reason why an item has no grade."""
    codes = reason_codes(instrument)
    code = line.cells[column].upper()
    if grade is not None:
        raise line.refusal(column, "Leave it empty where a value is given.")
    if code not in codes:
        raise line.refusal(column, f"Write {either(codes)}, or leave it empty.")
    return code


def reason_codes(instrument: Instrument) -> tuple[str, ...]:
    return tuple(reason.code for reason in (*instrument.reasons, ABSENT))
