"""Soft tissue on a coarse grid: fingers as chains of round capsules, palm and foot as padded outlines.

The sum is of Q, a quarter of the squared thickness: it is smooth through zero, so the skin line stays clean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy import ndimage

from rehearsal import outlines
from rehearsal.anatomy import Point
from rehearsal.raster import Field, signed_distance

GRID = 0.5
OUTSIDE = np.float32(-60.0)
OVERLAP = 0.3
CoarseField = NDArray[np.float32]


@dataclass(frozen=True)
class Knot:
    """A point of a chain of capsules: centre and radius in film millimetres."""

    centre: Point
    radius: float


@dataclass(frozen=True)
class Pad:
    """A flat body of soft tissue: its outline, and half its thickness at each level of the film (y, mm)."""

    outline: tuple[Point, ...]
    half: tuple[Point, ...]


def quarter_square(chains: Sequence[Sequence[Knot]], pads: Sequence[Pad], *, film: Point, blend: float) -> CoarseField:
    """Q of all bodies together on a film of this size (mm)."""
    shape = (round(film[1] / GRID), round(film[0] / GRID))
    fingers = np.full(shape, OUTSIDE, dtype=np.float32)
    for chain in chains:
        for start, end in zip(chain, chain[1:], strict=False):
            capsule(fingers, start, end)
    together = fingers
    for pad in pads:
        together = soft_max(together, draw_pad(pad, shape), blend)
    return np.asarray(ndimage.gaussian_filter(together, 0.6 / GRID), dtype=np.float32)


def enlarged(quarter: CoarseField, shape: tuple[int, int]) -> Field:
    """Thickness in millimetres at film resolution."""
    fine = np.asarray(Image.fromarray(quarter).resize((shape[1], shape[0]), Image.Resampling.BICUBIC))
    return np.asarray(1.84 * np.sqrt(np.maximum(fine, 0)), dtype=np.float32)


def capsule(field: CoarseField, start: Knot, end: Knot) -> None:
    """Raises Q to that of a cone between two spheres, within its reach."""
    reach = max(start.radius, end.radius) + 8
    low = np.floor((np.minimum(start.centre, end.centre) - reach) / GRID).astype(int)
    high = np.ceil((np.maximum(start.centre, end.centre) + reach) / GRID).astype(int)
    rows = slice(max(low[1], 0), min(high[1], field.shape[0]))
    cols = slice(max(low[0], 0), min(high[0], field.shape[1]))
    y = (np.arange(rows.start, rows.stop)[:, None] + 0.5) * GRID - start.centre[1]
    x = (np.arange(cols.start, cols.stop)[None, :] + 0.5) * GRID - start.centre[0]
    axis = np.subtract(end.centre, start.centre)
    along = np.clip((x * axis[0] + y * axis[1]) / max(float(axis @ axis), 1e-6), 0, 1)
    radius = start.radius + (end.radius - start.radius) * along
    gone = np.hypot(x - along * axis[0], y - along * axis[1])
    window = field[rows, cols]
    np.maximum(window, (radius**2 - gone**2).astype(np.float32), out=window)


def draw_pad(pad: Pad, shape: tuple[int, int]) -> CoarseField:
    d = signed_distance(outlines.smooth(pad.outline), (0.0, 0.0), shape, GRID)
    levels = (np.arange(shape[0]) + 0.5) * GRID
    half = np.interp(levels, *np.array(pad.half).T)[:, None]
    inside = np.where(d < half, d * (2 * half - d), half**2)
    return np.asarray(np.where(d < 0, np.maximum(2 * half * d, OUTSIDE), inside), dtype=np.float32)


def soft_max(a: CoarseField, b: CoarseField, width: float) -> CoarseField:
    """The larger of two, smoothed where they are nearly equal; an overlapping web shows as a faint arc."""
    rounded = np.float32(width / 4) * np.exp(-np.abs(a - b) / np.float32(width))
    return np.asarray(np.maximum(a, b) + rounded + np.float32(OVERLAP) * np.maximum(np.minimum(a, b), 0))
