"""Pictures as reliefs: brightness relative to the surroundings, in units of the local contrast.

Window, exposure and JPEG compression change a relief little.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# Brightness is compared with its surroundings within this part of a side, and with at least this part of the contrast.
REACH = 0.09
FAINT = 0.1

Grey = NDArray[np.float32]


def relief_of(grey: Grey, radius: int) -> Grey:
    """Each picture as a relief with mean 0 and norm 1."""
    mean = blurred(grey, radius)
    strength = np.sqrt(np.maximum(blurred(grey * grey, radius) - mean * mean, 0))
    least = FAINT * grey.std((-2, -1), keepdims=True) + 1e-3
    return unit((grey - mean) / (strength + least))


def blurred(grey: Grey, radius: int) -> Grey:
    """Means of boxes of 2 `radius` + 1 pixels, as far as they are inside the picture."""
    for axis in (-2, -1):
        size = grey.shape[axis]
        ends = np.minimum(np.arange(size) + radius + 1, size)
        starts = np.maximum(np.arange(size) - radius, 0)
        box = ((np.arange(size) >= starts[:, None]) & (np.arange(size) < ends[:, None])).astype(np.float32)
        box /= box.sum(1, keepdims=True)
        grey = box @ grey if axis == -2 else grey @ box.T
    return np.asarray(grey, np.float32)


def unit(pictures: Grey) -> Grey:
    """Each with mean 0 and norm 1."""
    centred = pictures - pictures.mean((-2, -1), keepdims=True)
    norm = np.sqrt((centred * centred).sum((-2, -1), keepdims=True))
    return np.asarray(centred / np.maximum(norm, 1e-6), np.float32)


def resized(pictures: Grey, rows: int, columns: int) -> Grey:
    """Each picture at another size, by averaging along both axes."""
    left = averaging(rows, pictures.shape[-2], 0, pictures.shape[-2])
    right = averaging(columns, pictures.shape[-1], 0, pictures.shape[-1])
    return np.asarray(left @ pictures @ right.T, np.float32)


def averaging(to: int, size: int, start: float, end: float) -> Grey:
    """The matrix that averages the samples from `start` to `end` to `to`, each the mean of the stretch it covers."""
    edges = np.linspace(start, end, to + 1)
    cells = np.arange(size)
    covered = np.minimum(edges[1:, None], cells + 1) - np.maximum(edges[:-1, None], cells)
    weights = np.clip(covered, 0, None)
    return np.asarray(weights / np.maximum(weights.sum(1, keepdims=True), 1e-9), np.float32)


def window_sums(values: Grey, rows: int, columns: int) -> NDArray[np.float64]:
    """The sum of every window of that size."""
    sums = np.pad(values, ((0, 0), (1, 0), (1, 0))).cumsum(1, dtype=np.float64).cumsum(2)
    below, above = sums[:, rows:], sums[:, :-rows]
    return np.asarray(below[:, :, columns:] - below[:, :, :-columns] - above[:, :, columns:] + above[:, :, :-columns])
