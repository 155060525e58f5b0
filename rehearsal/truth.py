"""The truth about one person at one visit: the grade of every site of hands and feet, and the instruments' values.

Grades are those of the Sharp/van der Heijde score with the two sides of a foot joint separate: 56 for erosion, 42 for
narrowing. Other instruments are derived from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from instruments import get
from instruments.definition import Item
from rehearsal.anatomy import Side
from rehearsal.damage import FOOT_JOINTS, Damage, Grades

PROXIMAL, DISTAL = "P", "D"
QUADRANTS = (
    ("MUL", "MC1", "MULNA", "CMC3"),
    ("CMC4", "CMC5"),
    ("NAV", "RADIU", "RADCA", "CAPNL"),
    ("LUNAT", "ULNA"),
)


@dataclass(frozen=True)
class GradedSite:
    """One graded site: the feature, the side of the body, the joint, and in foot erosion the side of the joint."""

    feature: str
    side: str
    joint: str
    part: str
    largest: int

    @classmethod
    def of(cls, item: Item) -> GradedSite:
        return cls(item.feature, item.side, item.joint, item.part[:1].upper(), max(item.allowed))


PLACES: tuple[GradedSite, ...] = tuple(GradedSite.of(item) for item in get("svdh-two-sides").items)


@dataclass(frozen=True)
class Truth:
    """The true grades of one visit; a site that is not named is undamaged."""

    grades: Mapping[GradedSite, int]
    displaced: frozenset[tuple[str, str]] = frozenset()
    osteopenia: float = 0.0
    _found: dict[tuple[str, str, str, str], int] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._found.update({(p.feature, p.side, p.joint, p.part): grade for p, grade in self.grades.items()})

    def grade(self, feature: str, side: str, joint: str, part: str = "") -> int:
        return self._found.get((feature, side, joint, part), 0)

    def erosion(self, side: str, joint: str) -> int:
        """The erosion of a site; of a foot joint the sum of its two sides."""
        return sum(self.grade("erosion", side, joint, part) for part in ("", PROXIMAL, DISTAL))

    def total(self, feature: str | None = None) -> int:
        """The true score, 0-448, or that of one feature, 0-280 or 0-168."""
        return sum(grade for place, grade in self.grades.items() if feature in (None, place.feature))

    def damage(self, side: Side, region: str) -> Damage:
        """The damage to draw on the film of one hand or foot."""
        here = [place for place in PLACES if place.side == side and (place.joint in FOOT_JOINTS) == (region == "foot")]
        erosion: dict[str, int | Grades] = {}
        for place in here:
            if place.feature == "erosion":
                erosion[place.joint] = self._drawn(side, place.joint)
        narrowing = {place.joint: self.grades.get(place, 0) for place in here if place.feature == "narrowing"}
        displaced = frozenset(joint for where, joint in self.displaced if where == side)
        return Damage(erosion, narrowing, displaced, self.osteopenia)

    def _drawn(self, side: str, joint: str) -> int | Grades:
        if joint not in FOOT_JOINTS:
            return self.grade("erosion", side, joint)
        return self.grade("erosion", side, joint, PROXIMAL), self.grade("erosion", side, joint, DISTAL)


def true_value(truth: Truth, item: Item) -> int:
    """The value that a reader without error would give this item of any instrument, within the item's range."""
    if item.feature == "grade":
        return min(larsen(truth, item), max(item.allowed))
    if item.feature == "erosion" and item.part:
        value = truth.grade("erosion", item.side, item.joint, item.part[:1].upper())
    elif item.feature == "erosion":
        value = truth.erosion(item.side, item.joint)
    else:
        value = truth.grade("narrowing", item.side, item.joint)
    return min(value, max(item.allowed))


def larsen(truth: Truth, item: Item) -> int:
    if item.joint != "WRIST":
        return larsen_grade(truth, item.side, item.joint)
    number = item.key.rsplit("-", 1)[-1]
    quadrants = (QUADRANTS[int(number) - 1],) if number.isdigit() else QUADRANTS
    return max(larsen_grade(truth, item.side, joint) for quadrant in quadrants for joint in quadrant)


def larsen_grade(truth: Truth, side: str, joint: str) -> int:
    """A grade by erosion, raised by narrowing: 1 without any erosion, 4 when a marked erosion has no space left."""
    parts = [truth.grade("erosion", side, joint, part) for part in ("", PROXIMAL, DISTAL)]
    erosion, narrowing = max(parts), truth.grade("narrowing", side, joint)
    if erosion == 0:
        return 1 if 0 < narrowing < 4 else narrowing
    if erosion == 3 and narrowing >= 3:
        return 4
    return max(erosion, 2)
