"""The scores of some cases as rows of MK: each has a reading and an item, and its columns follow from the two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from itertools import groupby

import numpy as np

from instruments.definition import Instrument, Item
from scoring.cdisc.columns import CellColumn, Places
from scoring.cdisc.facts import CaseFacts
from scoring.cdisc.readings import Reading, readings_of
from scoring.cdisc.scored import dir_of, loc_of, named_test
from scoring.cdisc.variables import Row


class ScoredRows:
    """One row for each score of these readings; `reading` and `item` are the places of those of each row."""

    def __init__(self, instrument: Instrument, readings: Sequence[Reading]) -> None:
        self.items, self.readings = instrument.items, readings
        self.scores: list[Row] = [score for one in readings for score in one.scores.values()]
        places = {item.paramcd: place for place, item in enumerate(instrument.items)}
        self.reading: Places = np.repeat(np.arange(len(readings)), [len(one.scores) for one in readings])
        self.item: Places = np.array([places[code] for one in readings for code in one.scores], np.intp)

    def __len__(self) -> int:
        return len(self.scores)

    def same(self, cells: Row) -> dict[str, CellColumn]:
        """Columns with one cell each."""
        return columns_of([cells], np.zeros(len(self), np.intp))

    def by_reading(self, cells: Callable[[Reading], Row]) -> dict[str, CellColumn]:
        """Columns that follow from the reading."""
        return columns_of([cells(one) for one in self.readings], self.reading)

    def by_item(self, cells: Callable[[Item], Row]) -> dict[str, CellColumn]:
        """Columns that follow from the item."""
        return columns_of([cells(one) for one in self.items], self.item)

    def by_both(self, kind: Callable[[Item], str], cells: Callable[[Reading, str], Row]) -> dict[str, CellColumn]:
        """Columns that follow from the reading and a kind of item, such as its region."""
        kinds = list(dict.fromkeys(map(kind, self.items)))
        kind_of_item = np.array([kinds.index(kind(one)) for one in self.items], np.intp)
        found = [cells(one, name) for one in self.readings for name in kinds]
        return columns_of(found, self.reading * len(kinds) + kind_of_item[self.item])

    @cached_property
    def number(self) -> CellColumn:
        """The number of each row in its case, from 1."""
        sizes = [sum(len(one.scores) for one in own) for _, own in groupby(self.readings, key=lambda one: one.case)]
        places = [np.arange(size) for size in sizes]
        return CellColumn(range(1, max(sizes, default=0) + 1), np.concatenate(places) if places else self.item)


def columns_of(rows: Sequence[Row], places: Places) -> dict[str, CellColumn]:
    """A column for each name in these rows, of which each has the same names."""
    return {name: CellColumn([row[name] for row in rows], places) for name in (rows[0] if rows else ())}


def in_order_of_mk(case: CaseFacts) -> list[Reading]:
    """The readings of a case, and the scores of each, in the order of the keys of MK."""
    readings = sorted(readings_of(case), key=lambda one: (one.evaluator, one.repetition, one.visit.number))
    codes = codes_in_order(case.campaign.instrument)
    return [Reading(case, one.repetition, dict(ordered(one, codes))) for one in readings]


def ordered(reading: Reading, codes: Sequence[str]) -> Iterator[tuple[str, Row]]:
    """The scores that a reading has, in the order of these codes."""
    return ((code, reading.scores[code]) for code in codes if code in reading.scores)


@cache
def codes_in_order(instrument: Instrument) -> tuple[str, ...]:
    """PARAMCD of the items in the order of test, location, laterality and direction."""

    def key(item: Item) -> tuple[str, ...]:
        return named_test(instrument, item).testcd, loc_of(item)[0], item.terms.lat, dir_of(item)[0]

    return tuple(item.paramcd for item in sorted(instrument.items, key=key))
