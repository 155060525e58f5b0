"""The layout of an instrument for arithmetic: which items form which cell, block and group of a total."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import product

import numpy as np
import numpy.typing as npt

from instruments.definition import Instrument

Integers = npt.NDArray[np.int64]
Group = tuple[str | None, str | None, str | None]
OVERALL: Group = (None, None, None)


@dataclass(frozen=True)
class Layout:
    """Cells are feature x region x side; blocks, within which sites are imputed, are feature x region."""

    cells: tuple[tuple[str, str, str], ...]
    blocks: tuple[tuple[str, str], ...]
    groups: tuple[Group, ...]
    cell_of_item: Integers
    columns_of_cell: tuple[Integers, ...]
    block_of_cell: Integers
    weight: npt.NDArray[np.float64]
    largest: npt.NDArray[np.float64]
    maxima: npt.NDArray[np.float64]
    gaps: tuple[tuple[int, list[int]], ...]
    cell_largest: Integers
    cell_sites: Integers
    cell_in_group: Integers
    cell_in_block: Integers
    group_blocks: npt.NDArray[np.bool_]


@lru_cache
def layout_of(instrument: Instrument) -> Layout:
    """The layout of an instrument, computed once."""
    cells = tuple(dict.fromkeys((item.feature, item.region, item.side) for item in instrument.items))
    blocks = tuple(dict.fromkeys(cell[:2] for cell in cells))
    groups = groups_of(instrument)
    cell_of_item = np.array([cells.index((item.feature, item.region, item.side)) for item in instrument.items])
    largest = np.array([item.largest for item in instrument.items], dtype=np.float64)
    cell_in_group = np.array([[belongs(cell, group) for group in groups] for cell in cells], dtype=np.int64)
    cell_in_block = np.array([[cell[:2] == block for block in blocks] for cell in cells], dtype=np.int64)
    return Layout(
        cells=cells,
        blocks=blocks,
        groups=groups,
        cell_of_item=cell_of_item,
        columns_of_cell=tuple(np.flatnonzero(cell_of_item == at) for at in range(len(cells))),
        block_of_cell=cell_in_block.argmax(axis=1),
        weight=np.array([item.weight for item in instrument.items], dtype=np.float64),
        largest=largest,
        gaps=tuple((at, gaps) for at, item in enumerate(instrument.items) if (gaps := gaps_in(item.allowed))),
        maxima=np.array([max(item.allowed) for item in instrument.items], dtype=np.float64),
        cell_largest=np.bincount(cell_of_item, weights=largest).astype(np.int64),
        cell_sites=np.bincount(cell_of_item).astype(np.int64),
        cell_in_group=cell_in_group,
        cell_in_block=cell_in_block,
        group_blocks=(cell_in_group.T @ cell_in_block) > 0,
    )


def gaps_in(allowed: tuple[int, ...]) -> list[int]:
    """Whole numbers from 0 to the largest grade that are not grades."""
    return [grade for grade in range(max(allowed)) if grade not in allowed]


def groups_of(instrument: Instrument) -> tuple[Group, ...]:
    sides = tuple(dict.fromkeys(item.side for item in instrument.items))
    every = product((None, *instrument.features), (None, *instrument.regions), (None, *sides))
    return tuple(
        group for group in every if any(belongs((i.feature, i.region, i.side), group) for i in instrument.items)
    )


def belongs(cell: tuple[str, str, str], group: Group) -> bool:
    return all(wanted is None or wanted == name for name, wanted in zip(cell, group, strict=True))
