"""Rows of a dataset as columns, made once for all its formats: the distinct cells, and the index of each row's cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from scoring.cdisc.variables import Row

Places = npt.NDArray[np.intp]
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class CellColumn:
    """A variable of some rows: its cells, and for each row the place of its cell among them.

    Most variables repeat a few cells, so a writer converts each cell once and then uses it for every row.
    """

    cells: Sequence[object]
    places: Places

    def spread(self, made: Sequence[T]) -> list[T]:
        """The converted cells, row by row."""
        return [made[place] for place in self.places.tolist()]

    def at(self, rows: Places) -> CellColumn:
        """The column of other rows, or of the same rows in another order."""
        return CellColumn(self.cells, self.places[rows])

    def first_row(self, cell: int) -> int:
        """The first row that has this cell."""
        return int(np.argmax(self.places == cell))


@dataclass(frozen=True, eq=False)
class RowBlock:
    """Some rows of a dataset by the names of their variables; a variable that is not named is empty in every row."""

    rows: int
    columns: Mapping[str, CellColumn]

    def column(self, name: str) -> CellColumn:
        """One variable."""
        return self.columns.get(name) or CellColumn((None,), np.zeros(self.rows, np.intp))


def block_of(rows: Sequence[Row]) -> RowBlock:
    """Rows as columns."""
    names = dict.fromkeys(name for row in rows for name in row)
    return RowBlock(len(rows), {name: column_of([row.get(name) for row in rows]) for name in names})


def column_of(values: Sequence[object]) -> CellColumn:
    """The values of some rows: equal ones become one cell.

    >>> column_of(["LEFT", "RIGHT", "LEFT"]).cells
    ['LEFT', 'RIGHT']
    """
    found: dict[object, int] = {}
    places = [found.setdefault(value, len(found)) for value in values]
    return CellColumn(list(found), np.array(places, np.intp))


def whole_numbers(values: npt.NDArray[np.float64]) -> CellColumn:
    """Whole numbers, NaN where a cell is empty.

    >>> whole_numbers(np.array([2.0, np.nan, 2.0])).cells
    [2, None]
    """
    found, places = np.unique(values, return_inverse=True)
    return CellColumn([None if np.isnan(one) else int(one) for one in found], places)
