"""The true course of every subject: baseline, who progresses, totals on each film, and the grades of every site.

Columns are films: the baseline, the planned visits, and last the film taken at an unplanned rescue, if any.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

import instruments
from rehearsal.course import Ground, point_order
from rehearsal.trial.design import DAYS, Arm, Design
from rehearsal.truth import GradedSite

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
PEOPLE = 60
NEVER = 10_000
ROOM = 0.7


@dataclass(frozen=True, eq=False)
class Courses:
    """The truth about the subjects: arm, week and kind of the event, week and grades of each film, films present."""

    arm: Integers
    event_week: Integers
    switched: Flags
    weeks: Integers
    present: Flags
    totals: Integers
    grades: Numbers

    def __len__(self) -> int:
        return len(self.arm)


@lru_cache(maxsize=4)
def patterns(instrument: str, people: int = PEOPLE) -> npt.NDArray[np.int8]:
    """Grades of every site with the first t points of a person: people x points x items."""
    items = instruments.get(instrument).items
    ground = Ground([GradedSite.of(item) for item in items])
    most = int(ground.largest.sum())
    found = np.zeros((people, most + 1, len(items)), dtype=np.int8)
    for person in range(people):
        order = point_order(person, most, ground)
        found[person, np.arange(1, most + 1), order] = 1
    found.cumsum(axis=1, out=found)
    return found


def draw_courses(design: Design, subjects: int, rng: np.random.Generator, people: int = PEOPLE) -> Courses:
    """The courses of this number of subjects."""
    shapes = patterns(design.instrument, people)
    arm = allocated([one.weight for one in design.arms], subjects, rng)
    event, switched = events_of(design.arms, arm, rng)
    weeks, present = films_of(design, event, switched, rng)
    first = baselines(design, subjects, int(ROOM * (shapes.shape[1] - 1)), rng)
    totals = np.minimum(first[:, None] + gains(design, arm, event, weeks, rng), shapes.shape[1] - 1)
    person = rng.integers(len(shapes), size=subjects)
    return Courses(arm, event, switched, weeks, present, totals, shapes[person[:, None], totals].astype(np.float64))


def allocated(weights: list[int], subjects: int, rng: np.random.Generator) -> Integers:
    """Arms in the ratio of their weights, in random order."""
    block = np.repeat(np.arange(len(weights)), weights)
    return rng.permutation(np.resize(block, subjects))


def events_of(arms: tuple[Arm, ...], arm: Integers, rng: np.random.Generator) -> tuple[Integers, Flags]:
    """The week of each subject's first event, and whether it is the switch of the whole arm."""
    rescued = rng.random(len(arm)) < np.array([one.rescued for one in arms])[arm]
    rescue = np.where(rescued, np.array([one.rescue_week for one in arms])[arm], NEVER)
    switch = np.array([one.switch_week or NEVER for one in arms])[arm]
    return np.minimum(rescue, switch), switch < rescue


def films_of(design: Design, event: Integers, switched: Flags, rng: np.random.Generator) -> tuple[Integers, Flags]:
    """The week of each film and whether it exists; a rescue between planned visits has its own film."""
    planned = np.array([0, *(visit.week for visit in design.visits)])
    weeks = np.concatenate([np.tile(planned, (len(event), 1)), event[:, None]], axis=1)
    present = rng.random(weeks.shape) >= design.absent
    present[:, 0] = True
    present[:, -1] = (event < NEVER) & ~switched & ~np.isin(event, planned)
    return weeks, present


def baselines(design: Design, subjects: int, most: int, rng: np.random.Generator) -> Integers:
    """Totals of the first film."""
    above = max(design.baseline_mean - design.baseline_least, 0.01)
    shape = (above / design.baseline_sd) ** 2
    drawn = design.baseline_least + rng.gamma(shape, above / shape, subjects)
    return np.minimum(np.rint(drawn), most).astype(np.int64)


def gains(design: Design, arm: Integers, event: Integers, weeks: Integers, rng: np.random.Generator) -> Integers:
    """Points gained by each film: none, or one point plus a gamma distributed number, linear between visits.

    Rounded down after adding one uniform number per subject, which keeps the mean of each arm as planted.
    """
    share = np.array([one.progressors for one in design.arms])[arm]
    means = np.array([[one.change[code] for code in design.codes] for one in design.arms])[arm]
    progresses = rng.random(len(arm)) < share
    spread = design.unevenness**2
    amount = rng.gamma(1 / spread, spread, len(arm))
    phase = rng.random(len(arm))
    at_visits = 1 + (means / share[:, None] - 1) * amount[:, None]
    grown = course_at(design, at_visits, weeks)
    at_event = course_at(design, at_visits, event[:, None])
    kept = at_event + design.after_event * (grown - at_event)
    points = np.where(weeks > event[:, None], kept, grown)
    return np.where(progresses[:, None], np.floor(points + phase[:, None]), 0).astype(np.int64)


def course_at(design: Design, at_visits: Numbers, weeks: Integers) -> Numbers:
    """Points at any week: linear from 0 to the first visit and from visit to visit, constant after the last."""
    knots = np.array([0, *(visit.week for visit in design.visits)], dtype=np.float64)
    values = np.concatenate([np.zeros((len(at_visits), 1)), at_visits], axis=1)
    place = np.clip(np.searchsorted(knots, weeks, side="right") - 1, 0, len(knots) - 2)
    along = np.clip((weeks - knots[place]) / (knots[place + 1] - knots[place]), 0, 1)
    before, after = (np.take_along_axis(values, at, axis=1) for at in (place, place + 1))
    return np.asarray(before + along * (after - before))


def day_of(week: int) -> int:
    """The day of a week after the baseline film."""
    return int(week) * DAYS
