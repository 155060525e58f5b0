"""Damage of one hand or foot, set per joint in the grades of the Sharp/van der Heijde score.

Joints carry the codes of instruments/scored_joints.py. A hand joint has one erosion grade 0-5; a foot joint has one for
its proximal and one for its distal side, or their sum 0-10. Narrowing is 0-4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Grades = tuple[int, int]

WRIST_JOINTS = frozenset({"CMC3", "CMC4", "CMC5", "MULNA", "CAPNL", "RADCA"})
ERODED_BONES = frozenset({"MC1", "MUL", "NAV", "LUNAT", "RADIU", "ULNA"})
HAND_JOINTS = frozenset(
    {"IP1", *(f"MCP{n}" for n in range(1, 6)), *(f"{row}{n}" for row in ("PIP", "DIP") for n in range(2, 6))}
)
FOOT_JOINTS = frozenset({"MTPIP", *(f"MTP{n}" for n in range(1, 6))})
ERODED = HAND_JOINTS | ERODED_BONES | FOOT_JOINTS
NARROWED = HAND_JOINTS | WRIST_JOINTS | FOOT_JOINTS


@dataclass(frozen=True)
class Damage:
    """The damage of one hand or foot.

    A narrowing of 3 or 4 in a `displaced` joint is drawn as subluxation or luxation instead of parallel narrowing or
    ankylosis. `osteopenia` (0 to 1) thins the ends of all bones; damaged joints thin theirs on their own.
    """

    erosion: Mapping[str, int | Grades] = field(default_factory=dict)
    narrowing: Mapping[str, int] = field(default_factory=dict)
    displaced: frozenset[str] = frozenset()
    osteopenia: float = 0.0

    def __post_init__(self) -> None:
        for joint, grade in self.narrowing.items():
            check("narrowing", joint, grade, 4, NARROWED)
        for joint, erosion in self.erosion.items():
            if isinstance(erosion, tuple) and joint in FOOT_JOINTS:
                for grade in erosion:
                    check("erosion", joint, grade, 5, ERODED)
            else:
                check("erosion", joint, erosion, 10 if joint in FOOT_JOINTS else 5, ERODED)

    def sides(self, joint: str) -> Grades:
        """The erosion drawn on the proximal and the distal bone of a joint."""
        value = self.erosion.get(joint, 0)
        if isinstance(value, tuple):
            return value
        if joint in FOOT_JOINTS:
            return (value + 1) // 2, value // 2
        return value, value if value == 5 else max(value - 1, 0)

    def load(self, joint: str) -> float:
        """How inflamed a joint looks, 0 to 1: drives its swelling and the thinning of its bones."""
        return min(1.0, (max(self.sides(joint)) + 0.5 * self.narrowing.get(joint, 0)) / 6)


def check(feature: str, joint: str, grade: object, largest: int, joints: frozenset[str]) -> None:
    if joint not in joints:
        raise ValueError(f"The joint of {feature} cannot be “{joint}”. Give one of {', '.join(sorted(joints))}.")
    if not isinstance(grade, int) or not 0 <= grade <= largest:
        raise ValueError(f"The {feature} of {joint} cannot be “{grade}”. Give a whole number from 0 to {largest}.")
