"""Stored codes that are invalid for their item: entry never allows them, so a signature over them is refused."""

from __future__ import annotations

from collections.abc import Iterator

from config.errors import WrongState
from config.wording import counted, either, quoted
from instruments.definition import Instrument, Item
from instruments.not_assessable import ABSENT
from reading.models import DisplayedTimepoint
from reading.room.cells import CellContent, CellContents

NAMED = 3


def is_impossible(instrument: Instrument, item: Item, cell: CellContent) -> bool:
    """Whether a grade or a reason is invalid for this item; checked for each timepoint separately."""
    if cell.value is not None:
        return cell.value not in item.allowed
    return bool(cell.reason) and not knows_reason(instrument, cell.reason)


def knows_reason(instrument: Instrument, code: str) -> bool:
    """Whether the code is a reason why a site is not assessable."""
    return any(reason.code == code for reason in (*instrument.reasons, ABSENT))


def reason_in_words(instrument: Instrument, code: str) -> str:
    """The label of a reason; the code itself, in quotation marks, if there is no such reason."""
    return instrument.reason(code).label if knows_reason(instrument, code) else quoted(code)


def joint_in_words(item: Item) -> str:
    """The side and joint of the item, with its feature."""
    return f"{item.place}, {item.feature}"


def demand_possible(instrument: Instrument, timepoints: list[DisplayedTimepoint], cells: CellContents) -> None:
    """WrongState, naming joint and code, if a cell has a code that is invalid for its item."""
    found = list(faults(instrument, timepoints, cells))
    if found:
        more = f" Impossible codes in {counted(len(found) - NAMED, 'more cell')}." if len(found) > NAMED else ""
        raise WrongState(f"{' '.join(found[:NAMED])}{more} Correct every impossible code before you sign.")


def faults(instrument: Instrument, timepoints: list[DisplayedTimepoint], cells: CellContents) -> Iterator[str]:
    """A sentence for each impossible code, in reading order."""
    for item in instrument.items:
        for timepoint in timepoints:
            cell = cells.get((timepoint.pk, item.key))
            if cell is not None and is_impossible(instrument, item, cell):
                yield fault(instrument, timepoint, item, cell)


def fault(instrument: Instrument, timepoint: DisplayedTimepoint, item: Item, cell: CellContent) -> str:
    """The invalid content of the cell, and the allowed content."""
    place = f"{joint_in_words(item)} at timepoint {timepoint.letter}"
    if cell.value is None:
        choices = either(reason.label for reason in instrument.reasons)
        return f"{place}: the reason cannot be {quoted(cell.reason)}. It is {choices}."
    return f"{place}: the score cannot be {cell.value}. It is {either(item.allowed)}."
