"""Whether an isolated shape is the letter L or R in any orientation: the lead marker for the side of the film."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

Mask = NDArray[np.bool_]

LETTERS = "LR"
EDGE = 24  # shapes are compared as squares with this many points per side
DRAWN, WEIGHTS, TURN = 96, (0, 3, 7), 15
LEAST_LIKENESS = 0.72  # intersection over union; O, I, T, 7 and a name written in one stroke stay below


def side_letter(shape: Mask) -> str:
    """L or R, whichever the shape (cropped to its box) resembles most in any orientation; empty when it is neither."""
    if max(shape.shape) > 3 * min(shape.shape):
        return ""
    own = in_square(shape).ravel()
    templates = draw_templates()
    shared = templates @ own.astype(np.int32)
    likeness = shared / (templates.sum(axis=1) + own.sum() - shared)
    best = int(likeness.argmax())
    return LETTERS[best * len(LETTERS) // len(templates)] if likeness[best] >= LEAST_LIKENESS else ""


@cache
def draw_templates() -> NDArray[np.int32]:
    """(templates, EDGE * EDGE): L, then R, in three weights, as they are and mirrored, in steps of 15 degrees."""
    drawn = (draw_letter(letter, weight) for letter in LETTERS for weight in WEIGHTS)
    pictures = (picture for one in drawn for picture in (one, one.transpose(Image.Transpose.FLIP_LEFT_RIGHT)))
    turned = (picture.rotate(angle, expand=True) for picture in pictures for angle in range(0, 360, TURN))
    return np.array([in_square(cut(np.asarray(picture) > 127)).ravel() for picture in turned], dtype=np.int32)


def draw_letter(letter: str, weight: int) -> Image.Image:
    tile = Image.new("L", (2 * DRAWN, 2 * DRAWN))
    font = ImageFont.load_default(DRAWN)
    ImageDraw.Draw(tile).text((DRAWN // 2, DRAWN // 2), letter, 255, font=font, stroke_width=weight)
    return tile


def cut(mask: Mask) -> Mask:
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def in_square(mask: Mask) -> Mask:
    """The shape in the middle of a square with EDGE points per side."""
    rows, columns = mask.shape
    edge = max(rows, columns)
    square = np.zeros((edge, edge), dtype=np.uint8)
    top, left = (edge - rows) // 2, (edge - columns) // 2
    square[top : top + rows, left : left + columns] = mask * np.uint8(255)
    small: Mask = np.asarray(Image.fromarray(square).resize((EDGE, EDGE), Image.Resampling.BOX)) > 127
    return small
