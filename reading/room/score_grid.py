"""The values that a signature covers as a grid: one row per joint, one column per timepoint and feature. No sums."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from instruments.definition import SIDE_NAMES, Instrument, Item
from instruments.not_assessable import ABSENT
from reading.models import DisplayedTimepoint, ItemNote
from reading.room.blinded import FEATURE_LABELS
from reading.room.cells import CellContent, CellContents
from reading.room.impossible_codes import knows_reason, reason_in_words

EMPTY_ON_PAPER = "?"
Notes = dict[tuple[int, str], ItemNote]


@dataclass(frozen=True)
class GridCell:
    """One value in words: a grade, the reason why there is none, or empty; `flag` if the reader marked it.

    `code` replaces the words on paper; `bulk` means that a whole row was set at once.
    """

    text: str
    state: str
    flag: bool = False
    code: str = ""
    bulk: bool = False


@dataclass(frozen=True)
class GridPart:
    """The joints of one side of one region."""

    title: str
    letters: list[str]
    features: list[str]
    rows: list[tuple[str, list[GridCell]]]


def score_grid(
    instrument: Instrument, timepoints: list[DisplayedTimepoint], cells: CellContents, notes: Notes
) -> list[GridPart]:
    """Every value of a step, part by part."""
    parts: dict[tuple[str, str], list[Item]] = {}
    for item in instrument.items:
        parts.setdefault((item.side, item.region), []).append(item)
    return [part_of(instrument, items, timepoints, cells, notes) for items in parts.values()]


def part_of(
    instrument: Instrument, items: list[Item], timepoints: list[DisplayedTimepoint], cells: CellContents, notes: Notes
) -> GridPart:
    """The grid of these items, which are of one side and region."""
    features = list(dict.fromkeys(item.feature for item in items))
    by_joint: dict[tuple[str, str], dict[str, Item]] = {}  # several places of one joint have separate labels
    for item in items:
        by_joint.setdefault((item.joint, item.label), {})[item.feature] = item

    def row(scored: dict[str, Item]) -> Iterator[GridCell]:
        for timepoint in timepoints:
            for feature in features:
                item = scored.get(feature)
                place = (timepoint.pk, item.key) if item else None
                yield cell_of(instrument, cells.get(place), notes.get(place)) if place else GridCell("", "unscored")

    return GridPart(
        title=f"{SIDE_NAMES[items[0].side]} {items[0].region}",
        letters=[timepoint.letter for timepoint in timepoints],
        features=[FEATURE_LABELS.get(feature, feature) for feature in features],
        rows=[(label, list(row(scored))) for (_, label), scored in by_joint.items()],
    )


def cell_of(instrument: Instrument, cell: CellContent | None, note: ItemNote | None) -> GridCell:
    """A cell as printed."""
    flag = bool(note and (note.flag or note.comment))
    if cell is None or not cell.filled:
        return GridCell("empty", "empty", flag, EMPTY_ON_PAPER)
    if cell.reason and not knows_reason(instrument, cell.reason):
        return GridCell(reason_in_words(instrument, cell.reason), "reason", flag)
    if cell.reason:
        reason = instrument.reason(cell.reason)
        return GridCell(reason.label, "reason", flag, reason.short)
    return GridCell(str(cell.value), "scored", flag, bulk=cell.entry == "bulk")


def codes_on_paper(instrument: Instrument) -> list[tuple[str, str]]:
    """Each code that replaces words on paper, and its meaning."""
    reasons = [(reason.short, reason.label) for reason in (*instrument.reasons, ABSENT)]
    return [*reasons, (EMPTY_ON_PAPER, "empty")]
