"""Joint space narrowing as movement: the distance, rotation and shift of the bone beyond a joint.

Grade 1 closes one side of the joint by a small turn; 2 and 3 bring the bones together in parallel; 4 is ankylosis.
A displaced joint is subluxed at grade 3 and luxated at 4.
"""

from __future__ import annotations

from dataclasses import dataclass

from rehearsal.anatomy import LongBone, Point
from rehearsal.bites import collapse_depth
from rehearsal.damage import Damage

GAP_LEFT = {0: 1.0, 1: 0.85, 2: 0.56, 3: 0.20, 4: -0.35}
LUXATION_OVERLAP = 5.0
WRIST_SPACES = {"RADCA": 1.5, "CAPNL": 1.3, "MULNA": 1.2, "CMC3": 1.1, "CMC4": 1.1, "CMC5": 1.1}
WRIST_DIRECTIONS: dict[str, Point] = {"MULNA": (-0.6, 0.8)}
PROXIMAL: Point = (0.0, 1.0)

# The joints that each group of bones, or each ray, is beyond.
BEYOND: dict[str, tuple[str, ...]] = {
    "forearm": (),
    "tarsus": (),
    "proximal": ("RADCA",),
    "capitate": ("RADCA", "CAPNL"),
    "multangular": ("RADCA", "MULNA"),
    "ray1": ("RADCA", "MULNA"),
    "ray2": ("RADCA", "MULNA"),
    "ray3": ("RADCA", "CAPNL", "CMC3"),
    "ray4": ("RADCA", "CAPNL", "CMC4"),
    "ray5": ("RADCA", "CAPNL", "CMC5"),
}


@dataclass(frozen=True)
class Articulation:
    """The bone beyond a joint relative to the one before it: open gap, sideways shift (mm) and turn (degrees)."""

    gap: float
    shift: float
    turn: float


def articulation(damage: Damage, joint: str, *, gap: float, near: LongBone, far: LongBone, lean: int) -> Articulation:
    """`lean` is +1 or -1: the side to which this subject's joint gives way."""
    grade = damage.narrowing.get(joint, 0)
    lost = shortening(damage, joint, near, far)
    aside = 0.12 * far.base * lean if lost else 0.0
    space = gap * GAP_LEFT[grade] - lost
    if joint in damage.displaced and grade == 3:
        return Articulation(space, aside + 0.19 * looseness(near) * far.base * lean, 6.0 * lean)
    if joint in damage.displaced and grade == 4:
        return Articulation(-LUXATION_OVERLAP - lost, 0.65 * far.base * lean, 9.0 * lean)
    return Articulation(space, aside, 3.0 * lean if grade == 1 else 0.0)


def fused(damage: Damage, joint: str) -> bool:
    return damage.narrowing.get(joint, 0) == 4 and joint not in damage.displaced


def wrist_offset(damage: Damage, group: str) -> Point:
    """How far a group of wrist bones, or a ray, has moved towards the forearm."""
    moves = [joint_offset(damage, joint) for joint in BEYOND.get(group, ())]
    return sum(x for x, _ in moves), sum(y for _, y in moves)


def joint_offset(damage: Damage, joint: str) -> Point:
    x, y = WRIST_DIRECTIONS.get(joint, PROXIMAL)
    closed = WRIST_SPACES[joint] * (1 - GAP_LEFT[damage.narrowing.get(joint, 0)])
    return x * closed, y * closed


def shortening(damage: Damage, joint: str, near: LongBone, far: LongBone) -> float:
    """A collapsed end lets the bones telescope, but not by the full loss."""
    proximal, distal = damage.sides(joint)
    region = "foot" if near.name.startswith("mt") or joint.startswith("MT") else "hand"
    lost = collapse_depth(near, distal=True, region=region) if proximal == 5 else 0.0
    lost += collapse_depth(far, distal=False, region=region) if distal == 5 else 0.0
    return 0.6 * lost


def looseness(near: LongBone) -> float:
    """Thumb and hallux give way less than the other rays."""
    return 0.55 if near.name.endswith("1") else 1.0
