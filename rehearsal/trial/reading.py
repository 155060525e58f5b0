"""Simulated readers for many cases at once, with errors that preserve the mean change unless a scenario adds a bias.

A judgement shifts a site equally on all films of a case, so it does not affect a change. Errors on single films are as
often up as down, whatever the damage, and as frequent as the smallest detectable change of the design requires.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import instruments
from rehearsal.trial.courses import Courses, Flags, Integers, Numbers
from rehearsal.trial.design import Design

# SDC = 1.96 s / (sqrt(2) sqrt(2)) for two readers, s the standard deviation of the difference of their changes.
PER_SDC = 0.98


@dataclass(frozen=True, eq=False)
class Room:
    """Readers of the courses of one trial: the films shown, the assessable sites, and each reader's lean."""

    design: Design
    courses: Courses
    unseen: Flags
    lean: Numbers
    largest: Numbers
    odds: Numbers

    def judge(self, cases: Integers, reader: Integers, rng: np.random.Generator) -> tuple[Numbers, Numbers]:
        """The grades that readers would give on every film of these cases without slips, and the place in the queue."""
        queue = rng.random(len(cases))
        shown = self.courses.grades[cases]
        shown = shown + misjudged(self.design, shown, self.largest, rng)[:, None]
        more = self.lean[reader] + self.design.readers.drift * queue
        shown = shown + self.moved(shown, more, rng)[:, None]
        return shown, queue

    def moved(self, shown: Numbers, points: Numbers, rng: np.random.Generator) -> Numbers:
        """About this number of points up or down, the same on all films of a case."""
        up = placed(rng, rng.poisson(np.maximum(points, 0)), shown.max(axis=1) < self.largest, self.odds)
        down = placed(rng, rng.poisson(np.maximum(-points, 0)), shown.min(axis=1) > 0, self.odds)
        return up - down

    def read(self, cases: Integers, judged: tuple[Numbers, Numbers], rng: np.random.Generator) -> Numbers:
        """The values entered: judged grades with the errors of single films; NaN for not assessable."""
        shown, queue = judged
        n, columns, items = shown.shape
        flat = shown.reshape(-1, items)
        entered = flat + film_errors(rng, self.error_rates(queue, rng).reshape(-1), flat, self.largest, self.odds)
        entered = entered + self.seen_more(cases, entered, rng)
        entered = slipped(rng, entered, self.largest, self.design.readers.slips).reshape(n, columns, items)
        entered[self.unseen[cases]] = np.nan
        return entered

    def error_rates(self, queue: Numbers, rng: np.random.Generator) -> Numbers:
        """The expected number of errors up on each film, which equals that of errors down."""
        readers = self.design.readers
        rates = np.array([variance / 2 for variance in film_variances(self.design)])
        poor = rng.random((len(queue), len(rates))) < readers.poor_films
        usual = 1 / (1 + readers.poor_films * (readers.poor_factor - 1))
        place = np.floor(queue * len(self.courses)) % readers.sitting / (readers.sitting - 1)
        tired = 1 + readers.fatigue * place
        return np.asarray(rates * np.where(poor, readers.poor_factor, 1) * usual * tired[:, None])

    def seen_more(self, cases: Integers, entered: Numbers, rng: np.random.Generator) -> Numbers:
        """Points of change that readers add to later films, in proportion to their week."""
        weeks = self.courses.weeks[cases].reshape(-1)
        expected = self.design.readers.seen * np.minimum(weeks / self.design.visits[-1].week, 1)
        return placed(rng, rng.poisson(expected), entered < self.largest, self.odds)


def open_room(design: Design, courses: Courses, rng: np.random.Generator) -> Room:
    """The readers of a trial: each has their own lean in points; some sites cannot be assessed by anyone."""
    items = instruments.get(design.instrument).items
    n, columns, count = courses.grades.shape
    unseen = rng.random((n, 1, count)) < design.readers.missing
    unseen = unseen | (rng.random((n, columns, count)) < design.readers.lost)
    lean = rng.normal(0, design.readers.lean, design.readers.number) if design.readers.lean else np.zeros(40)
    largest = np.array([max(item.allowed) for item in items], dtype=np.float64)
    odds = np.array([design.readers.joints.get(item.joint, 1.0) for item in items])
    return Room(design, courses, unseen, lean, largest, odds)


def film_variances(design: Design) -> list[float]:
    """The variance of the error of a total on each film, so that changes have the SDCs of the design.

    Var(change error of one reader) = SDC^2 / (2 x 0.98^2), the sum of both films; a rescue film as at the first visit.
    """
    changes = [(visit.sdc / PER_SDC) ** 2 / 2 for visit in design.visits]
    first = min(changes) / 2
    later = [change - first for change in changes]
    return [first, *later, later[0]]


def placed(rng: np.random.Generator, counts: Integers, room: Flags, odds: Numbers) -> Numbers:
    """For each row, this number of different places with room, drawn by odds: 1 at each."""
    found = np.zeros(room.shape)
    rows = np.flatnonzero(counts)
    if not rows.size:
        return found
    with np.errstate(divide="ignore"):
        keys = rng.exponential(size=(len(rows), room.shape[1])) / odds
    keys = np.where(room[rows], keys, np.inf)
    for number in range(int(counts.max())):
        at = keys.argmin(axis=1)
        takes = (counts[rows] > number) & np.isfinite(keys[np.arange(len(rows)), at])
        found[rows[takes], at[takes]] = 1
        keys[np.arange(len(rows)), at] = np.inf
    return found


def film_errors(rng: np.random.Generator, rates: Numbers, shown: Numbers, largest: Numbers, odds: Numbers) -> Numbers:
    """Points up and down at single sites of films, with the same limit, so that the mean is preserved."""
    above, below = (shown < largest) & (odds > 0), (shown > 0) & (odds > 0)
    most = np.minimum(above.sum(axis=1), below.sum(axis=1))
    up, down = (np.minimum(rng.poisson(rates), most) for _ in range(2))
    return placed(rng, up, above, odds) - placed(rng, down, below, odds)


def misjudged(design: Design, shown: Numbers, largest: Numbers, rng: np.random.Generator) -> Numbers:
    """One grade more or less at a site of a case, where all its films have room for it."""
    damaged = shown.max(axis=1) > 0
    chance = np.where(damaged, design.readers.misjudged, design.readers.invented)
    shift = (rng.random(damaged.shape) < chance) * np.where(rng.random(damaged.shape) < 0.5, 1, -1)
    fits = (shown.max(axis=1) + shift <= largest) & (shown.min(axis=1) + shift >= 0)
    return np.where(fits, shift, 0).astype(np.float64)


def slipped(rng: np.random.Generator, entered: Numbers, largest: Numbers, chance: float) -> Numbers:
    """On an occasional film, one site gets a random grade."""
    rows = np.flatnonzero(rng.random(len(entered)) < chance)
    items = rng.integers(entered.shape[1], size=len(rows))
    entered[rows, items] = np.floor(rng.random(len(rows)) * (largest[items] + 1))
    return entered
