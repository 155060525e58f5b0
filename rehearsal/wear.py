"""The effect of a hand's or foot's damage on each of its bones: bites, lost and fused ends, thinned ends."""

from __future__ import annotations

import numpy as np

from rehearsal.anatomy import ShortBone
from rehearsal.bites import base_wear, bone_bites, head_wear
from rehearsal.bones import Wear
from rehearsal.damage import Damage
from rehearsal.erosions import Bite, Collapse
from rehearsal.narrowing import fused
from rehearsal.regions import Region
from rehearsal.short_bones import ShortWear
from rehearsal.skeleton import Joint, LongPlace, Skeleton
from rehearsal.subject import SyntheticSubject

# Corners of the first metacarpal base: half widths from the axis, millimetres along it.
MC1_CORNERS = ((-0.95, 1.5), (0.95, 1.8), (0.1, 1.0))
MC1_FACTOR = 1.25
WRIST_BONES = ("MUL", "NAV", "LUNAT", "RADIU", "ULNA")
WRIST_SPACES = ("MULNA", "CAPNL", "RADCA")
THINNING = 0.45


def long_wear(place: LongPlace, skeleton: Skeleton, damage: Damage, subject: SyntheticSubject) -> Wear:
    head = next((joint for joint in skeleton.joints if joint.near is place), None)
    base = next((joint for joint in skeleton.joints if joint.far is place), None)
    bites, collapses = end_wear(place, skeleton, damage, subject, head, base)
    if place.bone.name == "mc1":
        corners = tuple((x * place.bone.base / 2, s) for x, s in MC1_CORNERS)
        bites += bone_bites(corners, damage.sides("MC1")[0], subject.name("MC1"), MC1_FACTOR)
    return Wear(
        bites=tuple(bites),
        collapses=tuple(collapses),
        fused_base=fused(damage, base.code if base else f"CMC{place.ray}"),
        fused_head=head is not None and fused(damage, head.code),
        thin_base=thinning(damage, base),
        thin_head=thinning(damage, head),
    )


def short_wear(bone: ShortBone, region: Region, damage: Damage, subject: SyntheticSubject) -> ShortWear:
    bites: list[Bite] = []
    for code, eroded in region.eroded_bones.items():
        if bone.name in eroded.margins:
            name = subject.name(f"{code}/{bone.name}")
            bites += bone_bites(eroded.margins[bone.name], damage.sides(code)[0], name, eroded.factor)
    lines = tuple(joint.line for code, joint in region.wrist_joints.items() if fused(damage, code))
    return ShortWear(tuple(bites), lines, wrist_thinning(region, damage))


def end_wear(
    place: LongPlace,
    skeleton: Skeleton,
    damage: Damage,
    subject: SyntheticSubject,
    head: Joint | None,
    base: Joint | None,
) -> tuple[list[Bite], list[Collapse]]:
    """Bites and collapses of both ends of a bone."""
    bites: list[Bite] = []
    collapses: list[Collapse] = []
    margin, region = skeleton.region.margins[place.ray], skeleton.region.name
    for joint, end, side, wear in ((head, "head", 0, head_wear), (base, "base", 1, base_wear)):
        if joint is not None:
            name = subject.name(f"{joint.code}/{end}")
            bitten, lost = wear(place.bone, damage.sides(joint.code)[side], margin, name, region)
            bites += bitten
            collapses += lost
    return bites, collapses


def thinning(damage: Damage, joint: Joint | None) -> float:
    """Osteopenia of an end: that of the whole limb, or that of the inflamed joint beside it."""
    return max(damage.osteopenia, THINNING * damage.load(joint.code) if joint else 0.0)


def wrist_thinning(region: Region, damage: Damage) -> float:
    if region.name != "hand":
        return damage.osteopenia
    bones = [damage.sides(code)[0] / 5 for code in WRIST_BONES]
    spaces = [damage.narrowing.get(code, 0) / 4 for code in WRIST_SPACES]
    return max(damage.osteopenia, THINNING * float(np.mean(bones + spaces)))
