"""Automatic detection of burned-in text: small, sharp shapes on an even background, or of one even value, side by side.

No orientation is assumed, so that turned and mirrored text is found too; a person decides about every box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.decoding.raised import Background, Mask, RaisedShape, Stored, shapes_of
from imaging.decoding.side_letter import side_letter
from imaging.masks import Rectangle, merge

SMALLEST, LARGEST = 7, 200  # longer side of a character, in pixels
LEAST_AREA = 14
MOST_SHAPES, MOST_BOXES = 6000, 60
MARGIN = 6
RING_NEAR, RING_FAR = 2, 5
WIDER = {RING_NEAR: (1, 2, 1), RING_FAR: (1, 2, 4, 3)}  # each step widens a window by so much, from 1 to 2 n + 1


@dataclass(frozen=True)
class TextShape:
    """A text-like shape: its box, whether it would be a marker even on its own, and whether it is L or R."""

    box: tuple[int, int, int, int]
    strong: bool
    side_letter: str


@dataclass(frozen=True)
class Scene:
    """A picture, the limits of its values, the range of nearly all of them, and whether text would be bright in it.

    `least` is the smallest height above the background that counts.
    """

    stored: Stored
    lowest: int
    highest: int
    span: int
    least: float
    bright: bool

    def shown(self, values: Stored) -> Stored:
        """Values of the picture from 0, with text bright."""
        return values - self.lowest if self.bright else self.highest - values


@dataclass(frozen=True)
class Suspicion:
    """Boxes [x, y, width, height] around suspected text, the surest first, and around lone side letters.

    `letters` contains each of L and R that was read, once.
    """

    text: list[Rectangle]
    side_letters: list[Rectangle]
    letters: list[str]


def suspected_text(pixels: NDArray[np.integer]) -> list[Rectangle]:
    """The boxes of text alone."""
    return suspected(pixels).text


def suspected(pixels: NDArray[np.integer]) -> Suspicion:
    """Shapes that may be burned into the picture, bright or dark."""
    values = unsigned(pixels)
    lowest, highest = int(values.min()), int(values.max())
    span = max(int(np.percentile(values[::3, ::3] - lowest, 99.9)), 1)
    least = max(span / 1000, 2.0 if span > 255 else 30.0)
    found: list[tuple[int, Rectangle, str]] = []
    for bright in (True, False):
        found.extend(lines(find_shapes(Scene(values, lowest, highest, span, least, bright)), pixels.shape))
    found.sort(reverse=True)
    text = merge([box for _, box, letter in found if not letter])[:MOST_BOXES]
    # The closed part of a letter in a line of text is a separate shape; it belongs to that line.
    several = [box for number, box, _ in found if number > 1]
    alone = [(box, letter) for _, box, letter in found if letter and not any(within(box, line) for line in several)]
    return Suspicion(text, merge([box for box, _ in alone]), sorted({letter for _, letter in alone}))


def unsigned(pixels: NDArray[np.integer]) -> Stored:
    """The picture in unsigned numbers; a negative smallest value becomes 0."""
    lowest = int(pixels.min())
    values = pixels.astype(np.uint16, copy=False)
    # Differences of numbers of 16 bits are right whether these are read as signed or not.
    return values if lowest >= 0 else values - np.uint16(lowest & 0xFFFF)


def find_shapes(scene: Scene) -> list[TextShape]:
    raised = Background.of(scene.stored, bright=scene.bright).raised(scene.least)
    if raised is None:
        return []
    wanted = sorted(filter(is_of_size, shapes_of(raised, LEAST_AREA)), key=order)
    judged = (judge(scene, raised.pixels, shape) for shape in wanted[:MOST_SHAPES])
    return [shape for shape in judged if shape]


def is_of_size(shape: RaisedShape) -> bool:
    return SMALLEST <= longer_side(shape) <= LARGEST


def longer_side(shape: RaisedShape) -> int:
    longer: int = max(side.stop - side.start for side in shape.box)
    return longer


def order(shape: RaisedShape) -> tuple[int, int, int]:
    """The largest shape first; of several of one size, the one that a search by rows meets first."""
    down, across = shape.box
    return -shape.area, down.start, across.start + int((shape.labels[0] == shape.label).argmax())


def judge(scene: Scene, raised: Mask, shape: RaisedShape) -> TextShape | None:
    """Compares the shape with the ring around it: bone is uneven on an uneven background, text is neither."""
    down, across = shape.box
    around = tuple(slice(max(side.start - RING_FAR, 0), side.stop + RING_FAR) for side in shape.box)
    stored, mask = scene.stored[around], shape.mask
    own = np.zeros(stored.shape, dtype=np.bool_)
    top, left = (side.start - wide.start for side, wide in zip(shape.box, around, strict=True))
    own[top : top + mask.shape[0], left : left + mask.shape[1]] = mask
    ring = grown(own, RING_FAR) & ~grown(raised[around], RING_NEAR)
    if np.count_nonzero(ring) < 12:
        return None
    inside, outside = scene.shown(stored[own]), scene.shown(stored[ring])
    brightest = int(inside.max())
    contrast, unrest = brightest - float(outside.mean()), float(outside.std())
    on_even_ground = unrest <= 0.06 * contrast
    of_one_value = contrast >= max(scene.span / 20, 2 * unrest) and even_share(inside, brightest, scene.span) > 0.25
    if not (on_even_ground or of_one_value):
        return None
    strong = on_even_ground and contrast >= scene.span / 2 and longer_side(shape) >= 12 and inside.size >= 40
    corners = (across.start, down.start, across.stop, down.stop)
    return TextShape(corners, strong, side_letter(mask) if strong else "")


def grown(mask: Mask, by: int) -> Mask:
    """The mask and all pixels within a square of that reach around it."""
    rows, columns = mask.shape
    wide = np.zeros((rows + 2 * by, columns + 2 * by), dtype=np.bool_)
    wide[by:-by, by:-by] = mask
    for step in WIDER[by]:
        wide = wide[:-step] | wide[step:]
    for step in WIDER[by]:
        wide = wide[:, :-step] | wide[:, step:]
    return wide


def even_share(inside: Stored, top: int, span: int) -> float:
    """The share of the shape that has its brightest value: noise and bone spread, drawn text does not."""
    return float((inside >= top - max(span / 500, 1)).mean())


def lines(shapes: list[TextShape], size: tuple[int, ...]) -> list[tuple[int, Rectangle, str]]:
    """Shapes of like size that are close together, with their number; a single one only when it is strong.

    The last value is the letter when the shape is only a side letter.
    """
    if not shapes:
        return []
    boxes = np.array([shape.box for shape in shapes])
    groups: dict[int, list[int]] = {}
    for index, leader in enumerate(group_leaders(boxes)):
        groups.setdefault(leader, []).append(index)
    kept = [group for group in groups.values() if len(group) > 1 or shapes[group[0]].strong]
    return [
        (len(group), rectangle(boxes[group], size), shapes[group[0]].side_letter if len(group) == 1 else "")
        for group in kept
    ]


def group_leaders(boxes: NDArray[np.integer]) -> list[int]:
    """For each box the first box of its group."""
    leaders = np.arange(len(boxes))
    longer = np.maximum(boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1])
    for index, (left, top, right, bottom) in enumerate(boxes):
        across = np.maximum(np.maximum(boxes[:, 0] - right, left - boxes[:, 2]), 0)
        down = np.maximum(np.maximum(boxes[:, 1] - bottom, top - boxes[:, 3]), 0)
        larger = np.maximum(longer, longer[index])
        near = (np.hypot(across, down) < 0.9 * larger) & (np.minimum(longer, longer[index]) > 0.3 * larger)
        met = np.unique(leaders[near])
        leaders[np.isin(leaders, met)] = met.min()
    return [int(leader) for leader in leaders]


def rectangle(boxes: NDArray[np.integer], size: tuple[int, ...]) -> Rectangle:
    left, top = (max(int(boxes[:, k].min()) - MARGIN, 0) for k in (0, 1))
    right, bottom = (min(int(boxes[:, k + 2].max()) + MARGIN, size[1 - k]) for k in (0, 1))
    return left, top, right - left, bottom - top


def within(letter: Rectangle, line: Rectangle) -> bool:
    """Whether the letter, without the margin of its box, is inside the line."""
    left, top, width, height = letter
    inner = left + MARGIN, top + MARGIN, left + width - MARGIN, top + height - MARGIN
    return (
        line[0] <= inner[0] and line[1] <= inner[1] and inner[2] <= line[0] + line[2] and inner[3] <= line[1] + line[3]
    )
