"""Finds where one of two pictures is a part of the other: first among many small pictures, then from the pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.levels import Levels
from imaging.reliefs import REACH, Grey, averaging, relief_of, resized, window_sums

# Sides of the small pictures, of the coarse pass, and of a part that is compared closely.
SIDE, COARSE, CLOSE = 64, 32, 40
# The smallest part of a side that a crop keeps.
SMALLEST_CROP = 0.55
# In two passes: the step in pixels of a small picture, and the number of steps to either side.
PASSES = ((0.25, 3), (0.1, 2))
# From the pixels: the larger picture is reduced to this many pixels per side, and brightness is compared with its
# surroundings within this many pixels. Measured by bench/likeness.py.
DETAIL, DETAIL_REACH = 512, 4
SAME_IN_DETAIL = 0.6


@dataclass(frozen=True)
class PartGuess:
    """One of the others that may be a part of the film, or the reverse: how well it fits.

    `corner` is where the smaller one begins, in parts of a side of the larger one.
    """

    score: float
    place: int
    corner: list[float]


def guesses(own: Grey, stack: Grey, kept: NDArray[np.float64], side: int) -> list[PartGuess]:
    """Every pair in which one fits into the other at one pixel size, the best first, by pictures of this side length.

    `kept` is the part of rows and columns of the other film that the film would be.
    """
    found: list[PartGuess] = []
    fitting = {inside: places_where_fits(kept if inside else 1 / kept) for inside in (True, False)}
    if not any(places.size for places in fitting.values()):
        return []  # of films of one size, none is a part of another
    radius = round(REACH * side)
    whole, reliefs = (relief_of(resized(pictures, side, side), radius) for pictures in (own[None], stack))
    for inside, fits in fitting.items():
        part = kept if inside else 1 / kept
        shapes = np.rint(part[fits] * side).astype(int)
        for shape in np.unique(shapes, axis=0):
            places = fits[(shapes == shape).all(1)]
            template = relief_of(resized(own[None] if inside else stack[places], *shape), radius)
            scores, corners = fitted(reliefs[places] if inside else whole, template)
            found += map(PartGuess, scores.tolist(), places.tolist(), (corners / side).tolist())
    return sorted(found, key=lambda guess: -guess.score)


def places_where_fits(part: NDArray[np.float64]) -> NDArray[np.intp]:
    """Where one picture may be a part of another: as large as a crop may be, and smaller than the whole."""
    return np.flatnonzero((part <= 1).all(1) & (part.min(1) >= SMALLEST_CROP) & (part < 1 - 0.4 / SIDE).any(1))


def fitted(larger: Grey, template: Grey) -> tuple[Grey, NDArray[np.intp]]:
    """The best normalised correlation of each template anywhere in its larger picture, and its position."""
    size, (rows, columns) = larger.shape[1:], template.shape[1:]
    spectrum = np.fft.rfft2(larger) * np.conj(np.fft.rfft2(template, size))
    reach = (slice(None), slice(size[0] - rows + 1), slice(size[1] - columns + 1))
    products = np.fft.irfft2(spectrum, size)[reach]
    sums, squares = window_sums(larger, rows, columns), window_sums(larger * larger, rows, columns)
    energy = np.maximum(squares - sums * sums / (rows * columns), 0.1)
    scores = (products / np.sqrt(energy)).reshape(len(products), -1)
    best = scores.argmax(1)
    corners = np.stack(np.unravel_index(best, products.shape[1:]), 1)
    return np.asarray(scores.max(1), np.float32), corners


def part_score(own: Grey, other: Grey, kept: NDArray[np.float64], corner: list[float]) -> float:
    """The best correlation of the smaller of two small pictures near a corner of the larger one."""
    inside = bool((kept <= 1).all())
    whole, piece = (other, own) if inside else (own, other)
    return placed_closely(whole, piece, kept if inside else 1 / kept, corner)


def placed_closely(whole: Grey, piece: Grey, kept: NDArray[np.float64], corner: list[float]) -> float:
    """The best correlation of the piece near a corner of the coarse pass, at fractions of a pixel."""
    radius = round(REACH * CLOSE)
    relief = relief_of(resized(piece, CLOSE, CLOSE), radius)
    extent = kept * SIDE
    at, score = np.array(corner) * SIDE, 0.0
    for step, reach in PASSES:
        rows, columns = (
            np.clip(at[axis] + step * np.arange(-reach, reach + 1), 0, SIDE - extent[axis]) for axis in (0, 1)
        )
        left = np.stack([averaging(CLOSE, SIDE, row, row + extent[0]) for row in rows])
        right = np.stack([averaging(CLOSE, SIDE, column, column + extent[1]) for column in columns])
        windows = (left @ whole)[:, None] @ right.transpose(0, 2, 1)[None]
        scores = np.tensordot(relief_of(np.asarray(windows, np.float32), radius), relief, 2)
        row, column = np.unravel_index(int(scores.argmax()), scores.shape)
        at, score = np.array((rows[row], columns[column])), float(scores.max())
    return score


def is_part_in_detail(one: Levels, other: Levels, *, mirrored: bool) -> bool:
    """Whether the smaller of two pictures of one pixel size is a part of the larger one, down to small details."""
    return detail_score(one, other, mirrored=mirrored) >= SAME_IN_DETAIL


def detail_score(one: Levels, other: Levels, *, mirrored: bool) -> float:
    """The best correlation of the smaller picture with a part of the larger one."""
    one = one[:, ::-1] if mirrored else one
    piece, whole = sorted((one, other), key=lambda picture: picture.size)
    factor = max(whole.shape) / DETAIL
    larger, smaller = (reduced(picture, factor) for picture in (whole, piece))
    smaller = smaller[: larger.shape[0], : larger.shape[1]]
    scores, _ = fitted(relief_of(larger[None], DETAIL_REACH), relief_of(smaller[None], DETAIL_REACH))
    return float(scores[0])


def reduced(picture: Levels, factor: float) -> Grey:
    """The picture with rows and columns reduced by this factor."""
    rows, columns = (max(8, round(size / factor)) for size in picture.shape)
    image = Image.fromarray(picture.astype(np.float32)).resize((columns, rows), Image.Resampling.BOX)
    return np.asarray(image, np.float32)
