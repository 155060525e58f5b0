"""The sum of all bones of a hand or foot on one film, in millimetres of solid bone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rehearsal.anatomy import LongBone, Sesamoid, ShortBone
from rehearsal.bones import long_bone
from rehearsal.bridge import bridge, wrist_bridge
from rehearsal.damage import Damage
from rehearsal.narrowing import fused
from rehearsal.raster import Affine, Field, Tile, add_tile
from rehearsal.short_bones import ShortWear, short_bone
from rehearsal.skeleton import LongPlace, ShortPlace, Skeleton, compose, half_closed, moved
from rehearsal.subject import SyntheticSubject
from rehearsal.wear import long_wear, short_wear

# The part of a bone that does not add where it overlaps a neighbour: they are at the same depth, side by side.
SHARED = {"forearm": 0.0, "proximal": 0.35, "capitate": 0.0, "multangular": 0.45, "tarsus": 0.6}
SHARED_BASES = 0.45
SHARED_BRIDGE = 0.7


@dataclass(frozen=True)
class FilmDrawing:
    """A film being drawn: the sum of bone, and the skeleton and damage that it shows."""

    film: Field
    spacing: float
    skeleton: Skeleton
    damage: Damage
    subject: SyntheticSubject

    def add(self, tile: Tile, to_rest: Affine, *, shared: float = 0.0) -> None:
        add_tile(self.film, tile, compose(self.skeleton.to_film, to_rest), self.spacing, shared=shared)


def draw_bones(skeleton: Skeleton, damage: Damage, subject: SyntheticSubject, spacing: float) -> Field:
    width, height = skeleton.region.film
    film = np.zeros((round(height / spacing), round(width / spacing)), dtype=np.float32)
    drawing = FilmDrawing(film, spacing, skeleton, damage, subject)
    for short in skeleton.short_bones:
        add_short(drawing, short)
    for long in skeleton.long_bones:
        add_long(drawing, long)
    add_bridges(drawing)
    return film


def add_short(drawing: FilmDrawing, place: ShortPlace) -> None:
    bone = place.bone
    wear = short_wear(bone, drawing.skeleton.region, drawing.damage, drawing.subject)
    tile = short_bone(bone, wear, name=drawing.subject.name(bone.name), step=drawing.spacing)
    drawing.add(tile, place.to_rest, shared=SHARED[bone.group])


def add_long(drawing: FilmDrawing, place: LongPlace) -> None:
    bone, region = place.bone, drawing.skeleton.region
    proximal = bone.form == "metacarpal"
    tile = long_bone(
        bone,
        region.builds[bone.form],
        long_wear(place, drawing.skeleton, drawing.damage, drawing.subject),
        name=drawing.subject.name(bone.name),
        condyle=region.condyle if proximal and place.ray > 1 else None,
        step=drawing.spacing,
    )
    drawing.add(tile, place.to_rest, shared=SHARED_BASES if proximal else 0.0)
    for sesamoid in region.sesamoids:
        if sesamoid.bone == bone.name:
            round_bone = sesamoid_bone(sesamoid, bone)
            name = drawing.subject.name(round_bone.name)
            drawing.add(short_bone(round_bone, ShortWear(), name=name, step=drawing.spacing), place.to_rest)


def add_bridges(drawing: FilmDrawing) -> None:
    """Bone across every joint that has fused."""
    skeleton, damage, subject = drawing.skeleton, drawing.damage, drawing.subject
    for joint in skeleton.joints:
        if fused(damage, joint.code):
            plug = bridge(joint.far.bone.base, name=subject.name(joint.code), step=drawing.spacing)
            drawing.add(plug, joint.middle)
    for code, wrist in skeleton.region.wrist_joints.items():
        if fused(damage, code):
            plug = wrist_bridge(wrist.line, name=subject.name(code), step=drawing.spacing)
            drawing.add(plug, moved(half_closed(code, damage)), shared=SHARED_BRIDGE)


def sesamoid_bone(sesamoid: Sesamoid, bone: LongBone) -> ShortBone:
    level = bone.length - sesamoid.proximal
    outline = tuple(
        (float(sesamoid.lateral + sesamoid.radii[0] * np.cos(t)), float(level + sesamoid.radii[1] * np.sin(t)))
        for t in np.linspace(0, 2 * np.pi, 14, endpoint=False)
    )
    name = f"sesamoid {sesamoid.lateral}"
    return ShortBone(name, "sesamoid", outline, depth=sesamoid.radii[0], flattening=0.5, rim=0.4)
