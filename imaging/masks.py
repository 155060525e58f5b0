"""Rectangles [x, y, width, height] in stored pixels that hide burned-in text under one constant grey."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.errors import BadInput

Rectangle = tuple[int, int, int, int]


def rectangles_of(values: Any, *, rows: int, columns: int) -> tuple[Rectangle, ...]:
    """Rectangles from JSON, cut to the picture; BadInput for one that lies outside it or is no rectangle."""
    if not isinstance(values, list | tuple):
        raise BadInput("masks", type(values).__name__, "a list of [x, y, width, height]")
    return tuple(_rectangle(value, rows, columns) for value in values)


def _rectangle(value: Any, rows: int, columns: int) -> Rectangle:
    numbers = value if isinstance(value, list | tuple) else ()
    if len(numbers) != 4 or not all(isinstance(n, int | float) and abs(n) < 1e6 for n in numbers):
        raise BadInput("mask", value, "[x, y, width, height] in pixels")
    x, y, width, height = (round(n) for n in numbers)
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, columns), min(y + height, rows)
    if left >= right or top >= bottom:
        raise BadInput("mask", value, f"a rectangle inside {columns} x {rows} pixels")
    return left, top, right - left, bottom - top


def cover(
    pixels: NDArray[np.integer], rectangles: tuple[Rectangle, ...], *, bits_stored: int, signed: bool
) -> NDArray[np.integer]:
    """A copy with the rectangles at mid-range: before any look-up table, so that no window brings the text back."""
    covered = pixels.copy()
    grey = 0 if signed else 1 << (bits_stored - 1)
    for x, y, width, height in rectangles:
        covered[y : y + height, x : x + width] = grey
    return covered
