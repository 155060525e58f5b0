"""Recognises a film again after recompression, rescaling, mirroring or cropping.

A likeness is a small picture. Two are compared as reliefs: brightness relative to the surroundings, in units of local
contrast, so that window, exposure and JPEG change little. Two films of the same hand differ by its pose.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.levels import Levels
from imaging.likeness_parts import COARSE, SIDE, PartGuess, guesses, part_score
from imaging.reliefs import REACH, Grey, blurred, relief_of, resized

COARSEST = 16
# The number of pairs compared at full size after the coarse pass; the number of these, if they correlate this much,
# compared at fractions of a pixel; and, of each AT_ONCE films, the number compared closely as whole pictures.
COARSELY, CLOSELY, LIKELY = 1000, 300, 0.8
WHOLES = 24
# A picture has structure if its local contrast reaches this part of the whole contrast, in this part of its area.
CONTRAST, STRUCTURED = 0.3, 0.08
# From these correlations up, two pictures show the same film: whole pictures of a site, and of a trial with about two
# hundred million pairs; a part is then compared in detail. Measured by bench/likeness.py.
SAME, SAME_ANYWHERE, SAME_PART = 0.985, 0.992, 0.97
# The number of films in memory at a time.
AT_ONCE = 2000


@dataclass(frozen=True)
class Likeness:
    """A small picture of the film as bytes that can be stored, and the size of the film in pixels."""

    rows: int
    columns: int
    content: bytes


# Films with their keys.
Keyed = Sequence[tuple[int, Likeness]]


@dataclass(frozen=True)
class Match:
    """Another film that shows the same picture or a part of it: its key, whether mirrored, and the correlation."""

    key: int
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
    """Whether the picture has enough structure to be recognised; an empty or smooth one resembles many."""
    grey = grey_of(likeness)
    radius = round(REACH * SIDE)
    mean = blurred(grey, radius)
    strength = np.sqrt(np.maximum(blurred(grey * grey, radius) - mean * mean, 0))
    return bool((strength > CONTRAST * max(float(grey.std()), 1e-6)).mean() >= STRUCTURED)


def whole_matches(film: Likeness, others: Keyed, least: float = SAME) -> list[Match]:
    """The others that show the same picture as a whole, mirrored or not, the most similar first; at most AT_ONCE."""
    if not others:
        return []
    found: dict[int, Match] = {}
    stack = stacked(others)
    part = SIDE // COARSEST
    rows = stack.reshape(-1, COARSEST, part, SIDE).sum(2, dtype=np.uint16)
    small = rows.reshape(-1, COARSEST, COARSEST, part).sum(3, dtype=np.uint16) / np.float32(part * part)
    reliefs = relief_of(small, round(REACH * COARSEST))
    for mirrored in (False, True):
        for place, score in wholes(turned(film, mirrored), stack, reliefs, least):
            match = Match(others[place][0], mirrored, round(score, 3))
            found[match.key] = max(match, found.get(match.key, match), key=lambda one: one.score)
    return sorted(found.values(), key=lambda match: -match.score)


@dataclass(frozen=True)
class LikelyPart:
    """Another film that may show a part of the film, or of which it may show a part."""

    key: int
    likeness: Likeness
    mirrored: bool
    guess: PartGuess


def part_matches(film: Likeness, batches: Iterable[Keyed]) -> Iterator[Match]:
    """The others that show a part of the film, or of which it shows a part, as far as small pictures can show.

    Each is to be confirmed from the pixels by `likeness_parts.is_part_in_detail`.
    """
    for likely in likely_parts(film, batches):
        own, other = turned(film, likely.mirrored), grey_of(likely.likeness)
        score = part_score(own, other, kept_of(film, [(0, likely.likeness)])[0], likely.guess.corner)
        if score >= SAME_PART:
            yield Match(likely.key, likely.mirrored, round(score, 3))


def likely_parts(film: Likeness, batches: Iterable[Keyed]) -> list[LikelyPart]:
    """The pairs worth comparing closely: the best of a coarse pass over all, then the best of these at full size."""
    coarse: list[LikelyPart] = []
    for others in batches:
        for mirrored in (False, True):
            coarse = best_parts([*coarse, *guessed(film, others, mirrored, COARSE)], COARSELY)
    finer: list[LikelyPart] = []
    for mirrored in (False, True):
        others = [(one.key, one.likeness) for one in coarse if one.mirrored == mirrored]
        finer += guessed(film, others, mirrored, SIDE)
    return [one for one in best_parts(finer, CLOSELY) if one.guess.score >= LIKELY]


def best_parts(parts: list[LikelyPart], count: int) -> list[LikelyPart]:
    """This many of them, the best first."""
    return nlargest(count, parts, key=lambda one: one.guess.score)


def guessed(film: Likeness, others: Keyed, mirrored: bool, side: int) -> Iterator[LikelyPart]:
    """Where each fits into the other, by pictures of this side length."""
    if others:
        stack = stacked(others).astype(np.float32)
        for guess in guesses(turned(film, mirrored), stack, kept_of(film, others), side):
            yield LikelyPart(*others[guess.place], mirrored, guess)


def stacked(others: Keyed) -> NDArray[np.uint8]:
    """The small pictures as one array."""
    joined = b"".join(likeness.content for _, likeness in others)
    return np.frombuffer(joined, np.uint8).reshape(-1, SIDE, SIDE)


def kept_of(film: Likeness, others: Keyed) -> NDArray[np.float64]:
    """The part of rows and columns of each of the others that the film would be, at one pixel size."""
    return np.array((film.rows, film.columns)) / np.array([(one.rows, one.columns) for _, one in others], np.float64)


def turned(likeness: Likeness, mirrored: bool) -> Grey:
    """The small picture, mirrored or as it is."""
    return grey_of(likeness)[:, ::-1] if mirrored else grey_of(likeness)


def grey_of(likeness: Likeness) -> Grey:
    """The small picture."""
    return np.frombuffer(likeness.content, np.uint8).reshape(SIDE, SIDE).astype(np.float32)


def wholes(own: Grey, stack: NDArray[Any], reliefs: Grey, least: float) -> Iterator[tuple[int, float]]:
    """Correlations of whole pictures, of those whose small reliefs fit best; their polarity may differ."""
    side = reliefs.shape[-1]
    relief = relief_of(resized(own, side, side), round(REACH * side))
    coarse = np.abs(np.tensordot(reliefs, relief, 2))
    chosen = np.argsort(-coarse)[:WHOLES]
    large = relief_of(stack[chosen].astype(np.float32), round(REACH * SIDE))
    scores = np.abs(np.tensordot(large, relief_of(own, round(REACH * SIDE)), 2))
    yield from ((int(place), float(score)) for place, score in zip(chosen, scores, strict=True) if score >= least)
