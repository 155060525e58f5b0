"""The current state of a read's cells: the newest revision of every item of every timepoint."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Prefetch, Q, prefetch_related_objects

import instruments
from config.errors import BadInput
from config.wording import quoted
from instruments.definition import Instrument, Item
from reading.charter.versions import terms_of
from reading.models import Campaign, DisplayedFilm, DisplayedTimepoint, ItemNote, ItemScore, Read, ReadStep

ABSENT = "ABSENT"


@dataclass(frozen=True)
class CellContent:
    """The current content of a cell: a grade, a reason, or nothing (cleared)."""

    value: int | None
    reason: str
    revision: int
    entry: str

    @property
    def filled(self) -> bool:
        """Whether the cell has a grade or a reason."""
        return self.value is not None or bool(self.reason)


CellContents = dict[tuple[int, str], CellContent]


def instrument_of(read: Read) -> Instrument:
    """The instrument of the charter version pinned by the read's campaign."""
    return instrument_of_campaign(read.case.campaign)


def instrument_of_campaign(campaign: Campaign) -> Instrument:
    """The instrument of the charter version pinned by the campaign."""
    return instruments.get(terms_of(campaign.charter).instrument)


def demand_item(instrument: Instrument, key: str) -> Item:
    """The item of that key."""
    if key not in instrument.positions:
        raise BadInput(f"{instrument.title} has no item {quoted(key)}. Load the page again.")
    return instrument.item(key)


def timepoints_of(step: ReadStep) -> list[DisplayedTimepoint]:
    """The timepoints of a step in drawn order, with their films and images; fetched once for each step object."""
    films = Prefetch("films", DisplayedFilm.objects.select_related("reader_image"))
    timepoints = DisplayedTimepoint.objects.prefetch_related(films).order_by("position")
    prefetch_related_objects([step], Prefetch("timepoints", timepoints))
    return list(step.timepoints.all())


def cells_of(timepoints: list[DisplayedTimepoint]) -> CellContents:
    """The newest revision of every cell that has one, by timepoint id and item key; each timepoint in one order."""
    cells: CellContents = {}
    rows = ItemScore.objects.filter(timepoint__in=timepoints).order_by("revision", "item")
    for timepoint, item, value, reason, revision, entry in rows.values_list(
        "timepoint_id", "item", "value", "reason", "revision", "entry"
    ):
        cells[timepoint, item] = CellContent(value, reason, revision, entry)
    return cells


# What an answer to an operation needs of the score that was stored for it.
STORED = ("timepoint_id", "item", "value", "reason", "revision", "entry", "op_id", "saved_at")


def cells_and_operations(
    timepoints: list[DisplayedTimepoint], op_ids: Collection[str]
) -> tuple[CellContents, dict[str, ItemScore]]:
    """The newest revision of every cell, and what was stored for any of these operations; in one statement."""
    own = {timepoint.pk for timepoint in timepoints}
    rows = ItemScore.objects.filter(Q(timepoint__in=own) | Q(op_id__in=op_ids)).order_by("revision", "item")
    cells: CellContents = {}
    stored: dict[str, ItemScore] = {}
    for row in rows.values_list(*STORED):
        timepoint, item, value, reason, revision, entry, op_id, _ = row
        if timepoint in own:
            cells[timepoint, item] = CellContent(value, reason, revision, entry)
        if op_id in op_ids:
            stored[op_id] = ItemScore(**dict(zip(STORED, row, strict=True)))
    return cells, stored


def notes_of(timepoints: list[DisplayedTimepoint]) -> dict[tuple[int, str], ItemNote]:
    """The newest note of every cell that has one, in the same order."""
    notes = ItemNote.objects.filter(timepoint__in=timepoints).order_by("revision", "item")
    return {(note.timepoint_id, note.item): note for note in notes}


def count_filled(cells: CellContents) -> int:
    """How many cells have a grade or a reason."""
    return sum(cell.filled for cell in cells.values())


def absent_items(instrument: Instrument, timepoint: DisplayedTimepoint) -> list[Item]:
    """The items of a timepoint whose film does not exist: the system fills them in."""
    present = {(film.side, film.view) for film in timepoint.films.all() if film.reader_image_id}
    return [item for item in instrument.items if (item.side, item.region) not in present]
