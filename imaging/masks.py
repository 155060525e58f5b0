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
    """The picture with the rectangles at mid-range: before any look-up table, so that no window reveals the text.

    A copy, unless there is nothing to cover.
    """
    if not rectangles:
        return pixels
    covered = pixels.copy()
    grey = 0 if signed else 1 << (bits_stored - 1)
    for x, y, width, height in rectangles:
        covered[y : y + height, x : x + width] = grey
    return covered


def merge(boxes: list[Rectangle]) -> list[Rectangle]:
    """Overlapping boxes as one, in the order of the first of them."""
    merged: list[Rectangle] = []
    for box in boxes:
        while met := next((other for other in merged if overlap(box, other)), None):
            merged.remove(met)
            box = united(box, met)
        merged.append(box)
    return merged


def overlap(a: Rectangle, b: Rectangle) -> bool:
    """Whether they share a pixel."""
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def united(a: Rectangle, b: Rectangle) -> Rectangle:
    """The smallest box around both."""
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return left, top, max(a[0] + a[2], b[0] + b[2]) - left, max(a[1] + a[3], b[1] + b[3]) - top
