"""The content of a read, drawn before anything is written: order, letters, positions, tokens, digests."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from string import ascii_uppercase

from config.tokens import new_token
from reading.campaigns.frozen_films import VIEWS, FrozenCase, Timepoint
from reading.issuing.presentations import BESIDE, plan_steps

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
class DrawnTimepoint:
    """A timepoint at its drawn position."""

    token: str
    letter: str
    position: int
    visit: int
    films: tuple[DrawnFilm, ...]


@dataclass(frozen=True)
class DrawnStep:
    """Timepoints shown and locked together; a step with a token is a separate entry in the worklist."""

    token: str | None
    counts: bool
    timepoints: tuple[DrawnTimepoint, ...]


def first_image(timepoint: Timepoint) -> str:
    """The smallest random image key of a timepoint, from which drawing starts."""
    return min(timepoint.images.values())


def draw_steps(
    presentation: str,
    seed: bytes,
    read_token: str,
    frozen: FrozenCase,
    digests_of: DigestsOf,
    step_tokens: Sequence[str],
) -> tuple[DrawnStep, ...]:
    """Every step of a read with its timepoints, lettered from the left; its steps have tokens where they are mixed."""
    first = 0
    steps = []
    for place, plan in enumerate(plan_steps(presentation, seed, read_token, frozen.timepoints, first_image)):
        timepoints = draw_timepoints(plan.shown, first, digests_of)
        steps.append(DrawnStep(step_tokens[place] if step_tokens else None, plan.counts, timepoints))
        first += len(timepoints) if presentation in BESIDE else 0
    return tuple(steps)


def draw_timepoints(shown: Sequence[Timepoint], first: int, digests_of: DigestsOf) -> tuple[DrawnTimepoint, ...]:
    """The panes of a step; letters continue from the panes that remain on the screen next to it."""
    return tuple(
        DrawnTimepoint(new_token(), ascii_uppercase[place], place, timepoint.visit, draw_films(timepoint, digests_of))
        for place, timepoint in enumerate(shown, start=first)
    )


def draw_films(timepoint: Timepoint, digests_of: DigestsOf) -> tuple[DrawnFilm, ...]:
    """The four views of a timepoint; a view without a film is shown as absent."""
    films = []
    for side, view in VIEWS:
        token, image = new_token(), timepoint.image(side, view)
        films.append(DrawnFilm(token, side, view, image, digests_of(token, image) if image else {}))
    return tuple(films)
