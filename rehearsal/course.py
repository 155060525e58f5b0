"""How damage grows in one person: from a first film through the visits of a trial, one point of the score at a time.

Each person has an endless list of points, drawn once. The first film shows the first B of them, a later film as many
more as were gained by then; so a total is known exactly, and a film never depends on which visits were requested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from rehearsal.damage import WRIST_JOINTS
from rehearsal.texture import stream
from rehearsal.truth import DISTAL, PLACES, GradedSite, Truth

WEEKS = 24.0
MOST = 300

# How prone a site is compared with others (general knowledge): fifth toe, second and third knuckles before the rest.
PRONE = {
    "MTP5": 3.0,
    "MCP2": 2.2,
    "MCP3": 2.0,
    "MTP1": 1.6,
    "MTP4": 1.6,
    "MTP3": 1.5,
    "MTP2": 1.4,
    "PIP3": 1.5,
    "PIP2": 1.3,
    "PIP4": 1.2,
    "ULNA": 1.6,
    "NAV": 1.3,
    "RADIU": 0.8,
    "MC1": 0.7,
    "IP1": 0.6,
    "MTPIP": 0.6,
    "RADCA": 1.6,
    "CAPNL": 1.4,
    "MULNA": 1.2,
}
NARROWING = 0.75
DISTAL_SIDE = 0.5


class Ground:
    """The sites on which damage grows: the most each can have, which share a joint, and how prone each is."""

    def __init__(self, places: Sequence[GradedSite]) -> None:
        self.places = tuple(places)
        self.largest = np.array([place.largest for place in places], dtype=float)
        self.same_joint = np.array([[a.joint == b.joint and a != b for b in places] for a in places], dtype=float)
        self.prone = np.array([prone(place) for place in places])


@dataclass(frozen=True)
class Baseline:
    """Damage at the first film in a population: mean and standard deviation of the total, gamma distributed."""

    mean: float = 22.0
    sd: float = 34.0


@dataclass(frozen=True)
class Progression:
    """Damage gained in 24 weeks in a population: its mean, the share of people who gain any, and its unevenness."""

    mean: float
    progressing: float
    unevenness: float = 1.3


UNTREATED = Progression(mean=0.90, progressing=0.30)
TREATED = Progression(mean=0.41, progressing=0.17)
BASELINE = Baseline()


def course(
    subject_seed: int, weeks: Sequence[float], *, progression: Progression = UNTREATED, baseline: Baseline = BASELINE
) -> tuple[Truth, ...]:
    """The truth at each of these weeks after the first film; weeks before it are taken as week 0."""
    start = first(subject_seed, baseline)
    rate = draw_rate(subject_seed, progression)
    phase = stream("phase", subject_seed).random()
    reached = [min(start + int(rate * max(week, 0.0) / WEEKS + phase), MOST) for week in weeks]
    return tuple(truth(subject_seed, points, start) for points in reached)


def first(subject_seed: int, baseline: Baseline) -> int:
    shape = (baseline.mean / baseline.sd) ** 2
    drawn = stream("first film", subject_seed).gamma(shape, baseline.mean / shape)
    return min(round(float(drawn)), MOST - 60)


def draw_rate(subject_seed: int, progression: Progression) -> float:
    """Points in 24 weeks: none for most people, a long tail for the others."""
    chance = stream("progression", subject_seed)
    if chance.random() >= progression.progressing:
        return 0.0
    spread = progression.unevenness
    among = progression.mean / progression.progressing
    return float(min(chance.lognormal(np.log(among) - spread**2 / 2, spread), 30.0))


def truth(subject_seed: int, points: int, start: int) -> Truth:
    grades = grown(subject_seed, points)
    severe = {
        (place.side, place.joint) for place, grade in grades.items() if place.feature == "narrowing" and grade > 2
    }
    displaced = frozenset(site for site in severe if site[1] not in WRIST_JOINTS and gives_way(subject_seed, *site))
    return Truth(grades, displaced, min(0.35, start / 400))


def grown(subject_seed: int, points: int) -> dict[GradedSite, int]:
    """The first `points` points of a person's list, added up by site."""
    grades = np.bincount(point_order(subject_seed, points, GROUND), minlength=len(PLACES))
    return {place: int(grade) for place, grade in zip(PLACES, grades, strict=True) if grade}


def point_order(subject_seed: int, points: int, ground: Ground) -> list[int]:
    """The sites of the first `points` points of a person's list, in order, as places in the ground."""
    grades = np.zeros(len(ground.places), dtype=np.int64)
    chances = stream("points", subject_seed).random(points)
    own = own_prone(subject_seed, ground)
    order = []
    for number in range(points):
        reached = np.cumsum(weights(own, grades, ground))
        order.append(int(np.searchsorted(reached, chances[number] * reached[-1], side="right")))
        grades[order[-1]] += 1
    return order


def weights(own: np.ndarray, grades: np.ndarray, ground: Ground) -> np.ndarray:
    """Damage makes more damage likely, there and in the same joint of the other side; a full site gains no more."""
    left = np.maximum(1 - grades / ground.largest, 0)
    return np.asarray(own * (1 + 1.1 * grades + 0.5 * (ground.same_joint @ grades)) * left)


@lru_cache(maxsize=256)
def own_prone(subject_seed: int, ground: Ground) -> np.ndarray:
    """How prone each site of this person is."""
    return np.asarray(stream("prone", subject_seed).lognormal(0, 0.8, len(ground.places)) * ground.prone)


def prone(place: GradedSite) -> float:
    feature = NARROWING if place.feature == "narrowing" else 1.0
    return PRONE.get(place.joint, 1.0) * feature * (DISTAL_SIDE if place.part == DISTAL else 1.0)


GROUND = Ground(PLACES)


def gives_way(subject_seed: int, side: str, joint: str) -> bool:
    """Whether a joint that has lost its space dislocates rather than ankyloses."""
    return bool(stream("gives way", subject_seed, side, joint).random() < 0.3)
