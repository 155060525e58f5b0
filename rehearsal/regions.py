"""Hand and foot for the drawing: bones, builds, and the side of each ray on which erosions begin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from rehearsal import foot, hand
from rehearsal.anatomy import Point, Ray, Sesamoid, ShortBone, Side
from rehearsal.bites import CONDYLE
from rehearsal.bones import FOOT_BUILDS, HAND_BUILDS, Build
from rehearsal.tarsus import TARSUS
from rehearsal.wrist import WRIST


@dataclass(frozen=True)
class ErodedBone:
    """A bone that is scored for erosion but has no joint: where bites enter each of its bones."""

    margins: Mapping[str, tuple[Point, ...]]
    site: Point
    factor: float = 1.0


@dataclass(frozen=True)
class WristJoint:
    """A joint of the wrist scored for narrowing: its place and the line along which it fuses."""

    site: Point
    line: tuple[Point, ...]


@dataclass(frozen=True)
class Region:
    """A hand or a foot, drawn as its `drawn` side and mirrored for the other.

    `margins`: +1 when bites of a ray begin on the right of the picture. `spread`: variation of the rays, in degrees.
    `film` is its size, and `centre` the point at its middle, in millimetres.
    """

    name: str
    drawn: Side
    rays: tuple[Ray, ...]
    short_bones: tuple[ShortBone, ...]
    sesamoids: tuple[Sesamoid, ...]
    builds: Mapping[str, Build]
    margins: Mapping[int, int]
    spread: float
    film: Point
    centre: Point
    marker: Point
    condyle: float
    eroded_bones: Mapping[str, ErodedBone] = field(default_factory=dict)
    wrist_joints: Mapping[str, WristJoint] = field(default_factory=dict)


HAND = Region(
    name="hand",
    drawn="L",
    rays=hand.RAYS,
    short_bones=WRIST,
    sesamoids=hand.SESAMOIDS,
    builds=HAND_BUILDS,
    margins={1: 1, 2: 1, 3: 1, 4: 1, 5: -1},
    spread=1.0,
    film=(200.0, 250.0),
    centre=(100.0, 125.0),
    marker=(30.0, 26.0),
    condyle=CONDYLE,
    eroded_bones={
        "MUL": ErodedBone({"trapezium": ((106.6, 188.3),), "trapezoid": ((91.6, 178.2),)}, (97.2, 183.2), 0.9),
        "NAV": ErodedBone({"scaphoid": ((97.0, 196.2), (85.4, 186.0), (80.6, 204.6))}, (87.6, 196.0)),
        "LUNAT": ErodedBone({"lunate": ((65.3, 203.6), (78.9, 198.0), (73.0, 206.8))}, (72.8, 201.4)),
        "RADIU": ErodedBone({"radius": ((98.8, 198.6), (70.2, 209.4), (84.8, 205.8))}, (84.8, 205.4)),
        "ULNA": ErodedBone({"ulna": ((55.8, 202.8), (65.6, 208.0), (51.0, 209.5))}, (60.5, 205.6)),
    },
    wrist_joints={
        "CMC3": WristJoint((82.6, 171.9), ((77.5, 172.2), (82.0, 172.0), (87.0, 172.6))),
        "CMC4": WristJoint((72.2, 170.1), ((68.8, 170.0), (72.5, 170.2), (76.0, 171.2))),
        "CMC5": WristJoint((63.9, 171.6), ((61.8, 172.2), (64.0, 171.3), (66.6, 170.4))),
        "MULNA": WristJoint((94.6, 188.2), ((89.0, 185.2), (93.8, 188.0), (97.2, 191.4))),
        "CAPNL": WristJoint((82.0, 194.6), ((72.0, 194.0), (79.0, 196.2), (82.6, 195.0), (84.2, 190.0))),
        "RADCA": WristJoint((81.3, 206.6), ((70.0, 207.7), (80.0, 206.6), (88.0, 203.0), (95.5, 197.6))),
    },
)
FOOT = Region(
    name="foot",
    drawn="R",
    rays=foot.RAYS,
    short_bones=TARSUS,
    sesamoids=foot.SESAMOIDS,
    builds=FOOT_BUILDS,
    margins={1: -1, 2: -1, 3: -1, 4: -1, 5: 1},
    spread=0.8,
    film=(160.0, 250.0),
    centre=(102.5, 125.0),
    marker=(131.0, 38.0),
    condyle=0.0,
)
