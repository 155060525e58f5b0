"""Erosions cut out of a bone: lobed bites at the bare areas, and the collapse of a whole end.

Each bite is a distance field, negative where bone is lost; several are joined by their minimum, so that a rim of
sclerosis follows the outside of all of them together and never the cortex alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rehearsal.profiles import smoothstep
from rehearsal.raster import Field, Frame
from rehearsal.texture import stream

FAR = np.float32(9.0)
SKIN = 0.8
RIM = 0.28


@dataclass(frozen=True)
class Bite:
    """One bite: its centre in the bone's own millimetres, its mean radius, and the name that seeds its lobes."""

    x: float
    s: float
    radius: float
    name: str

    @property
    def uneven(self) -> float:
        """The size of the lobes: small bites are rounder, so that lobes do not cover them."""
        return min(1.0, self.radius / 3.5)


@dataclass(frozen=True)
class Collapse:
    """The loss of a whole end: everything closer to `end` than `depth`, less deep in the middle of the surface."""

    end: float
    distal: bool
    depth: float
    half_width: float


def edge_of_bites(frame: Frame, bites: Sequence[Bite], ragged: Field) -> Field:
    """Distance to the nearest bite, negative inside; `ragged` (mean 0, sd 1) makes the edge uneven."""
    edge = np.full(frame.shape, FAR, dtype=np.float32)
    for bite in bites:
        rows, cols = reach(frame, bite)
        near = lobed(frame.x[:, cols] - bite.x, frame.s[rows] - bite.s, bite) + bite.uneven * 0.35 * ragged[rows, cols]
        soft = near / np.float32(0.5 * (0.6 + 0.22 * bite.radius))
        edge[rows, cols] = np.minimum(edge[rows, cols], soft)
    return edge


def edge_of_collapse(frame: Frame, collapse: Collapse, ragged: Field) -> Field:
    inward = (collapse.end - frame.s) if collapse.distal else (frame.s - collapse.end)
    across = np.clip(frame.x / collapse.half_width, -1.3, 1.3)
    depth = collapse.depth * (1 - 0.35 * np.cos(np.pi * across))
    return np.asarray((inward - depth + 0.55 * ragged) / 0.45, dtype=np.float32)


def erode(bone: Field, distance: Field, edge: Field, *, spared: float) -> Field:
    """Removes the bone where the edge is negative; a trace of the depth remains, none of the cortex."""
    kept = np.float32(1) - smoothstep((np.float32(1) - edge) / np.float32(2))
    trace = np.float32(spared) * smoothstep((distance - np.float32(SKIN)) / np.float32(0.5))
    rim = RIM * np.exp(-(((edge - 1.6) / 0.8) ** 2)) * (distance > 0.3)
    return np.asarray(bone * (kept + (1 - kept) * trace) + rim, dtype=np.float32)


def reach(frame: Frame, bite: Bite) -> tuple[slice, slice]:
    half = 1.6 * bite.radius + 2.5
    rows = [round((bite.s + end - frame.top) / frame.step) for end in (-half, half)]
    cols = [round((bite.x + end - frame.left) / frame.step) for end in (-half, half)]
    return slice(max(rows[0], 0), max(rows[1], 0)), slice(max(cols[0], 0), max(cols[1], 0))


def lobed(x: Field, s: Field, bite: Bite) -> Field:
    turn = stream("lobes", bite.name).random(3) * 2 * np.pi
    angle = np.arctan2(s, x)
    lobes = 0.2 * np.sin(2 * angle + turn[0]) + 0.14 * np.sin(3 * angle + turn[1]) + 0.09 * np.sin(5 * angle + turn[2])
    return np.asarray(np.hypot(x, s) - bite.radius * (1 + bite.uneven * lobes), dtype=np.float32)
