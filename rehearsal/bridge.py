"""Ankylosis: the spongiosa that grows across a lost joint space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rehearsal.anatomy import Point
from rehearsal.profiles import smoothstep
from rehearsal.raster import Frame, Tile, stroke
from rehearsal.texture import textures, window

LENGTH = 3.4


def bridge(width: float, *, name: str, step: float) -> Tile:
    """A plug of spongiosa for a joint between bases `width` millimetres wide, its middle at (0, 0)."""
    half = 0.4 * width
    frame = Frame.around([[(-half - 2, -LENGTH), (half + 2, LENGTH)]], step, margin=0.0)
    across = 1 - smoothstep((np.abs(frame.x) - half + 1) / np.float32(2))
    along = np.exp(-((frame.s / np.float32(LENGTH / 2)) ** 2))
    texture = window(textures(step).end, frame.shape, name, "bridge")
    return Tile(frame, np.maximum(across * along * (1.5 + 0.45 * texture), 0).astype(np.float32))


def wrist_bridge(line: Sequence[Point], *, name: str, step: float) -> Tile:
    """Spongiosa along the line of a fused joint of the wrist, in film millimetres at rest."""
    frame = Frame.around([line], step, margin=3.0)
    texture = window(textures(step).web, frame.shape, name, "bridge")
    return Tile(
        frame, np.maximum(stroke(frame, line, width=1.6, blur=0.7) * (3.0 + 0.5 * texture), 0).astype(np.float32)
    )
