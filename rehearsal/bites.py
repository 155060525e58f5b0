"""The places and sizes of erosions: grades converted to bites and collapses of single bones.

Bites begin at the bare area, the margin that no cartilage covers. Radii are for an end 14 mm wide and scale with it.
"""

from __future__ import annotations

from rehearsal import outlines
from rehearsal.anatomy import LongBone, Point
from rehearsal.erosions import Bite, Collapse

# Per grade: distance from the axis in half widths, shift along the bone (mm), radius (mm).
JOINT_BITES: dict[int, tuple[tuple[float, float, float], ...]] = {
    1: ((0.96, 0.0, 1.65),),
    2: ((0.94, 0.0, 2.6),),
    3: ((0.90, 0.0, 3.5), (-0.98, 0.0, 2.0)),
    4: ((0.75, 0.0, 4.6), (0.05, 0.8, 3.9), (-1.0, 0.0, 2.3)),
}
STUMP_BITES = ((0.9, 3.2), (-0.9, 2.6))
BONE_RADII = {1: 1.4, 2: 2.2, 3: 3.2, 4: 4.6, 5: 6.2}
CONDYLE = 0.13
SHARE_OF_BITE = (1.0, 0.72, 0.6)


def collapse_depth(bone: LongBone, *, distal: bool, region: str) -> float:
    """How much of a bone's end is lost in grade 5, in millimetres."""
    if distal:
        return 0.43 * bone.head
    return (0.22 if region == "hand" else 0.30) * bone.base


def head_wear(bone: LongBone, grade: int, margin: int, name: str, region: str) -> tuple[list[Bite], list[Collapse]]:
    """Erosion of a head; `margin` is +1 or -1, the side on which bites begin."""
    if grade < 5:
        level = bone.length - below_surface(bone)
        margins = (outlines.half_width(bone, level), condyle_width(bone, margin, region))
        return bites(bone.head, margins, level, 1, grade, margin, name), []
    depth = collapse_depth(bone, distal=True, region=region)
    collapse = Collapse(bone.length, True, depth, bone.head / 2)
    return stump(bone.head, bone.length - depth, margin, name), [collapse]


def base_wear(bone: LongBone, grade: int, margin: int, name: str, region: str) -> tuple[list[Bite], list[Collapse]]:
    """Erosion of a base."""
    if grade < 5:
        return bites(bone.base, (outlines.half_width(bone, 1.2), 0.0), 1.2, -1, grade, margin, name), []
    depth = collapse_depth(bone, distal=False, region=region)
    collapse = Collapse(0.0, False, depth, bone.base / 2)
    return stump(bone.base, depth, margin, name), [collapse]


def bone_bites(margins: tuple[Point, ...], grade: int, name: str, factor: float = 1.0) -> list[Bite]:
    """Bites into a bone that has no joint: a second one from grade 3, a third from grade 4."""
    if grade == 0:
        return []
    count = max(1, grade - 1)
    return [
        Bite(x, y, BONE_RADII[grade] * share * factor, f"{name}/{number}")
        for number, ((x, y), share) in enumerate(zip(margins, SHARE_OF_BITE, strict=False))
        if number < count
    ]


def condyle_width(bone: LongBone, margin: int, region: str) -> float:
    """How far the palmar condyle of a finger protrudes beside its head, on the side of the thumb."""
    protrudes = region == "hand" and margin > 0 and bone.form == "metacarpal" and bone.name != "mc1"
    return CONDYLE * bone.head if protrudes else 0.0


def below_surface(bone: LongBone) -> float:
    """The distance of a head's bare area from the joint surface; in the hallux clear of the sesamoids."""
    if bone.form != "metacarpal":
        return 0.24 * bone.head + 0.5
    return 0.31 * bone.head + (1.2 if bone.head < 17 else 0.0)


def bites(width: float, margins: Point, level: float, outward: int, grade: int, margin: int, name: str) -> list[Bite]:
    """`margins`: from the axis to the outline, and how much further out the first margin is than the other."""
    half, beside = margins
    return [
        Bite(
            margin * (x * half + beside * (x > 0.5)),
            level + outward * along,
            radius * scaled(width, grade),
            f"{name}/{number}",
        )
        for number, (x, along, radius) in enumerate(JOINT_BITES.get(grade, ()))
    ]


def scaled(width: float, grade: int) -> float:
    """Bites grow with the bone; the first ones never become too small to be seen."""
    return max(width / 14, 0.9 if grade == 1 else 0.8 if grade == 2 else 0.0)


def stump(width: float, level: float, margin: int, name: str) -> list[Bite]:
    return [
        Bite(margin * x * width / 2, level, radius * width / 14, f"{name}/{number}")
        for number, (x, radius) in enumerate(STUMP_BITES)
    ]
