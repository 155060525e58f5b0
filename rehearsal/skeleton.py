"""The bones of one hand or foot in place: every joint articulated from the wrist or midfoot outwards.

All positions are film millimetres of the drawn side; `to_film` then carries subject size and position of the limb.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rehearsal.anatomy import LongBone, Point, Ray, ShortBone
from rehearsal.damage import Damage
from rehearsal.narrowing import Articulation, articulation, joint_offset, wrist_offset
from rehearsal.raster import Affine
from rehearsal.regions import Region
from rehearsal.subject import SyntheticVisit


@dataclass(frozen=True)
class LongPlace:
    """A long bone and the affine from its own millimetres (x, s) to those of the film."""

    bone: LongBone
    ray: int
    to_rest: Affine

    def at(self, x: float, s: float) -> Point:
        return through(self.to_rest, (x, s))


@dataclass(frozen=True)
class ShortPlace:
    bone: ShortBone
    to_rest: Affine


@dataclass(frozen=True)
class Joint:
    """A joint between two long bones, after damage."""

    code: str
    near: LongPlace
    far: LongPlace

    @property
    def middle(self) -> Affine:
        """The frame of the distal bone moved to the middle of the joint."""
        return np.column_stack([self.far.to_rest[:, :2], np.array(self.site)])

    @property
    def site(self) -> Point:
        (x0, y0), (x1, y1) = self.near.at(0, self.near.bone.length), self.far.at(0, 0)
        return (x0 + x1) / 2, (y0 + y1) / 2


@dataclass(frozen=True)
class Skeleton:
    region: Region
    long_bones: tuple[LongPlace, ...]
    short_bones: tuple[ShortPlace, ...]
    joints: tuple[Joint, ...]
    to_film: Affine


def articulate(region: Region, damage: Damage, visit: SyntheticVisit) -> Skeleton:
    joints: list[Joint] = []
    bones: list[LongPlace] = []
    for ray in region.rays:
        placed, between = place_ray(ray, region, damage, visit)
        bones += placed
        joints += between
    short = tuple(ShortPlace(bone, moved(wrist_offset(damage, bone.group))) for bone in region.short_bones)
    return Skeleton(region, tuple(bones), short, tuple(joints), film_transform(region, visit))


def sites(skeleton: Skeleton, damage: Damage) -> dict[str, Point]:
    """The position of every scored joint, in film millimetres of the drawn side."""
    found = {joint.code: joint.site for joint in skeleton.joints}
    region = skeleton.region
    for code, wrist in region.wrist_joints.items():
        found[code] = plus(wrist.site, half_closed(code, damage))
    for code, eroded in region.eroded_bones.items():
        group = next(bone.group for bone in region.short_bones if bone.name in eroded.margins)
        found[code] = plus(eroded.site, wrist_offset(damage, group))
    if region.name == "hand":
        thumb = next(place for place in skeleton.long_bones if place.bone.name == "mc1")
        found["MC1"] = thumb.at(0, 0)
        found["WRIST"] = plus((80.0, 192.0), wrist_offset(damage, "proximal"))
    return {code: through(skeleton.to_film, place) for code, place in found.items() if code[0] != "T"}


def through(affine: Affine, place: Point) -> Point:
    x, y = affine @ np.array([*place, 1.0])
    return float(x), float(y)


def compose(outer: Affine, inner: Affine) -> Affine:
    """The affine that applies `inner` first."""
    return np.asarray(outer[:, :2] @ inner + np.array([[0, 0, outer[0, 2]], [0, 0, outer[1, 2]]]))


def place_ray(ray: Ray, region: Region, damage: Damage, visit: SyntheticVisit) -> tuple[list[LongPlace], list[Joint]]:
    subject = visit.subject
    first = ray.bones[0]
    offset = wrist_offset(damage, f"ray{ray.number}") if region.name == "hand" else (0.0, 0.0)
    angle = first.angle + visit.spread(ray.number, region.spread)
    placed = [LongPlace(subject.sized(first), ray.number, pose(plus(first.at, offset), angle, visit.pronation))]
    joints = []
    for number, code in enumerate(ray.joints):
        rest_near, rest_far = ray.bones[number : number + 2]
        near, far = placed[-1], subject.sized(rest_far)
        gap = ray.gaps[number] * subject.gap(code)
        sits = articulation(damage, code, gap=gap, near=near.bone, far=far, lean=subject.lean(code))
        angle += rest_far.angle - rest_near.angle + sits.turn
        base = base_beyond(near, rest_near, rest_far, angle, sits)
        placed.append(LongPlace(far, ray.number, pose(base, angle, visit.pronation)))
        joints.append(Joint(code, near, placed[-1]))
    return placed, joints


def base_beyond(near: LongPlace, rest_near: LongBone, rest_far: LongBone, angle: float, sits: Articulation) -> Point:
    """The position of the next bone's base: a gap beyond the head, and shifted sideways as at rest."""
    across, along = axes(angle)
    aside = sits.shift + 0.6 * lateral(rest_near, rest_far)
    return plus(near.at(0, near.bone.length), tuple(along * sits.gap + across * aside))


def lateral(near: LongBone, far: LongBone) -> float:
    """The sideways distance of a base from the previous head, according to the table."""
    head = np.array(near.at) + axes(near.angle)[1] * near.length
    return float((np.array(far.at) - head) @ axes(far.angle)[0])


def axes(angle: float) -> tuple[np.ndarray, np.ndarray]:
    turn = np.radians(angle)
    return np.array([np.cos(turn), np.sin(turn)]), np.array([np.sin(turn), -np.cos(turn)])


def pose(base: Point, angle: float, narrower: float) -> Affine:
    across, along = axes(angle)
    return np.column_stack([across * narrower, along, np.array(base)])


def moved(offset: Point) -> Affine:
    return np.array([[1.0, 0.0, offset[0]], [0.0, 1.0, offset[1]]])


def film_transform(region: Region, visit: SyntheticVisit) -> Affine:
    """Rotation, scale and shift about the middle of the limb."""
    turn, size = np.radians(visit.rotation), visit.subject.size
    linear = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    middle = np.array(region.film) / 2 - linear @ np.array(region.centre)
    return np.column_stack([linear, middle + np.array(visit.shift)])


def half_closed(code: str, damage: Damage) -> Point:
    """A joint of the wrist is between a side that has moved and a side that has moved by one joint more."""
    beyond = {"RADCA": "forearm", "CAPNL": "proximal", "MULNA": "proximal"}.get(code, "capitate")
    (x0, y0), (x1, y1) = wrist_offset(damage, beyond), joint_offset(damage, code)
    return x0 + x1 / 2, y0 + y1 / 2


def plus(place: Point, offset: Point) -> Point:
    return place[0] + offset[0], place[1] + offset[1]
