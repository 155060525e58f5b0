"""The soft tissue around the bones: fingers, palm, toes and foot; swollen where a joint is damaged."""

from __future__ import annotations

import numpy as np

from rehearsal.anatomy import points
from rehearsal.damage import Damage
from rehearsal.raster import Affine
from rehearsal.skeleton import Joint, LongPlace, Skeleton, through
from rehearsal.soft_tissue import CoarseField, Knot, Pad, quarter_square

PALM = Pad(
    points(
        "44,108 50,103 59,101 64,100 72,96 80,94 90,94 100,95 108,97 118,98 124.5,104 127,114 129,124 131.5,131 "
        "136,137 140,146 138,158 130,168 124,178 118,187 112,197 108.5,206 107,216 106,235 106,270 106,300 46,300 "
        "46,270 45.5,235 46,220 46.5,210 48.5,203 49.8,193 50,184 48.5,175 46,166 44,156 43,142 42.5,126"
    ),
    ((90, 8.0), (112, 11.0), (135, 12.5), (200, 13.0), (250, 18.0)),
)
FOOT_PAD = Pad(
    points(
        "62,64 66,55 72,51 82,49 90,47.5 97,46.5 104,48 110,51.5 118,57 126,63.5 134,71 139,79 142.5,90 144,98 "
        "143.5,106 142,117 140,129 138.5,141 137,151 133.5,162 128.5,175 127,188 125,198 126,207 126.5,223 125,240 "
        "125,270 125,310 59,310 59,270 60.5,240 62,226 64.5,216 66.5,207 67.5,199 68.5,188 67,179 66.5,165 67,150 "
        "66.5,136 66,123 65,110 64.5,99 62.5,87 60.8,77"
    ),
    ((45, 4.0), (58, 8.0), (80, 12.0), (130, 17.0), (180, 22.0), (250, 24.0)),
)

# Soft tissue above half the width of the bone (mm): over the head of the metacarpal, then over the base and further
# along each phalanx from proximal to distal.
OVER_HEAD = {"hand": 3.0, "foot": 3.4}
OVER_PHALANGES = {
    "hand": ((3.6, 1.9), (3.1, 2.1), (2.8, 3.0)),
    "foot": ((4.4, 3.4), (3.8, 3.6), (3.6, 3.6)),
}
BEFORE_TUFT = {"hand": 4.5, "foot": 3.5}
THUMB = ((0.0, 13.0), (0.5, 12.0), (0.9, 10.8))
SWELLING = 1.8
SPINDLE = (-1.0, -0.66, -0.33, 0.0, 0.33, 0.66, 1.0)


def soft_tissue(skeleton: Skeleton, damage: Damage) -> CoarseField:
    """Q of the whole hand or foot on the coarse grid."""
    hand = skeleton.region.name == "hand"
    chains = [chain(skeleton, ray.number, hand) for ray in skeleton.region.rays]
    chains += [swelling(skeleton, joint.code, damage) for joint in skeleton.joints if damage.load(joint.code) > 0]
    pad = PALM if hand else FOOT_PAD
    carried = Pad(tuple(through(skeleton.to_film, place) for place in pad.outline), pad.half)
    return quarter_square(chains, [carried], film=skeleton.region.film, blend=14.0)


def chain(skeleton: Skeleton, ray: int, hand: bool) -> list[Knot]:
    bones = [place for place in skeleton.long_bones if place.ray == ray]
    if ray == 1:
        return first_ray(bones, skeleton.to_film, hand)
    region = skeleton.region.name
    metacarpal, *phalanges = bones
    knots = [knot(metacarpal, metacarpal.bone.length, metacarpal.bone.head / 2 + OVER_HEAD[region], skeleton.to_film)]
    for place, (base, middle) in zip(phalanges, OVER_PHALANGES[region], strict=True):
        bone, last = place.bone, place is bones[-1]
        knots.append(knot(place, 0.0, bone.base / 2 + base, skeleton.to_film))
        level = bone.length - BEFORE_TUFT[region] if last else 0.6 * bone.length
        knots.append(knot(place, level, bone.base / 2 + middle, skeleton.to_film))
    return knots


def first_ray(bones: list[LongPlace], to_film: Affine, hand: bool) -> list[Knot]:
    """Thumb and hallux are thick throughout."""
    metacarpal, proximal, distal = bones
    if hand:
        knots = [knot(metacarpal, level * metacarpal.bone.length, r, to_film) for level, r in THUMB]
        knots.append(knot(proximal, 0.5 * proximal.bone.length, 9.4, to_film))
        knots.append(knot(distal, 2.0, 9.4, to_film))
        return [*knots, knot(distal, distal.bone.length - 4.5, 8.4, to_film)]
    knots = [knot(proximal, 0.2 * proximal.bone.length, 13.4, to_film), knot(distal, 2.0, 12.8, to_film)]
    return [*knots, knot(distal, distal.bone.length - 6.5, 11.5, to_film)]


def swelling(skeleton: Skeleton, code: str, damage: Damage) -> list[Knot]:
    """A spindle around an inflamed joint."""
    joint = next(joint for joint in skeleton.joints if joint.code == code)
    hand = skeleton.region.name == "hand"
    around = joint.far.bone.base / 2 + (3.4 if hand else 4.0)
    if joint.far.ray == 1:
        around = (11.0 if code == "MCP1" else 9.2) if hand else 12.8
    reach = min(0.45 * joint.near.bone.length, 16.0)
    return [swollen(joint, level, around, reach, damage.load(code), skeleton.to_film) for level in SPINDLE]


def swollen(joint: Joint, level: float, around: float, reach: float, load: float, to_film: Affine) -> Knot:
    """One knot of a spindle; `level` is from -1 (proximal) to 1 (distal)."""
    radius = around - 2.4 + (2.4 + SWELLING * load) * float(np.cos(np.pi / 2 * level))
    if level < 0:
        return knot(joint.near, joint.near.bone.length + level * reach, radius, to_film)
    return knot(joint.far, level * min(reach, 0.9 * joint.far.bone.length), radius, to_film)


def knot(place: LongPlace, s: float, radius: float, to_film: Affine) -> Knot:
    return Knot(through(to_film, place.at(0, s)), radius * size(to_film))


def size(to_film: Affine) -> float:
    return float(np.sqrt(abs(np.linalg.det(to_film[:, :2]))))
