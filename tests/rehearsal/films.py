"""Films drawn once for all tests that look at them, at a fifth of a millimetre."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rehearsal import regions
from rehearsal.anatomy import Side
from rehearsal.damage import Damage
from rehearsal.drawing import draw_bones
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand
from rehearsal.regions import Region
from rehearsal.skeleton import Skeleton, articulate
from rehearsal.subject import SyntheticSubject, SyntheticVisit

SUBJECT, VISIT, SCALE = 11, 3, 0.2
REGIONS = {"hand": regions.HAND, "foot": regions.FOOT}
FOOT_JOINTS = ("MTPIP", *(f"MTP{n}" for n in range(1, 6)))
WHOLE = Damage()


def with_erosion(joint: str, grade: int) -> Damage:
    """The erosion grade of a joint; in a foot on the proximal side."""
    return Damage({joint: (grade, 0) if joint in FOOT_JOINTS else grade})


def with_narrowing(joint: str, grade: int, *, displaced: bool = False) -> Damage:
    return Damage({}, {joint: grade}, frozenset({joint}) if displaced else frozenset())


def region_of(joint: str) -> str:
    return "foot" if joint in FOOT_JOINTS else "hand"


def draw(region: str, damage: Damage = WHOLE, side: Side | None = None, visit: int = VISIT) -> SyntheticFilm:
    artist = draw_hand if region == "hand" else draw_foot
    return artist(side or REGIONS[region].drawn, damage, SUBJECT, visit, SCALE)


@lru_cache(maxsize=4)
def whole(region: str) -> SyntheticFilm:
    return draw(region)


def skeleton(region: str, damage: Damage = WHOLE, visit: int = VISIT, subject: int = SUBJECT) -> Skeleton:
    where: Region = REGIONS[region]
    return articulate(where, damage, SyntheticVisit(SyntheticSubject(subject, region, where.drawn), visit))


def bone(region: str, damage: Damage = WHOLE) -> NDArray[np.float32]:
    """Millimetres of bone before exposure."""
    placed = skeleton(region, damage)
    return draw_bones(placed, damage, SyntheticSubject(SUBJECT, region, REGIONS[region].drawn), SCALE)


def distance_from(film: SyntheticFilm, joint: str) -> NDArray[np.float64]:
    """How many millimetres each pixel lies from a joint."""
    x, y = film.sites[joint]
    rows, columns = np.indices(film.pixels.shape) + 0.5
    return np.asarray(np.hypot(columns - x, rows - y) * film.spacing_mm)
