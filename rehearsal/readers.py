"""Simulated readers: the entries of a person who reads a case of known damage, with the errors that people make.

Errors are of three kinds: a judgement of a site that is the same on all films of the case, a slip on one film, and a
true change that goes unseen. Errors of one case lean the same way. Slips are set so that the change of a total has an
error of about 0.83 to 1.0 points in one reader; docs/algorithms/rehearsal.md gives the calculation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from instruments import get
from instruments.definition import Item
from rehearsal.texture import stream
from rehearsal.truth import Truth, true_value

Values = dict[str, int | None]


@dataclass(frozen=True)
class ReaderProfile:
    """How a reader scores.

    `name` identifies the reader. `lean` is how far this reader scores up (+) or down (-), in standard deviations;
    `slips` scales errors on single films, `judgement` those on a whole case; `unseen` is the chance that a true
    change of a site is missed. `not_assessable` is the chance per site of no score.
    """

    name: str
    lean: float = 0.0
    slips: float = 1.0
    judgement: float = 1.0
    unseen: float = 0.1
    not_assessable: float = 0.0


SLIP = 0.0052
INVENTED = 0.02
MISJUDGED = 0.28


def read_film_set(
    truths: Sequence[Truth], profile: ReaderProfile, seed: int, *, instrument: str = "svdh"
) -> tuple[Values, ...]:
    """The values of all films of one case in the given order, by item key; None means not assessable.

    `seed` names the case; the same case, reader and instrument always give the same values.
    """
    items = get(instrument).items
    true = np.array([[true_value(truth, item) for item in items] for truth in truths], dtype=np.int64)
    rng = stream("reader", profile.name, seed, instrument)
    seen = with_unseen_changes(true, profile, rng)
    read = seen + draw_judgement(seen, profile, rng) + draw_slips(true.shape, profile, rng)
    read = np.clip(read, 0, [max(item.allowed) for item in items])
    blank = np.less(rng.random(len(items)), profile.not_assessable)
    return tuple(values(items, row, blank) for row in read)


def with_unseen_changes(true: np.ndarray, profile: ReaderProfile, rng: np.random.Generator) -> np.ndarray:
    """A site whose change is missed keeps the grade of the first film on all of them."""
    missed = np.less(rng.random(true.shape[1]), profile.unseen)
    return np.where(missed, true[:1], true)


def draw_judgement(seen: np.ndarray, profile: ReaderProfile, rng: np.random.Generator) -> np.ndarray:
    """One shift per site for the whole case: an erosion invented or overlooked, a grade more or less."""
    lean = rng.normal(0.25 * profile.lean, 0.35)
    up = rng.random(seen.shape[1]) < 1 / (1 + np.exp(-2 * lean))
    damaged = seen.max(axis=0) > 0
    chance = profile.judgement * np.where(damaged, MISJUDGED, INVENTED)
    shift = (rng.random(seen.shape[1]) < chance) * np.where(up, 1, -1)
    return np.where(damaged, shift, np.maximum(shift, 0))


def draw_slips(shape: tuple[int, int], profile: ReaderProfile, rng: np.random.Generator) -> np.ndarray:
    """Errors on single films: rare, more frequent on a poor film, and mostly in the same direction on one film."""
    poor = rng.lognormal(-0.18, 0.6, (shape[0], 1))
    slipped = np.less(rng.random(shape), SLIP * profile.slips * poor)
    tendency = rng.normal(0, 0.6, (shape[0], 1))
    return np.where(rng.random(shape) < 1 / (1 + np.exp(-2 * tendency)), 1, -1) * slipped


def values(items: Sequence[Item], row: np.ndarray, blank: np.ndarray) -> Values:
    return {item.key: None if gone else int(value) for item, value, gone in zip(items, row, blank, strict=True)}
