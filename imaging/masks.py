"""Rectangles [x, y, width, height] in stored pixels that hide burned-in text under one constant grey."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from config.errors import BadInput

Rectangle = tuple[int, int, int, int]


def rectangles_of(values: Any, *, rows: int, columns: int) -> tuple[Rectangle, ...]:
    """Rectangles from JSON, cut to the picture; BadInput for one that is outside it or is not a rectangle."""
    if not isinstance(values, list | tuple):
        raise BadInput("The masks are not a list. Give a list of rectangles, each as x, y, width and height in pixels.")
    return tuple(rectangle(value, rows, columns) for value in values)


def rectangle(value: Any, rows: int, columns: int) -> Rectangle:
    numbers = value if isinstance(value, list | tuple) else ()
    if len(numbers) != 4 or not all(isinstance(n, int | float) and abs(n) < 1e6 for n in numbers):
        raise BadInput(f"The mask “{value}” is not four numbers. Give x, y, width and height in pixels.")
    x, y, width, height = (round(n) for n in numbers)
    left, top, right, bottom = max(x, 0), max(y, 0), min(x + width, columns), min(y + height, rows)
    if left >= right or top >= bottom:
        raise BadInput(
            f"The mask {x}, {y}, {width}, {height} is outside the film. Give one within {columns} x {rows} pixels."
        )
    return left, top, right - left, bottom - top


def cover(
    pixels: NDArray[np.integer], rectangles: tuple[Rectangle, ...], *, bits_stored: int, signed: bool
) -> NDArray[np.integer]:
    """A copy with the rectangles at mid-range: before any look-up table, so that no window reveals the text."""
    covered = pixels.copy()
    grey = 0 if signed else 1 << (bits_stored - 1)
    for x, y, width, height in rectangles:
        covered[y : y + height, x : x + width] = grey
    return covered
