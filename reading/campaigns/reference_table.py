"""Reference scores as a table: subject, visit, item, value, reason; one line for every item of every timepoint."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable

from config.errors import BadInput
from config.natural import natural_key
from config.whole import whole_from
from config.wording import both, counted, either, quoted
from instruments.definition import Instrument
from reading.room.cells import ABSENT

HEAD = ["subject", "visit", "item", "value", "reason"]
LARGEST = 8 * 1024 * 1024
Place = tuple[str, str]
Scores = dict[str, list[object]]


def read_references(content: bytes, instrument: Instrument, wanted: Iterable[Place]) -> dict[Place, Scores]:
    """The scores of each required (subject, visit); BadInput names the line, its value and what is allowed."""
    if len(content) > LARGEST:
        text = f"The file has {len(content):,} bytes. At most {LARGEST:,} are accepted."
        raise BadInput(text, field="file")
    try:
        lines = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("The file cannot be read. Save it as CSV in UTF-8 and choose it again.", field="file") from None
    if not lines or [name for name in HEAD if name not in lines[0]]:
        found_head = both(name or "an empty one" for name in lines[0]) if lines else "no line of scores"
        raise BadInput(f"The file needs the columns {both(HEAD)}. It has {found_head}.", field="file")
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
        text = f"Line {number} has the item {quoted(key)}, which {instrument.title} does not have."
        raise BadInput(text, field="file")
    allowed, reasons = instrument.item(key).allowed, [*(one.code for one in instrument.reasons), ABSENT]
    if reason:
        if reason not in reasons or value:
            text = f"Line {number} has the reason {quoted(reason)} and the value {quoted(value)}."
            raise BadInput(f"{text} Give {either(reasons)}, and no value beside it.", field="file")
        return key, [None, reason]
    score = whole_from(value)
    if score is None or score not in allowed:
        text = f"Line {number} has the value {quoted(value)} for item {key}. Give {either(allowed)}."
        raise BadInput(text, field="file")
    return key, [score, ""]


def demand_all(instrument: Instrument, found: dict[Place, Scores], wanted: set[Place]) -> None:
    """Every required timepoint has every item."""
    for subject, visit in sorted(wanted, key=lambda place: tuple(map(natural_key, place))):
        lacking = len(instrument.items) - len(found.get((subject, visit), {}))
        if lacking:
            missing = counted(lacking, "item is", "items are")
            text = f"{missing} missing for subject {subject}, visit {visit}. Give a line for every item."
            raise BadInput(text, field="file")
