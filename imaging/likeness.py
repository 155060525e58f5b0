"""Recognises a film again after recompression, rescaling, mirroring or cropping.

A likeness is a small picture. Two are compared as reliefs: brightness against its surroundings, in units of the local
contrast, so that window, exposure and JPEG change little. Two films of the same hand differ by its pose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.levels import Levels

SIDE = 64
COARSE = 32
COARSEST = 16
# Brightness is compared with its surroundings within this part of a side, and with at least this part of the contrast.
REACH = 0.09
FAINT = 0.1
# The smallest part of a side that a crop keeps, and how many films are compared closely after the coarse pass: of a
# site, and of each AT_ONCE films of a trial.
SMALLEST_CROP = 0.55
CLOSELY = 24
FEW = 6
CLOSE = 40
# A picture whose local contrast is somewhere this part of the whole contrast, in this part of its area, has structure.
CONTRAST, STRUCTURED = 0.3, 0.08
STEPS = (0.5, 0.15)
# From these correlations on, two pictures show the same film: whole pictures, and a part against a whole. Measured by
# bench/likeness.py.
SAME, SAME_PART = 0.985, 0.98
# The same for whole pictures compared with every film of a trial: some two hundred million pairs.
SAME_ANYWHERE = 0.992
# How many films are in memory at a time.
AT_ONCE = 2000

Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Likeness:
    """A small picture of the film as bytes that can be stored, and the size of the film in pixels."""

    rows: int
    columns: int
    content: bytes


@dataclass(frozen=True)
class Match:
    """Another film that shows the same picture: its place in the list, whether mirrored, and the correlation."""

    place: int
    mirrored: bool
    score: float


def likeness_of(levels: Levels) -> Likeness:
    """The likeness of a picture of any size."""
    image = Image.fromarray(levels.astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BOX)
    grey = np.asarray(image, np.float32)
    low, high = float(grey.min()), float(grey.max())
    scaled = np.rint((grey - low) * (255 / max(high - low, 1e-6))).astype(np.uint8)
    rows, columns = levels.shape
    return Likeness(rows, columns, scaled.tobytes())


def has_structure(likeness: Likeness) -> bool:
    """Whether there is enough in the picture to recognise it by; an empty or smooth one resembles many."""
    grey = grey_of(likeness)
    radius = round(REACH * SIDE)
    mean = blurred(grey, radius)
    strength = np.sqrt(np.maximum(blurred(grey * grey, radius) - mean * mean, 0))
    return bool((strength > CONTRAST * max(float(grey.std()), 1e-6)).mean() >= STRUCTURED)


def relief_of(grey: Grey, radius: int) -> Grey:
    """Each picture as a relief with mean 0 and norm 1."""
    mean = blurred(grey, radius)
    strength = np.sqrt(np.maximum(blurred(grey * grey, radius) - mean * mean, 0))
    least = FAINT * grey.std((-2, -1), keepdims=True) + 1e-3
    return unit((grey - mean) / (strength + least))


def blurred(grey: Grey, radius: int) -> Grey:
    """Means of boxes of 2 `radius` + 1 pixels, as far as they are inside the picture."""
    for axis in (-2, -1):
        size = grey.shape[axis]
        ends = np.minimum(np.arange(size) + radius + 1, size)
        starts = np.maximum(np.arange(size) - radius, 0)
        box = ((np.arange(size) >= starts[:, None]) & (np.arange(size) < ends[:, None])).astype(np.float32)
        box /= box.sum(1, keepdims=True)
        grey = box @ grey if axis == -2 else grey @ box.T
    return np.asarray(grey, np.float32)


def unit(pictures: Grey) -> Grey:
    """Each with mean 0 and norm 1."""
    centred = pictures - pictures.mean((-2, -1), keepdims=True)
    norm = np.sqrt((centred * centred).sum((-2, -1), keepdims=True))
    return np.asarray(centred / np.maximum(norm, 1e-6), np.float32)


def matches(film: Likeness, others: Sequence[Likeness]) -> list[Match]:
    """The others that show the same picture as the film, the most similar first."""
    best: dict[int, Match] = {}
    for start in range(0, len(others), AT_ONCE):
        for match in compared(film, others[start : start + AT_ONCE]):
            found = replace(match, place=start + match.place)
            best[found.place] = max(found, best.get(found.place, found), key=lambda one: one.score)
    return sorted(best.values(), key=lambda match: -match.score)


def whole_matches(film: Likeness, others: Sequence[Likeness]) -> list[Match]:
    """The others that surely show the same picture as a whole, mirrored or not; at most AT_ONCE others.

    Quick enough for every film of a large trial, and too strict for a part.
    """
    if not others:
        return []
    found: dict[int, Match] = {}
    stack = stacked(others)
    part = SIDE // COARSEST
    rows = stack.reshape(-1, COARSEST, part, SIDE).sum(2, dtype=np.uint16)
    small = rows.reshape(-1, COARSEST, COARSEST, part).sum(3, dtype=np.uint16) / np.float32(part * part)
    reliefs = relief_of(small, round(REACH * COARSEST))
    for mirrored in (False, True):
        own = grey_of(film)[:, ::-1] if mirrored else grey_of(film)
        for place, score in wholes(own, stack, reliefs, SAME_ANYWHERE, FEW):
            match = Match(place, mirrored, round(score, 3))
            found[place] = max(match, found.get(place, match), key=lambda one: one.score)
    return sorted(found.values(), key=lambda match: -match.score)


def stacked(likenesses: Sequence[Likeness]) -> NDArray[np.uint8]:
    """The small pictures, one behind the other."""
    joined = b"".join(likeness.content for likeness in likenesses)
    return np.frombuffer(joined, np.uint8).reshape(-1, SIDE, SIDE)


def compared(
    film: Likeness, others: Sequence[Likeness], whole: float = SAME, part: float = SAME_PART
) -> Iterator[Match]:
    """Every comparison that reaches these correlations: of whole pictures, and of one as a part of the other."""
    if not others:
        return
    stack = stacked(others).astype(np.float32)
    sizes = np.array([(other.rows, other.columns) for other in others], np.float64)
    small = resized(stack, COARSE, COARSE)
    reliefs = relief_of(small, round(REACH * COARSE))
    kept = np.array((film.rows, film.columns)) / sizes
    for mirrored in (False, True):
        own = grey_of(film)[:, ::-1] if mirrored else grey_of(film)
        found = [*wholes(own, stack, reliefs, whole)]
        found += parts(own, stack, small, reliefs, kept, part)
        yield from (Match(place, mirrored, round(score, 3)) for place, score in found)


def grey_of(likeness: Likeness) -> Grey:
    """The small picture."""
    return np.frombuffer(likeness.content, np.uint8).reshape(SIDE, SIDE).astype(np.float32)


def wholes(
    own: Grey, stack: NDArray[Any], reliefs: Grey, least: float, closely: int = CLOSELY
) -> Iterator[tuple[int, float]]:
    """Correlations of whole pictures, of those whose small reliefs fit best; their polarity may differ."""
    side = reliefs.shape[-1]
    relief = relief_of(resized(own, side, side), round(REACH * side))
    coarse = np.abs(np.tensordot(reliefs, relief, 2))
    chosen = np.argsort(-coarse)[:closely]
    large = relief_of(stack[chosen].astype(np.float32), round(REACH * SIDE))
    scores = np.abs(np.tensordot(large, relief_of(own, round(REACH * SIDE)), 2))
    yield from ((int(place), float(score)) for place, score in zip(chosen, scores, strict=True) if score >= least)


def parts(
    own: Grey, stack: Grey, small: Grey, reliefs: Grey, kept: NDArray[np.float64], least: float
) -> Iterator[tuple[int, float]]:
    """Correlations of the smaller of two pictures with the part of the larger one that it fits best, at one pixel size.

    `kept` is the part of rows and columns of the other film that the film would be.
    """
    ranked: list[tuple[float, int, tuple[int, int]]] = []
    for inside in (True, False):
        part = kept if inside else 1 / kept
        fits = np.flatnonzero((part <= 1).all(1) & (part.min(1) >= SMALLEST_CROP) & (part < 1 - 0.4 / SIDE).any(1))
        shapes = np.rint(part[fits] * COARSE).astype(int)
        for shape in np.unique(shapes, axis=0):
            places = fits[(shapes == shape).all(1)]
            smaller = resized(own[None] if inside else stack[places], *shape)
            template = relief_of(smaller, round(REACH * COARSE))
            larger = reliefs[places] if inside else relief_of(resized(own[None], COARSE, COARSE), round(REACH * COARSE))
            scores, corners = fitted(larger, template)
            ranked += zip(scores.tolist(), places.tolist(), map(tuple, corners.tolist()), strict=True)
    ranked.sort(reverse=True)
    for _, place, corner in ranked[:CLOSELY]:
        inside = bool((kept[place] <= 1).all())
        whole, piece = (stack[place], own) if inside else (own, stack[place])
        score = placed_closely(whole, piece, kept[place] if inside else 1 / kept[place], corner)
        if score >= least:
            yield place, score


def fitted(larger: Grey, template: Grey) -> tuple[Grey, NDArray[np.intp]]:
    """The best normalised correlation of each template at any place of its larger picture, and that place."""
    side, (rows, columns) = larger.shape[1], template.shape[1:]
    spectrum = np.fft.rfft2(larger) * np.conj(np.fft.rfft2(template, (side, side)))
    reach = (slice(None), slice(side - rows + 1), slice(side - columns + 1))
    products = np.fft.irfft2(spectrum, (side, side))[reach]
    sums, squares = window_sums(larger, rows, columns), window_sums(larger * larger, rows, columns)
    energy = np.maximum(squares - sums * sums / (rows * columns), 0.1)
    scores = (products / np.sqrt(energy)).reshape(len(products), -1)
    best = scores.argmax(1)
    corners = np.stack(np.unravel_index(best, products.shape[1:]), 1)
    return np.asarray(scores.max(1), np.float32), corners


def window_sums(values: Grey, rows: int, columns: int) -> NDArray[np.float64]:
    """The sum of every window of that size."""
    sums = np.pad(values, ((0, 0), (1, 0), (1, 0))).cumsum(1, dtype=np.float64).cumsum(2)
    below, above = sums[:, rows:], sums[:, :-rows]
    return np.asarray(below[:, :, columns:] - below[:, :, :-columns] - above[:, :, columns:] + above[:, :, :-columns])


def placed_closely(whole: Grey, piece: Grey, kept: NDArray[np.float64], corner: tuple[int, int]) -> float:
    """The best correlation of the piece near a corner of the coarse pass, at fractions of a pixel."""
    radius = round(REACH * CLOSE)
    relief = relief_of(resized(piece, CLOSE, CLOSE), radius)
    extent = kept * SIDE
    at, score = np.array(corner) * (SIDE / COARSE), 0.0
    for step, reach in zip(STEPS, (4, 3), strict=True):
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


def resized(pictures: Grey, rows: int, columns: int) -> Grey:
    """Each picture at another size, by averaging along both axes."""
    left = averaging(rows, pictures.shape[-2], 0, pictures.shape[-2])
    right = averaging(columns, pictures.shape[-1], 0, pictures.shape[-1])
    return np.asarray(left @ pictures @ right.T, np.float32)


def averaging(to: int, size: int, start: float, end: float) -> Grey:
    """The matrix that averages the samples from `start` to `end` to `to`, each the mean of the stretch it covers."""
    edges = np.linspace(start, end, to + 1)
    cells = np.arange(size)
    covered = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    weights = np.clip(covered, 0, None)
    return np.asarray(weights / np.maximum(weights.sum(1, keepdims=True), 1e-9), np.float32)
