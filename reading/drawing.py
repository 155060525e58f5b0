"""What a read will show, drawn before anything is written: order, letters, positions, tokens, digests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from reading.frozen_films import VIEWS, FrozenCase, Timepoint
from reading.randomisation import Draw, new_token

Digests = dict[str, list[str]]
DigestsOf = Callable[[str, str], Digests]


@dataclass(frozen=True)
class DrawnFilm:
    """A film under its own token; without an image key it is absent."""

    token: str
    side: str
    view: str
    image: str | None
    digests: Digests = field(default_factory=dict)


@dataclass(frozen=True)
class DrawnExposure:
    """A timepoint at its drawn place."""

    token: str
    letter: str
    position: int
    visit: int
    films: tuple[DrawnFilm, ...]


def order_purpose(read_token: str) -> str:
    """What the order of a read is drawn for; the offline check of orders uses the same words."""
    return f"order of read {read_token}"


def draw_order(seed: bytes, read_token: str, timepoints: Sequence[Timepoint]) -> list[Timepoint]:
    """The timepoints sorted by their random image keys, then permuted: the start does not depend on the true order."""
    by_key = sorted(timepoints, key=lambda timepoint: min(timepoint.images.values()))
    return Draw(seed, order_purpose(read_token)).permutation(by_key)


def draw_exposures(
    seed: bytes, read_token: str, frozen: FrozenCase, digests_of: DigestsOf
) -> tuple[DrawnExposure, ...]:
    """All timepoints together in random order, lettered from the left."""
    return tuple(
        DrawnExposure(new_token(), ascii_uppercase[place], place, timepoint.visit, draw_films(timepoint, digests_of))
        for place, timepoint in enumerate(draw_order(seed, read_token, frozen.timepoints))
    )


def draw_films(timepoint: Timepoint, digests_of: DigestsOf) -> tuple[DrawnFilm, ...]:
    """The four views of a timepoint; a view without a film is shown as absent."""
    films = []
    for side, view in VIEWS:
        token, image = new_token(), timepoint.image(side, view)
        films.append(DrawnFilm(token, side, view, image, digests_of(token, image) if image else {}))
    return tuple(films)
