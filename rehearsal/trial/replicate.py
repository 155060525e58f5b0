"""One replicate of a trial: estimates by arm, by comparison and of agreement, all from the product's statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rehearsal.trial.courses import Courses, Flags, Numbers, draw_courses
from rehearsal.trial.design import Design
from rehearsal.trial.reading import Room, open_room
from rehearsal.trial.results import TrialResults, results_of
from scoring.agreement.detectable import sdc
from scoring.agreement.icc import icc
from scoring.agreement.results import Estimate
from scoring.endpoint.by_arm.ancova import ancova
from scoring.endpoint.by_arm.descriptive import summary
from scoring.endpoint.by_arm.sample import Sample

USES = ("all values", "observed")
THRESHOLDS = tuple(range(1, 11))


@dataclass(frozen=True, eq=False)
class Replicate:
    """The results of one trial, NaN where there is none.

    arms: uses x visits x arms x (n, mean, lower, upper, SD, share without progression). differences: uses x visits x
    later arms x (difference, lower, upper). agreement: visits x (SDC, lower, upper, ICC, lower, upper). third: share
    of cases read a third time. above: share of cases by threshold. repeats: visits x SD of a reader's own differences.
    true: visits x arms x (mean, share who progressed, SD).
    """

    arms: Numbers
    differences: Numbers
    agreement: Numbers
    third: float
    above: Numbers
    repeats: Numbers
    true: Numbers


def replicate(design: Design, subjects: int, seed: tuple[int, ...], people: int) -> Replicate:
    """One trial of this design; the same seed returns the same numbers."""
    rng = np.random.default_rng(seed)
    courses = draw_courses(design, subjects, rng, people)
    room = open_room(design, courses, rng)
    results = results_of(room, rng)
    kept = [np.isfinite(results.change), results.observed]
    return Replicate(
        arms=np.array([by_arm(results, courses, one, len(design.arms)) for one in kept]),
        differences=np.array([by_comparison(results, courses, one, design) for one in kept]).reshape(
            len(kept), len(design.visits), len(design.arms) - 1, 3
        ),
        agreement=np.array([agreement(results.readers[:, at]) for at in range(len(design.visits))]),
        third=float(results.discordant.mean()),
        above=np.array([np.mean(results.largest > limit) for limit in THRESHOLDS]),
        repeats=repeats(room, rng),
        true=true_of(courses, len(design.arms)),
    )


def by_arm(results: TrialResults, courses: Courses, kept: Flags, arms: int) -> list[list[tuple[float, ...]]]:
    """Mean, t interval, SD and share without progression of each arm at each visit."""
    return [
        [described(results.change[kept[:, visit] & (courses.arm == arm), visit]) for arm in range(arms)]
        for visit in range(kept.shape[1])
    ]


def described(changes: Numbers) -> tuple[float, ...]:
    found = summary(changes)
    numbers = (found.n, found.mean, found.lower, found.upper, found.sd)
    share = float((changes <= 0).mean()) if len(changes) else None
    return tuple(map(known, (*numbers, share)))


def known(value: float | None) -> float:
    """NaN for None."""
    return np.nan if value is None else float(value)


def by_comparison(
    results: TrialResults, courses: Courses, kept: Flags, design: Design
) -> list[list[tuple[float, ...]]]:
    """Each later arm minus the first, adjusted for the baseline; arms without a value are left out of the model."""
    names = tuple(arm.name for arm in design.arms)
    found: list[list[tuple[float, ...]]] = []
    for visit in range(kept.shape[1]):
        own = kept[:, visit]
        factors = ((),) * int(own.sum())
        sample = Sample(names, courses.arm[own], results.change[own, visit], results.base[own], factors)
        effects = ancova(sample).differences
        found.append([(known(one.estimate), known(one.lower), known(one.upper)) for one in effects])
    return found


def agreement(readers: Numbers) -> tuple[float, ...]:
    """SDC and ICC(2,1) of the change, two readers, with their intervals."""
    return (*limits(sdc(readers)), *limits(icc(readers, 2).estimate))


def limits(found: Estimate) -> tuple[float, float, float]:
    return known(found.value), known(found.lower), known(found.upper)


def repeats(room: Room, rng: np.random.Generator) -> Numbers:
    """The SD of the differences of a reader's changes when cases are read twice: new errors, the same judgement."""
    count = int(len(room.courses) * room.design.charter.repeats)
    cases = rng.permutation(len(room.courses))[:count]
    if count < 2:
        return np.full(len(room.design.visits), np.nan)
    judged = room.judge(cases, rng.integers(room.design.readers.number, size=count), rng)
    twice = [np.nansum(room.read(cases, judged, rng), axis=2) for _ in range(2)]
    changes = [totals[:, 1:-1] - totals[:, :1] for totals in twice]
    return np.asarray((changes[0] - changes[1]).std(axis=0, ddof=1))


def true_of(courses: Courses, arms: int) -> Numbers:
    """The true values of this trial."""
    changes = courses.totals[:, 1:-1] - courses.totals[:, :1]
    own = [changes[courses.arm == arm] for arm in range(arms)]
    stacked = np.array([[one.mean(axis=0), (one > 0).mean(axis=0), one.std(axis=0, ddof=1)] for one in own])
    return np.asarray(stacked.transpose(2, 0, 1))
