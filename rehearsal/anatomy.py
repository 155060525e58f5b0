"""The parts of a skeleton: long bones on rays, short bones, and the joints between them.

Lengths are millimetres in the film plane, y downwards, the bone's base proximal. The tables themselves are in
hand.py and foot.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Point = tuple[float, float]
BoneForm = Literal["metacarpal", "proximal", "middle", "distal"]
Side = Literal["L", "R"]


@dataclass(frozen=True)
class LongBone:
    """A metacarpal, metatarsal or phalanx: full widths at base, waist and head, and its place when undamaged.

    `skew` tilts the joint surface of the base (mm along per mm across); `spur` pulls out the corner of the base on the
    right.
    """

    name: str
    form: BoneForm
    length: float
    base: float
    waist: float
    head: float
    at: Point
    angle: float
    skew: float = 0.0
    spur: Point = (0.0, 0.0)


@dataclass(frozen=True)
class Ray:
    """The bones of one finger or toe from proximal to distal, with the joint and the open gap between each pair."""

    number: int
    bones: tuple[LongBone, ...]
    joints: tuple[str, ...]
    gaps: tuple[float, ...]


@dataclass(frozen=True)
class Crest:
    """A bright contour inside a short bone: the edge of a surface along the beam."""

    line: tuple[Point, ...]
    weight: float = 1.0
    blur: float = 0.25


@dataclass(frozen=True)
class ShortBone:
    """A carpal, tarsal or forearm end: outline in film millimetres, half depth, and what moves together with it.

    `bevel` is the share of depth at the edge, and the distance (mm) at which depth is full. `shaft_from` is the
    level at which the end of a long bone that leaves the film begins to become shaft.
    """

    name: str
    group: str
    outline: tuple[Point, ...]
    depth: float
    flattening: float
    spongiosa: float = 0.40
    rim: float = 1.0
    bevel: Point = (0.65, 2.8)
    crests: tuple[Crest, ...] = ()
    shaft_from: float | None = None


@dataclass(frozen=True)
class Sesamoid:
    """A small round bone over the head of a long bone, given by its distance from the head and the axis."""

    bone: str
    proximal: float
    lateral: float
    radii: Point


def points(text: str) -> tuple[Point, ...]:
    """Read an outline written as `x,y x,y ...`."""
    pairs = (pair.split(",") for pair in text.split())
    return tuple((float(x), float(y)) for x, y in pairs)
