"""Reads the sponsor's list: subject, visit and date, optionally rescue date and whether a film was taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from config.errors import BadInput
from config.wording import quoted
from scoring.endpoint.event_files import FaultyList, fault_of_day
from studies.naming import checked_code, checked_subject_code, shortened
from studies.plan.tables.reading import Fault, TableLine, read_lines

REQUIRED = ("subject", "visit", "date")
RESCUE, FILM = "rescue_date", "film"
COLUMNS = (*REQUIRED, RESCUE, FILM)
MEANINGS = {
    "subject": "code of the subject",
    "visit": "code of the visit",
    "date": "date of the films; empty if the visit has none yet",
    RESCUE: "date of rescue treatment, on any or all lines of the subject; empty without rescue",
    FILM: "yes if films were taken, no if not; if empty, films were taken if the line has a date",
}
EXAMPLE = "subject,visit,date,film\n1001,BL,2025-01-15,yes\n1001,W24,2025-07-02,yes\n1002,BL,2025-02-03,no\n"
MOST_LINES = 20_000

Row = Mapping[str, Any]


def read_list(text: str, *, latest: date, no_rescue: str) -> list[dict[str, Any]]:
    """The rows in the order of the file; FaultyList when any line is wrong.

    `no_rescue` says why rescue dates are refused; empty where they are allowed. An optional column that the file does
    not have is in no row.
    """
    lines, faults = read_lines(text, COLUMNS, REQUIRED)
    if len(lines) > MOST_LINES:
        raise BadInput(
            f"The list has {len(lines):,} lines below the column names. At most {MOST_LINES:,} are read.", field="file"
        )
    columns = [name for name in COLUMNS if any(name in line.values for line in lines)]
    if no_rescue and RESCUE in columns:
        faults.append(Fault(1, RESCUE, no_rescue))
    seen: dict[tuple[str, str], int] = {}
    rescues: dict[str, tuple[str, int]] = {}
    rows = []
    for line in lines:
        row, found = row_of(line, columns, latest)
        found += [] if found else list(contradictions(row, seen, rescues))
        faults += found
        rows.append(row)
    if faults or not rows:
        raise FaultyList(sorted(faults or [Fault(1, "", NO_LINES)], key=lambda fault: fault.line))
    return rows


NO_LINES = "The list has no lines below the column names. Add at least one."


def row_of(line: TableLine, columns: Sequence[str], latest: date) -> tuple[dict[str, Any], list[Fault]]:
    """One row, and what is wrong with its values."""
    day = partial(listed_day, latest=latest)
    read: dict[str, Callable[[str], str]] = {
        "subject": checked_subject_code,
        "visit": visit_code,
        "date": day,
        RESCUE: day,
        FILM: film_taken,
    }
    row: dict[str, Any] = {"line": line.number}
    faults = []
    for name in columns:
        text = line.values.get(name, "")
        try:
            row[name] = read[name](text)
        except BadInput as refusal:
            faults.append(Fault(line.number, name, str(refusal)))
    return row, faults


def visit_code(text: str) -> str:
    """The code of a visit."""
    return checked_code("visit code", text, field="visit")


def film_taken(text: str) -> str:
    """yes, no, or empty."""
    if text.lower() not in ("", "yes", "no"):
        raise BadInput(f"The column film cannot be {quoted(shortened(text))}. Write yes or no, or leave it empty.")
    return text.lower()


def listed_day(text: str, *, latest: date) -> str:
    """A day that is not in the future, or empty."""
    if not text:
        return ""
    if says := fault_of_day(text, latest):
        raise BadInput(says)
    return date.fromisoformat(text).isoformat()


def contradictions(row: Row, seen: dict[tuple[str, str], int], rescues: dict[str, tuple[str, int]]) -> Iterator[Fault]:
    """What contradicts an earlier line; remembers the row."""
    earlier = seen.setdefault((row["subject"], row["visit"]), row["line"])
    if earlier != row["line"]:
        yield Fault(row["line"], "visit", f"Line {earlier} has the same visit of this subject. Keep one.")
    if day := row.get(RESCUE):
        first, line = rescues.setdefault(row["subject"], (day, row["line"]))
        if first != day:
            yield Fault(row["line"], RESCUE, f"Line {line} gives {first} for this subject. Keep one date.")
