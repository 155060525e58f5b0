"""Rectangles in stored pixels: whole numbers, within the picture, not too small."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from config.errors import BadInput
from config.wording import quoted
from studies.desk.pictures import DeskPicture

Box = list[int]
PARTS = {"L": "left part", "R": "right part"}
NOT_FOUR = "is not four whole numbers. Enter x, y, width and height in pixels."
SMALLEST = 4
# A narrower part cannot show a whole hand or foot.
SMALLEST_CUT = 64


def checked_box(
    thing: str, box: Sequence[int], picture: DeskPicture, smallest: int = SMALLEST, field: str = "rectangles"
) -> Box:
    """[x, y, width, height] within the picture."""
    given = ", ".join(map(str, box))
    if len(box) != 4 or not all(isinstance(value, int) for value in box):
        raise BadInput(f"The {thing} {quoted(given)} {NOT_FOUR}", field=field)
    x, y, width, height = box
    inside = x >= 0 and y >= 0 and x + width <= picture.columns and y + height <= picture.rows
    if not inside or min(width, height) < smallest:
        raise BadInput(
            f"The {thing} {given} is too small or reaches beyond the film. Draw it at least {smallest} pixels wide"
            f" and high, within {picture.columns} x {picture.rows} pixels.",
            field=field,
        )
    return [x, y, width, height]


def checked_crops(crops: Mapping[str, Sequence[int]], picture: DeskPicture) -> dict[str, Box]:
    """No cut at all, or one for the left and one for the right."""
    if not crops:
        return {}
    if set(crops) != {"L", "R"}:
        given = " and ".join(PARTS.get(side, quoted(side)) for side in sorted(crops))
        raise BadInput(f"The film cannot be cut into the {given} alone. Give a left part and a right part, or neither.")
    return {
        side: checked_box(part, crops[side], picture, SMALLEST_CUT, field=f"crop_{side.lower()}")
        for side, part in PARTS.items()
    }
