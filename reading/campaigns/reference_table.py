"""Reference scores as a table: subject, visit, item, value, reason; one line for every item of every timepoint."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable

from config.errors import BadInput
from instruments.definition import Instrument
from reading.room.cells import ABSENT

HEAD = ["subject", "visit", "item", "value", "reason"]
LARGEST = 8 * 1024 * 1024
Place = tuple[str, str]
Scores = dict[str, list[object]]


def read_references(content: bytes, instrument: Instrument, wanted: Iterable[Place]) -> dict[Place, Scores]:
    """The scores of each wanted (subject, visit); BadInput names the line, its value and what was allowed."""
    if len(content) > LARGEST:
        raise BadInput("file", f"{len(content)} bytes", f"at most {LARGEST} bytes")
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("file", "unreadable", "a CSV file in UTF-8") from None
    if not lines or [name for name in HEAD if name not in lines[0]]:
        raise BadInput("columns", ", ".join(map(str, lines[0])) if lines else "none", ", ".join(HEAD))
    found: dict[Place, Scores] = defaultdict(dict)
    for number, line in enumerate(lines, start=2):
        item, score = one_score(instrument, line, number)
        found[(line["subject"] or "").strip(), (line["visit"] or "").strip()][item] = score
    demand_all(instrument, found, set(wanted))
    return found


def one_score(instrument: Instrument, line: dict[str, str | None], number: int) -> tuple[str, list[object]]:
    """The item of a line and its [grade, reason]."""
    key, value, reason = ((line[name] or "").strip() for name in ("item", "value", "reason"))
    if key not in instrument.positions:
        raise BadInput(f"item in line {number}", key, f"an item of {instrument.key}")
    allowed, reasons = instrument.item(key).allowed, [*(one.code for one in instrument.reasons), ABSENT]
    if reason:
        if reason not in reasons or value:
            raise BadInput(f"reason in line {number}", reason, f"{', '.join(reasons)}, without a value")
        return key, [None, reason]
    if not value.isascii() or not value.isdigit() or int(value) not in allowed:
        raise BadInput(f"value in line {number}", value, ", ".join(map(str, allowed)))
    return key, [int(value), ""]


def demand_all(instrument: Instrument, found: dict[Place, Scores], wanted: set[Place]) -> None:
    """Every wanted timepoint is there with every item."""
    for subject, visit in sorted(wanted):
        lacking = len(instrument.items) - len(found.get((subject, visit), {}))
        if lacking:
            raise BadInput(f"scores of {subject} {visit}", f"{lacking} items missing", "every item")
