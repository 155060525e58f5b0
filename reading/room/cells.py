"""The present state of a read's cells: for every item of every exposure the newest revision."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, prefetch_related_objects

import instruments
from instruments.definition import Instrument, Item
from reading.charter.versions import terms_of
from reading.models import Campaign, Exposure, ExposureFilm, ItemNote, ItemScore, Read, ReadStep

ABSENT = "ABSENT"


@dataclass(frozen=True)
class Cell:
    """What stands in a cell now: a grade, a reason, or nothing (cleared)."""

    value: int | None
    reason: str
    revision: int
    entry: str

    @property
    def filled(self) -> bool:
        """Whether the cell has a grade or a reason."""
        return self.value is not None or bool(self.reason)


Cells = dict[tuple[int, str], Cell]


def instrument_of(read: Read) -> Instrument:
    """The instrument of the charter version pinned by the read's campaign."""
    return instrument_of_campaign(read.case.campaign)


def instrument_of_campaign(campaign: Campaign) -> Instrument:
    """The instrument of the charter version pinned by the campaign."""
    return instruments.get(terms_of(campaign.charter).instrument)


def exposures_of(step: ReadStep) -> list[Exposure]:
    """The exposures of a step in drawn order, with their films and reader images; fetched once for each step object."""
    films = Prefetch("films", ExposureFilm.objects.select_related("reader_image"))
    exposures = Exposure.objects.prefetch_related(films).order_by("position")
    prefetch_related_objects([step], Prefetch("exposures", exposures))
    return list(step.exposures.all())


def cells_of(exposures: list[Exposure]) -> Cells:
    """The newest revision of every cell that has one, by exposure id and item key; each exposure in one order."""
    cells: Cells = {}
    rows = ItemScore.objects.filter(exposure__in=exposures).order_by("revision", "item")
    for exposure, item, value, reason, revision, entry in rows.values_list(
        "exposure_id", "item", "value", "reason", "revision", "entry"
    ):
        cells[exposure, item] = Cell(value, reason, revision, entry)
    return cells


def notes_of(exposures: list[Exposure]) -> dict[tuple[int, str], ItemNote]:
    """The newest note of every cell that has one, in the same order."""
    notes = ItemNote.objects.filter(exposure__in=exposures).order_by("revision", "item")
    return {(note.exposure_id, note.item): note for note in notes}


def count_filled(cells: Cells) -> int:
    """How many cells have a grade or a reason."""
    return sum(cell.filled for cell in cells.values())


def absent_items(instrument: Instrument, exposure: Exposure) -> list[Item]:
    """The items of an exposure whose film does not exist: the system fills them in."""
    present = {(film.side, film.view) for film in exposure.films.all() if film.reader_image_id}
    return [item for item in instrument.items if (item.side, item.region) not in present]
