"""Rectangles in stored pixels: whole numbers, within the picture, large enough to be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from config.errors import BadInput
from studies.desk.pictures import DeskPicture

Box = list[int]
SMALLEST = 4
# A cut narrower than this shows no whole hand or foot.
SMALLEST_CUT = 64


def checked_box(thing: str, box: Sequence[int], picture: DeskPicture, smallest: int = SMALLEST) -> Box:
    """[x, y, width, height] within the picture."""
    if len(box) != 4 or not all(isinstance(value, int) for value in box):
        raise BadInput(thing, list(box), "four whole numbers: x, y, width, height")
    x, y, width, height = box
    inside = x >= 0 and y >= 0 and x + width <= picture.columns and y + height <= picture.rows
    if not inside or min(width, height) < smallest:
        raise BadInput(thing, list(box), f"{smallest} pixels or more within {picture.columns} x {picture.rows}")
    return [x, y, width, height]


def checked_crops(crops: Mapping[str, Sequence[int]], picture: DeskPicture) -> dict[str, Box]:
    """No cut at all, or one for the left and one for the right."""
    if not crops:
        return {}
    if set(crops) != {"L", "R"}:
        raise BadInput("crops", ", ".join(sorted(crops)), "one for L and one for R")
    return {side: checked_box(f"crop {side}", crops[side], picture, SMALLEST_CUT) for side in ("L", "R")}
