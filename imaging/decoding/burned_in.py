"""Automatic detection of burned-in text: small, sharp shapes on an even background, or of one even value, side by side.

No orientation is assumed, so that turned and mirrored text is found too; a person decides about every box.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from imaging.decoding.side_letter import side_letter
from imaging.masks import Rectangle

Stored = NDArray[np.uint16]

POOL, GROUND = 4, 15  # blocks of 4, over 60 pixels: wider than a stroke, narrower than a finger
BLOCK = 64  # variation is measured in the lower half of each block, so that text does not count as variation
SMALLEST, LARGEST = 7, 200  # longer side of a character, in pixels
LEAST_AREA = 14
MOST_SHAPES, MOST_BOXES = 6000, 60
MARGIN = 6
RING_NEAR, RING_FAR = 2, 5
SPREADS = 5.0


@dataclass(frozen=True)
class TextShape:
    """A text-like shape: its box, whether it would be a marker even on its own, and whether it is L or R."""

    box: tuple[int, int, int, int]
    strong: bool
    side_letter: str


@dataclass(frozen=True)
class Scene:
    """A picture in which text would be bright, the range of its values, and where it exceeds its background."""

    values: Stored
    span: int
    raised: NDArray[np.bool_]


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
    values = (pixels.astype(np.int32) - int(pixels.min())).astype(np.uint16)
    top = int(values.max())
    span = max(int(np.percentile(values[::3, ::3], 99.9)), 1)
    least = max(span / 1000, 2.0 if span > 255 else 30.0)
    found: list[tuple[int, Rectangle, str]] = []
    for bright in (values, (top - values).astype(np.uint16)):
        found.extend(lines(find_shapes(bright, span, least), pixels.shape))
    found.sort(reverse=True)
    text = merge([box for _, box, letter in found if not letter])[:MOST_BOXES]
    # The closed part of a letter in a line of text is a separate shape; it belongs to that line.
    several = [box for number, box, _ in found if number > 1]
    alone = [(box, letter) for _, box, letter in found if letter and not any(within(box, line) for line in several)]
    return Suspicion(text, merge([box for box, _ in alone]), sorted({letter for _, letter in alone}))


def ground_of(values: Stored) -> Stored:
    """The picture without its small bright parts (a grey opening); never brighter than the picture."""
    rows, columns = values.shape
    padded = np.pad(values, ((0, -rows % POOL), (0, -columns % POOL)), mode="edge")
    pooled = padded.reshape(padded.shape[0] // POOL, POOL, -1, POOL).min(axis=(1, 3))
    opened = ndimage.maximum_filter(ndimage.minimum_filter(pooled, GROUND), GROUND)
    ground: Stored = opened.repeat(POOL, axis=0).repeat(POOL, axis=1)[:rows, :columns]
    return ground


def step(height: Stored, least: float) -> NDArray[np.float32]:
    """How far a pixel must exceed its background: more than noise and trabeculae do in most of its block."""
    rows, columns = height.shape
    half = BLOCK // 2
    sample = np.pad(height, ((0, -rows % BLOCK), (0, -columns % BLOCK)), mode="edge")[::2, ::2]
    blocks = sample.reshape(sample.shape[0] // half, half, -1, half).transpose(0, 2, 1, 3)
    low, middle = np.percentile(blocks.reshape(*blocks.shape[:2], -1), (10, 50), axis=2).astype(np.float32)
    steps = np.maximum(middle + SPREADS * (middle - low), np.float32(least))
    spread: NDArray[np.float32] = steps.repeat(BLOCK, axis=0).repeat(BLOCK, axis=1)[:rows, :columns]
    return spread


def find_shapes(values: Stored, span: int, least: float) -> list[TextShape]:
    height = values - ground_of(values)
    scene = Scene(values, span, height > step(height, least))
    labels, count = ndimage.label(scene.raised, np.ones((3, 3), dtype=bool))
    areas = np.bincount(labels.ravel(), minlength=count + 1)[1:]
    boxes: list[tuple[slice, ...]] = ndimage.find_objects(labels)
    wanted = [k for k in range(count) if areas[k] >= LEAST_AREA and of_size(boxes[k])]
    wanted.sort(key=lambda k: -int(areas[k]))
    judged = (judge(scene, labels, k + 1, boxes[k]) for k in wanted[:MOST_SHAPES])
    return [shape for shape in judged if shape]


def of_size(box: tuple[slice, ...]) -> bool:
    longer: int = max(side.stop - side.start for side in box)
    return SMALLEST <= longer <= LARGEST


def judge(scene: Scene, labels: NDArray[np.integer], label: int, box: tuple[slice, ...]) -> TextShape | None:
    """Compares the shape with the ring around it: bone is uneven on an uneven background, text is neither."""
    around = tuple(slice(max(side.start - RING_FAR, 0), side.stop + RING_FAR) for side in box)
    own = labels[around] == label
    ring = grow(own, RING_FAR) & ~grow(scene.raised[around], RING_NEAR)
    if ring.sum() < 12:
        return None
    inside, outside = scene.values[around][own], scene.values[around][ring]
    top = int(inside.max())
    contrast, unrest = top - float(outside.mean()), float(outside.std())
    on_even_ground = unrest <= 0.06 * contrast
    of_one_value = contrast >= max(scene.span / 20, 2 * unrest) and even_share(inside, top, scene.span) > 0.25
    if not (on_even_ground or of_one_value):
        return None
    longer = max(side.stop - side.start for side in box)
    strong = on_even_ground and contrast >= scene.span / 2 and longer >= 12 and inside.size >= 40
    corners = (box[1].start, box[0].start, box[1].stop, box[0].stop)
    return TextShape(corners, strong, side_letter(labels[box] == label) if strong else "")


def grow(mask: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    grown: NDArray[np.bool_] = ndimage.maximum_filter(mask.view(np.uint8), 2 * by + 1).astype(bool)
    return grown


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


def merge(boxes: list[Rectangle]) -> list[Rectangle]:
    """Overlapping boxes as one, in the order of the surest of them."""
    merged: list[Rectangle] = []
    for box in boxes:
        while met := next((other for other in merged if overlap(box, other)), None):
            merged.remove(met)
            box = united(box, met)
        merged.append(box)
    return merged


def overlap(a: Rectangle, b: Rectangle) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def within(letter: Rectangle, line: Rectangle) -> bool:
    """Whether the letter, without the margin of its box, is inside the line."""
    left, top, width, height = letter
    inner = left + MARGIN, top + MARGIN, left + width - MARGIN, top + height - MARGIN
    return (
        line[0] <= inner[0] and line[1] <= inner[1] and inner[2] <= line[0] + line[2] and inner[3] <= line[1] + line[3]
    )


def united(a: Rectangle, b: Rectangle) -> Rectangle:
    left, top = min(a[0], b[0]), min(a[1], b[1])
    return left, top, max(a[0] + a[2], b[0] + b[2]) - left, max(a[1] + a[3], b[1] + b[3]) - top
