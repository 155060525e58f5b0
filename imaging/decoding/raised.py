"""The pixels that exceed their background by more than noise does: where burned-in text is looked for.

The background is found on a reduced picture, and blocks without such pixels are left early: both give exactly what
the whole picture would give.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.masks import merge

Stored = NDArray[np.uint16]
Mask = NDArray[np.bool_]
# np.minimum or np.maximum.
Extreme = Callable[..., Any]

POOL, GROUND = 4, 15  # blocks of 4, over 60 pixels: wider than a stroke, narrower than a finger
WINDOW = (1, 2, 4, 7)  # each step widens the window by so much, from 1 to GROUND
BLOCK = 64  # variation is measured in the lower half of each block, so that text does not count as variation
SPREADS = 5.0
LARGEST_VALUE = 65535


@dataclass(frozen=True)
class Raised:
    """The pixels that exceed their background, and the blocks that have such pixels."""

    pixels: Mask
    blocks: Mask


@dataclass(frozen=True)
class Background:
    """The picture without its small bright parts or, if not `bright`, without its small dark ones (a grey opening).

    It has one value for each POOL x POOL pixels, and is never brighter, or darker, than the picture.
    """

    values: Stored
    pooled: Stored
    bright: bool

    @classmethod
    def of(cls, values: Stored, *, bright: bool) -> Background:
        """The background of the picture."""
        inner, outer = (np.minimum, np.maximum) if bright else (np.maximum, np.minimum)
        return cls(values, over_windows(over_windows(pooled(values, inner), inner), outer), bright)

    def heights(self, number: int) -> Stored:
        """How far the pixels of a row of blocks exceed the background."""
        rows = self.values[number * BLOCK : (number + 1) * BLOCK]
        first = number * BLOCK // POOL
        wide = self.pooled[first : first + BLOCK // POOL].repeat(POOL, axis=1)[:, : rows.shape[1]]
        ground = wide.repeat(POOL, axis=0)[: len(rows)]
        heights: Stored = rows - ground if self.bright else ground - rows
        return heights

    def raised(self, least: float) -> Raised | None:
        """The pixels that exceed the background by more than noise and trabeculae do; None if there are none."""
        rows, columns = (-(-size // BLOCK) for size in self.values.shape)
        samples = np.empty((rows, columns, (BLOCK // 2) ** 2), dtype=np.uint16)
        highest = np.empty((rows, columns), dtype=np.uint16)
        for number in range(rows):
            heights = self.heights(number)
            samples[number], highest[number] = sampled(heights, columns), highest_of(heights, columns)
        limits = np.full((rows, columns), LARGEST_VALUE, dtype=np.uint16)
        loud = highest > least
        limits[loud] = limits_of(samples[loud], least)
        blocks = highest > limits
        return self._above(limits, blocks) if blocks.any() else None

    def _above(self, limits: Stored, blocks: Mask) -> Raised:
        pixels = np.zeros(self.values.shape, dtype=np.bool_)
        for number in np.flatnonzero(blocks.any(axis=1)).tolist():
            rows = pixels[number * BLOCK : (number + 1) * BLOCK]
            np.greater(self.heights(number), limits[number].repeat(BLOCK)[: rows.shape[1]], out=rows)
        return Raised(pixels, blocks)


def pooled(values: Stored, extreme: Extreme) -> Stored:
    """The extreme of each POOL x POOL pixels; an incomplete block at an edge has fewer."""
    rows, columns = values.shape
    if rows % POOL or columns % POOL:
        values = np.pad(values, ((0, -rows % POOL), (0, -columns % POOL)), mode="edge")
    flat = extreme.reduce(values.reshape(-1, POOL, values.shape[1]), axis=1)  # type: ignore[attr-defined]
    return extreme(extreme(flat[:, 0::4], flat[:, 1::4]), extreme(flat[:, 2::4], flat[:, 3::4]))  # type: ignore[no-any-return]


def over_windows(values: Stored, extreme: Extreme) -> Stored:
    """The extreme of GROUND x GROUND values around each one, as far as they are inside the picture."""
    return over_columns(over_columns(values, extreme).T, extreme).T


def over_columns(values: Stored, extreme: Extreme) -> Stored:
    # A window that reaches over the edge contains the value at the edge, so its repetition changes nothing.
    around = np.pad(values, ((GROUND // 2, GROUND // 2), (0, 0)), mode="edge")
    for wider in WINDOW:
        around = extreme(around[:-wider], around[wider:])
    return around


def sampled(heights: Stored, columns: int) -> Stored:
    """Every second pixel of a row of blocks, block by block; the last row and column fill incomplete blocks."""
    half = BLOCK // 2
    sample = np.empty((half, columns * half), dtype=np.uint16)
    rows, width = (-(-size // 2) for size in heights.shape)
    sample[:rows, :width] = heights[::2, ::2]
    sample[rows:, :width] = heights[-1, ::2]
    sample[:rows, width:] = heights[::2, -1:]
    sample[rows:, width:] = heights[-1, -1]
    return sample.reshape(half, columns, half).transpose(1, 0, 2).reshape(columns, -1)


def highest_of(heights: Stored, columns: int) -> Stored:
    """The largest value of each block."""
    most = heights.max(axis=0)
    highest: Stored = np.pad(most, (0, columns * BLOCK - most.size), mode="edge").reshape(columns, BLOCK).max(axis=1)
    return highest


def limits_of(samples: Stored, least: float) -> Stored:
    """The largest height that is not raised, of each block: by its percentiles 10 and 50."""
    samples.sort(axis=1, kind="stable")  # for numbers of 16 bits a radix sort, which is faster than a selection
    low, middle = (percentile(samples, share).astype(np.float32) for share in (0.1, 0.5))
    steps = np.maximum(middle + SPREADS * (middle - low), np.float32(least))
    return np.minimum(np.floor(steps), LARGEST_VALUE).astype(np.uint16)


def percentile(ordered: Stored, share: float) -> NDArray[np.float64]:
    """The same as numpy's for each row, of numbers already in order."""
    place = (ordered.shape[1] - 1) * share
    before, after = ordered[:, int(place)], ordered[:, int(place) + 1]
    part, gap = place - int(place), after - before
    found: NDArray[np.float64] = before + gap * part if part < 0.5 else after - gap * (1 - part)
    return found


@dataclass(frozen=True)
class RaisedShape:
    """Raised pixels that touch, also at corners: their number, their box, and which pixels of the box they are."""

    area: int
    box: tuple[slice, slice]
    labels: NDArray[np.integer]
    label: int

    @property
    def mask(self) -> Mask:
        """The pixels of the box that belong to the shape."""
        own: Mask = self.labels == self.label
        return own


def shapes_of(raised: Raised, least_area: int) -> list[RaisedShape]:
    """All shapes of at least that area."""
    return [shape for region in regions(raised.blocks) for shape in shapes_in(raised.pixels, region, least_area)]


def shapes_in(pixels: Mask, region: tuple[slice, slice], least_area: int) -> Iterator[RaisedShape]:
    labels, _ = ndimage.label(pixels[region], np.ones((3, 3), dtype=bool))
    areas = np.bincount(labels.ravel())
    boxes = ndimage.find_objects(labels)
    for label in np.flatnonzero(areas[1:] >= least_area) + 1:
        box = boxes[label - 1]
        down, across = (slice(own.start + of.start, own.stop + of.start) for own, of in zip(box, region, strict=True))
        yield RaisedShape(int(areas[label]), (down, across), labels[box], int(label))


def regions(blocks: Mask) -> Iterator[tuple[slice, slice]]:
    """Parts of the picture that contain all these blocks; blocks that touch are in one part, and parts are apart."""
    groups, _ = ndimage.label(blocks, np.ones((3, 3), dtype=bool))
    boxes = [(x.start, y.start, x.stop - x.start, y.stop - y.start) for y, x in ndimage.find_objects(groups)]
    for left, top, width, height in merge(boxes):
        yield slice(top * BLOCK, (top + height) * BLOCK), slice(left * BLOCK, (left + width) * BLOCK)
