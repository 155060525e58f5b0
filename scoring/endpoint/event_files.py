"""Reads a statistician's list of intercurrent events: subject, kind, date, source; every fault names its line."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from config.errors import BadInput
from config.wording import counted, either, quoted
from reading.charter.terms import EVENT_KINDS
from studies.naming import shortened
from studies.plan.tables.reading import Fault, TableLine, read_lines

COLUMNS = ("subject", "kind", "date", "source")
LONGEST_SOURCE = 80
EXAMPLE = "subject,kind,date,source\n1001,rescue,2025-04-23,CRF page 12\n1004,death,2025-06-02,safety database\n"


class FaultyList(BadInput):
    """The list is refused as a whole; `faults` say why, line by line."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        errors = counted(len(faults), "error")
        super().__init__(
            f"The list has {errors}, so nothing was imported. Correct it and import it again.", field="file"
        )
        self.faults = tuple(faults)


def read_events(
    text: str, *, subjects: Collection[str], independent: Collection[str], latest: date
) -> list[dict[str, Any]]:
    """The events in the order of the file; FaultyList when any line is wrong."""
    lines, faults = read_lines(text, COLUMNS, COLUMNS)
    seen: dict[tuple[str, str], int] = {}
    for line in lines:
        found = list(faults_of(line, subjects, independent, latest, seen))
        faults += found
        if not found:
            seen[line.values["subject"], line.values["kind"]] = line.number
    if faults:
        raise FaultyList(sorted(faults, key=lambda fault: fault.line))
    return [{**line.values, "line": line.number} for line in lines]


def faults_of(
    line: TableLine,
    subjects: Collection[str],
    independent: Collection[str],
    latest: date,
    seen: dict[tuple[str, str], int],
) -> Iterator[Fault]:
    """What is wrong with one line."""
    subject, kind, day, source = (line.values.get(name, "") for name in COLUMNS)
    if subject not in subjects:
        yield Fault(line.number, "subject", f"The trial has no subject {quoted(shortened(subject))}.")
    elif earlier := seen.get((subject, kind)):
        yield Fault(line.number, "subject", f"Line {earlier} has an event of this kind for the same subject. Keep one.")
    if says := fault_of_kind(kind, independent):
        yield Fault(line.number, "kind", says)
    if says := fault_of_day(day, latest):
        yield Fault(line.number, "date", says)
    if not source or len(source) > LONGEST_SOURCE:
        says = f"The source has {len(source)} characters. Say in 1 to {LONGEST_SOURCE} where the event is recorded."
        yield Fault(line.number, "source", says)


def fault_of_kind(kind: str, independent: Collection[str]) -> str:
    """Why an event of this kind cannot be imported; empty when it can."""
    if kind not in EVENT_KINDS:
        return f"The kind cannot be {quoted(shortened(kind))}. Write {either(EVENT_KINDS)}."
    if kind not in independent:
        return (
            f"The charter does not declare events of {EVENT_KINDS[kind]} independent of the arm, so their dates could "
            "show the arm. Remove the line; such events are applied once the arms are known."
        )
    return ""


def fault_of_day(text: str, latest: date) -> str:
    """Why the day cannot be used; empty when it can."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return f"The date cannot be {quoted(shortened(text))}. Write it as 2025-04-23."
    if len(text) != len("2025-04-23"):
        return f"The date cannot be {quoted(shortened(text))}. Write it as 2025-04-23."
    return "" if day <= latest else f"The date {text} is in the future. Write a day up to {latest.isoformat()}."
