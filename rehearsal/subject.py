"""The differences between people, and between two films of one person: sizes, and the position of the hand.

Every quantity has its own random stream, so damage changes nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from rehearsal.anatomy import LongBone, Side
from rehearsal.texture import stream


@dataclass(frozen=True)
class SyntheticSubject:
    """One person's hand or foot."""

    seed: int
    region: str
    side: Side

    def name(self, bone: str) -> str:
        """The name that seeds every random number of one bone."""
        return f"{self.seed}/{self.region}/{self.side}/{bone}"

    @property
    def size(self) -> float:
        return normal(0.04, "size", self.seed)

    @property
    def breadth(self) -> float:
        return normal(0.05, "breadth", self.seed)

    def sized(self, bone: LongBone) -> LongBone:
        """The bone in this person's proportions; both sides are alike."""
        length = bone.length * normal(0.015, "length", self.seed, self.region, bone.name)
        wide = self.breadth * normal(0.02, "width", self.seed, self.region, bone.name)
        return replace(bone, length=length, base=bone.base * wide, waist=bone.waist * wide, head=bone.head * wide)

    def lean(self, joint: str) -> int:
        return 1 if stream("lean", self.name(joint)).random() < 0.5 else -1

    def gap(self, joint: str) -> float:
        return normal(0.05, "gap", self.name(joint))


@dataclass(frozen=True)
class SyntheticVisit:
    """How one film was taken: position of the limb, exposure, marker, collimation and noise."""

    subject: SyntheticSubject
    seed: int

    def stream(self, what: str) -> np.random.Generator:
        return stream("visit", self.subject.name("film"), self.seed, what)

    @property
    def rotation(self) -> float:
        return float(self.stream("rotation").normal(0, 1.6))

    @property
    def shift(self) -> tuple[float, float]:
        x, y = self.stream("shift").normal(0, 2.5, 2).clip(-4, 4)
        return float(x), float(y)

    @property
    def pronation(self) -> float:
        return float(1 - 0.02 * self.stream("pronation").random())

    def spread(self, ray: int, degrees: float) -> float:
        return float(self.stream(f"spread {ray}").normal(0, degrees))


def normal(spread: float, *name: object) -> float:
    """A factor around 1, within one and a half standard deviations, so that every hand fits on the film."""
    return float(1 + spread * np.clip(stream(*name).normal(), -1.5, 1.5))
