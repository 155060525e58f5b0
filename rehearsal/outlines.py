"""Outlines of long bones as seen from the front, from their length and widths.

Each form is one side of the bone, from the middle of its base to the middle of its head, as (x, s): x from the axis,
s along it. b, w and h are half the widths of base, waist and head.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import CubicSpline

from rehearsal.anatomy import LongBone, Point

Half = list[Point]
Path = NDArray[np.float64]


def metacarpal(b: float, w: float, h: float, n: float) -> Half:
    neck = max(0.72 * n, n - 1.5 * h - 6)
    base = [(0, 0.2), (0.55 * b, -0.4), (0.9 * b, 0.3), (1.02 * b, 2.5), (0.97 * b, 6)]
    shaft = [(0.72 * b + 0.28 * w, 0.17 * n), (1.1 * w, 0.3 * n), (w, 0.47 * n), (1.04 * w, 0.6 * n)]
    head = [((w + h) / 2, neck), (0.97 * h, n - h - 4.2), (1.06 * h, n - h - 2.4), (0.97 * h, n - h - 0.6)]
    dome = [(0.9 * h, n - 0.62 * h), (0.7 * h, n - 0.22 * h), (0.36 * h, n - 0.02 * h), (0, n + 0.08 * h)]
    return base + shaft + head + dome


def proximal(b: float, w: float, h: float, n: float) -> Half:
    k = min(1.0, n / 34)
    base = [(0, 0.1), (0.5 * b, -0.25), (0.88 * b, -1.5 * k), (1.04 * b, -k), (1.05 * b, 1.2 * k), (0.95 * b, 4 * k)]
    shaft = [(0.6 * b + 0.4 * w, 0.22 * n), (1.05 * w, 0.42 * n), (w, 0.6 * n), (0.98 * w, 0.74 * n)]
    head = [(0.93 * h, n - 4.6 * k), (1.06 * h, n - 2.6 * k), (1.03 * h, n - 0.7 * k)]
    return base + shaft + head + [(0.75 * h, n + 0.35 * k), (0.35 * h, n + 0.1), (0, n - 0.35)]


def middle(b: float, w: float, h: float, n: float) -> Half:
    k = min(1.0, n / 17)
    base = [(0, -0.2), (0.45 * b, 0.3 * k), (0.85 * b, -0.4 * k), (1.06 * b, -0.3 * k), (1.04 * b, 1.2 * k)]
    shaft = [(0.8 * b, 0.17 * n + 0.8 * k), (1.08 * w, 0.4 * n), (w, 0.62 * n), (1.08 * w, 0.75 * n)]
    head = [(1.02 * h, n - 2.4 * k), (1.04 * h, n - 0.6 * k), (0.7 * h, n + 0.3 * k), (0.3 * h, n + 0.05), (0, n - 0.3)]
    return base + shaft + head


def distal(b: float, w: float, h: float, n: float) -> Half:
    k = min(1.0, n / 15)
    base = [(0, -0.2), (0.45 * b, 0.25 * k), (0.88 * b, -0.3 * k), (1.08 * b, 0), (1.04 * b, 1.3 * k)]
    shaft = [(0.7 * b, 0.2 * n + 0.5 * k), (1.02 * w, 0.42 * n), (w, 0.58 * n)]
    tuft = [(0.85 * h, n - 4.2 * k), (1.06 * h, n - 3 * k), (h, n - 1.4 * k), (0.7 * h, n - 0.3), (0, n + 0.05)]
    return base + shaft + tuft


FORMS: dict[str, Callable[[float, float, float, float], Half]] = {
    "metacarpal": metacarpal,
    "proximal": proximal,
    "middle": middle,
    "distal": distal,
}


def long_bone(bone: LongBone) -> Path:
    """The closed outline of a long bone in its own frame, base at s = 0."""
    half = FORMS[bone.form](bone.base / 2, bone.waist / 2, bone.head / 2, bone.length)
    other = [(-x, s) for x, s in half[-2:0:-1]]
    return smooth([at_base(bone, x, s) for x, s in half + other])


def half_width(bone: LongBone, s: float) -> float:
    """From the axis to the outline, at one level of a bone."""
    half = FORMS[bone.form](bone.base / 2, bone.waist / 2, bone.head / 2, bone.length)
    outline = smooth(half + [(-x, level) for x, level in half[-2:0:-1]])
    return float(outline[np.abs(outline[:, 1] - s) < 0.8, 0].max())


def at_base(bone: LongBone, x: float, s: float) -> Point:
    """Tilts the surface of the base and draws out its spur."""
    near = min(max(1 - s / 12, 0.0), 1.0)
    out, down = bone.spur if x > 0.3 * bone.base and s < 9 else (0.0, 0.0)
    return x + out, s + bone.skew * x * near + down


def smooth(corners: Sequence[Point], *, per_corner: int = 12) -> Path:
    """A closed cubic spline through the points; chord length to the power 0.6 keeps it from overshooting."""
    closed = np.asarray([*corners, corners[0]], dtype=float)
    chords = np.hypot(*np.diff(closed, axis=0).T) ** 0.6
    knots = np.concatenate([[0.0], np.cumsum(chords)])
    curve = CubicSpline(knots, closed, bc_type="periodic")
    along = np.linspace(0, knots[-1], per_corner * len(corners), endpoint=False)
    return np.asarray(curve(along))
