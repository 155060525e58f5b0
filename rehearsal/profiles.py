"""The curves used in the drawing."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rehearsal.raster import Field


def chord(distance: Field, half: Field | np.float32, flattening: float) -> Field:
    """Length of the beam's path through a rounded body, from the distance to its outline and its half width."""
    d = np.clip(distance, 0, half)
    return np.asarray(2 * flattening * np.sqrt(d * np.maximum(2 * half - d, 0)), dtype=np.float32)


def smoothstep(t: NDArray[np.floating[Any]]) -> Field:
    t = np.clip(t, 0, 1)
    return np.asarray(t * t * (3 - 2 * t), dtype=np.float32)


def line(distance: Field, at: float | Field, sigma: float) -> Field:
    """A line of height 1 that keeps a fixed distance from the outline."""
    return np.asarray(np.exp(-(((distance - at) / np.float32(sigma)) ** 2)), dtype=np.float32)
