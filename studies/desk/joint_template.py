"""The positions of joints in a standard hand and foot, and how three clicks transfer them to a film.

Millimetres, y downwards, of a left hand and a right foot as seen on the film; traced by eye from films in the public
domain. The three clicks determine side, size and rotation, so one template serves both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from config.errors import BadInput

Point = tuple[float, float]
# Twice the area of the clicked triangle over its longest side squared; below it the clicks are nearly on one line.
FLATTEST = 0.05


@dataclass(frozen=True)
class Template:
    """The anchors in the order in which they are clicked, and every joint that any instrument scores."""

    anchors: Mapping[str, Point]
    joints: Mapping[str, Point]


HAND = Template(
    anchors={
        "PIP joint of the middle finger": (91.8, 64.4),
        "tip of the radial styloid": (99.3, 198.9),
        "tip of the ulnar styloid": (56.6, 202.1),
    },
    joints={
        "IP1": (156.1, 126.8),
        "DIP2": (127.6, 50.6),
        "DIP3": (93.0, 37.4),
        "DIP4": (64.1, 45.9),
        "DIP5": (38.6, 72.1),
        "PIP2": (121.8, 71.9),
        "PIP3": (91.8, 64.4),
        "PIP4": (67.5, 71.7),
        "PIP5": (44.6, 89.4),
        "MCP1": (138.9, 151.9),
        "MCP2": (112.2, 109.3),
        "MCP3": (89.3, 107.5),
        "MCP4": (70.9, 112.2),
        "MCP5": (54.3, 119.0),
        "MC1": (107.2, 182.4),
        "CMC3": (84.7, 173.5),
        "CMC4": (73.3, 171.5),
        "CMC5": (63.0, 172.4),
        "MUL": (96.3, 183.7),
        "MULNA": (95.0, 187.4),
        "NAV": (86.9, 195.9),
        "CAPNL": (81.7, 193.2),
        "LUNAT": (72.4, 200.7),
        "RADCA": (81.3, 205.7),
        "RADIU": (90.0, 207.0),
        "ULNA": (60.4, 205.2),
        "WRIST": (80.0, 192.0),
    },
)
FOOT = Template(
    anchors={
        "IP joint of the great toe": (74.0, 40.3),
        "MTP joint of the great toe": (73.3, 68.5),
        "MTP joint of the little toe": (135.2, 89.6),
    },
    joints={
        "MTPIP": (74.0, 40.3),
        "MTP1": (73.3, 68.5),
        "MTP2": (92.9, 66.2),
        "MTP3": (106.7, 70.5),
        "MTP4": (120.2, 76.3),
        "MTP5": (135.2, 89.6),
    },
)
TEMPLATES: dict[str, Template] = {"hand": HAND, "foot": FOOT}


def fit(view: str, clicks: Sequence[Point]) -> dict[str, list[float]]:
    """The joints under the affine map from the anchors to the clicks, to a tenth of a pixel."""
    template = TEMPLATES[view]
    if len(clicks) != len(template.anchors) or flat(clicks):
        given = "; ".join(f"{x:.0f}, {y:.0f}" for x, y in clicks) or "none"
        raise BadInput(
            f"The joints cannot be placed with these points: {given}."
            f" Click three points that are not on one line: {', '.join(template.anchors)}."
        )
    standard = np.column_stack([np.array(list(template.anchors.values())), np.ones(3)])
    mapping = np.linalg.solve(standard, np.array(clicks, dtype=np.float64))
    places = np.column_stack([np.array(list(template.joints.values())), np.ones(len(template.joints))]) @ mapping
    return {
        joint: [round(float(x), 1), round(float(y), 1)] for joint, (x, y) in zip(template.joints, places, strict=True)
    }


def flat(clicks: Sequence[Point]) -> bool:
    (ax, ay), (bx, by), (cx, cy) = clicks
    twice_area = abs((bx - ax) * (cy - ay) - (cx - ax) * (by - ay))
    longest = max((bx - ax) ** 2 + (by - ay) ** 2, (cx - bx) ** 2 + (cy - by) ** 2, (ax - cx) ** 2 + (ay - cy) ** 2)
    return twice_area <= FLATTEST * longest
