"""Draws every order of an exported dataset again from the revealed seeds, without a database or secrets."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any

from config.errors import BadInput
from config.wording import both, counted, quoted
from reading.issuing.presentations import BESIDE, PRESENTATIONS, draw_queue, draw_repeats, plan_steps, queue_name
from reading.issuing.randomisation import SEED_BYTES, commitment
from scoring.datasets.tables import ORDERS
from scoring.datasets.verifier import MANIFEST

FORMULA_KEPT_AS_TEXT = ("'-", "'=", "'+", "'@")


@dataclass(frozen=True)
class ShownTimepoint:
    """One row of orders.csv: a timepoint as it was shown."""

    read: str
    case: str
    kind: str
    commitment: str
    queue: str
    entry: str
    place: int
    step: int
    counts: bool
    position: int
    letter: str
    key: str
    visit: int
    repeated: bool


@dataclass(frozen=True)
class StoredOrders:
    """The stored orders of a dataset with its revealed seeds: reads in the order of the file."""

    presentation: str
    repeats_share: float
    reads: dict[str, list[ShownTimepoint]]
    seeds: dict[str, bytes]

    def seed_of(self, shown: ShownTimepoint) -> bytes:
        """The seed from which a row was drawn."""
        return self.seeds[shown.commitment]


@dataclass(frozen=True)
class ExpectedOrder:
    """The draw of a seed for one queue: its name, its order, and the reads to be repeated."""

    name: str
    order: Sequence[str]
    repeated: frozenset[str]


def read_drawing(folder: Path, seed_file: Path) -> StoredOrders:
    """The dataset's orders and charter, and the seeds by their computed commitment; BadInput when unusable."""
    try:
        terms = read_json(folder / MANIFEST)["charter"]["terms"]
        presentation, share = terms["presentation"], float(terms.get("repeats_share", 0))
    except (KeyError, TypeError, ValueError):
        raise BadInput(
            f"The file {folder / MANIFEST} has no charter terms. Name the folder of an unpacked dataset."
        ) from None
    if presentation not in PRESENTATIONS:
        raise BadInput(
            f"The charter has the presentation {quoted(presentation)}. Known presentations: {both(PRESENTATIONS)}."
        )
    reads: dict[str, list[ShownTimepoint]] = {}
    for shown in read_orders(folder / ORDERS.name):
        reads.setdefault(shown.read, []).append(shown)
    seeds = read_seeds(seed_file)
    for rows in reads.values():
        if rows[0].commitment not in seeds:
            wanted = rows[0].commitment
            raise BadInput(f"The file {seed_file.name} lacks the seed whose commitment is {wanted}.")
    return StoredOrders(presentation, share, reads, seeds)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object in a file."""
    try:
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput(f"The file {path} cannot be read as JSON: {fault_of(error)}.") from None
    return found


def fault_of(error: OSError | ValueError) -> str:
    """The fault of a file, in words."""
    return (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__


def read_orders(path: Path) -> list[ShownTimepoint]:
    """The rows of orders.csv."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return [shown_in(row) for row in csv.DictReader(file)]
    except OSError as error:
        raise BadInput(f"The file {path} cannot be read: {error.strerror}.") from None
    except KeyError as missing:
        raise BadInput(f"The file {path.name} has no column {missing.args[0]}.") from None
    except (AttributeError, TypeError, ValueError):
        text = f"The file {path.name} has a row that is cut short, or that lacks a whole number where one is needed."
        raise BadInput(text) from None


def shown_in(row: dict[str, str]) -> ShownTimepoint:
    """One row, typed."""
    return ShownTimepoint(
        read=as_written(row["READID"]),
        case=row["CASENUM"],
        kind=row["READKIND"],
        commitment=row["COMMITMENT"],
        queue=as_written(row["QUEUE"]),
        entry=as_written(row["ENTRY"]),
        place=int(row["QUEUEPOS"]),
        step=int(row["STEP"]),
        counts=row["STEPCOUNTS"] == "Y",
        position=int(row["POSITION"]),
        letter=row["LETTER"],
        key=as_written(row["KEY"]),
        visit=int(row["VISITPOS"]),
        repeated=row["REPEATDRAWN"] == "Y",
    )


def as_written(text: str) -> str:
    """A cell without the apostrophe that keeps spreadsheets from reading it as a formula."""
    return text[1:] if text.startswith(FORMULA_KEPT_AS_TEXT) else text


def read_seeds(path: Path) -> dict[str, bytes]:
    """The seeds of a file of revealed seeds, by the commitment computed from each."""
    try:
        seeds = [bytes.fromhex(entry["seed"]) for entry in read_json(path)["seeds"]]
    except (KeyError, TypeError, ValueError):
        text = f"The file {path.name} is not a file of seeds: JSON with “seeds”, each with its “seed” in hexadecimal."
        raise BadInput(text) from None
    for seed in seeds:
        if len(seed) != SEED_BYTES:
            raise BadInput(f"The seed {quoted(seed.hex())} has {counted(len(seed), 'byte')}. A seed has {SEED_BYTES}.")
    return {commitment(seed): seed for seed in seeds}


def first_difference(drawing: StoredOrders) -> str:
    """The first read, in the order of the file, that differs from its seed's draw, as a sentence; empty if none."""
    queues: dict[str, list[ShownTimepoint]] = {}
    for shown in (one for rows in drawing.reads.values() for one in rows if one.queue):
        queues.setdefault(shown.queue, []).append(shown)
    expected = {queue: expected_of(drawing, rows) for queue, rows in queues.items()}
    for token, rows in drawing.reads.items():
        fault = steps_differ(drawing, rows)
        if not fault and rows[0].queue:
            fault = places_differ(expected[rows[0].queue], rows)
        if fault:
            return f"Read {token} of case {rows[0].case} is not as it was drawn: {fault}."
    return ""


def expected_of(drawing: StoredOrders, rows: Sequence[ShownTimepoint]) -> ExpectedOrder:
    """A queue drawn again from all its entries."""
    seed = drawing.seed_of(rows[0])
    entries = sorted({row.entry for row in rows})
    first = sorted({row.read for row in rows if row.kind == "primary"})
    return ExpectedOrder(
        queue_name(entries), draw_queue(seed, entries), draw_repeats(seed, first, drawing.repeats_share)
    )


def steps_differ(drawing: StoredOrders, rows: Sequence[ShownTimepoint]) -> str:
    """How the steps of a read differ from those that its seed gives."""
    true_order = sorted({(row.visit, row.key) for row in rows})
    plans = plan_steps(
        drawing.presentation, drawing.seed_of(rows[0]), rows[0].read, true_order, key=lambda timepoint: timepoint[1]
    )
    wanted, first = [], 0
    for step, plan in enumerate(plans, start=1):
        for place, (visit, key) in enumerate(plan.shown, start=first):
            wanted.append((step, place, ascii_uppercase[place], visit, key, plan.counts))
        first += len(plan.shown) if drawing.presentation in BESIDE else 0
    stored = sorted((row.step, row.position, row.letter, row.visit, row.key, row.counts) for row in rows)
    if stored == wanted:
        return ""
    shown, given = ([f"{one[0]}{one[2]}={one[3]}" for one in places] for places in (stored, wanted))
    return f"step, letter and visit were {' '.join(shown)}, but the seed gives {' '.join(given)}"


def places_differ(expected: ExpectedOrder, rows: Sequence[ShownTimepoint]) -> str:
    """How a read's places in its queue, or whether it is repeated, differ from what its seed gives."""
    if rows[0].queue != expected.name:
        return f"its queue is named {rows[0].queue}, but the first token there is {expected.name}"
    for row in rows:
        drawn = expected.order.index(row.entry)
        if row.place != drawn:
            return f"entry {row.entry} has place {row.place} in its queue, but the seed gives {drawn}"
    if rows[0].repeated != (rows[0].read in expected.repeated):
        return f"it is {'' if rows[0].repeated else 'not '}marked as to be repeated, but the seed gives the opposite"
    return ""
