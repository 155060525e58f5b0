"""Decides whether a lossy colour picture is grey: its chroma is noise, or it shows colour.

The limits are set between measured figures (docs/benchmarks.md, "Grey saved in colour").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Chroma = NDArray[np.float32]
# Chroma is in levels off zero. Noise moves single pixels; a tint moves the mean of every block of compression.
PIXEL_NOISE, BLOCK_NOISE = 4.5, 2.5
BLOCK = 8
# Rows that are examined at once, so that the chroma of a large film never exists in full.
ROWS = 32 * BLOCK
FROM_RGB = np.array([[-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]], np.float32)


def chroma_of_rgb(rows: NDArray[np.integer[Any]]) -> Chroma:
    """Blue and red chroma (ITU-R BT.601) of rows of red, green and blue."""
    return rows.astype(np.float32) @ FROM_RGB.T


def chroma_of_luma(rows: NDArray[np.integer[Any]]) -> Chroma:
    """Blue and red chroma of rows of luma and chroma of 8 bits."""
    return rows[..., 1:].astype(np.float32) - 128


def is_chroma_noise(picture: NDArray[np.integer[Any]], chroma_of: Callable[[Any], Chroma]) -> bool:
    """Whether no pixel and no block has more chroma than noise and compression leave in a grey picture."""
    for start in range(0, len(picture), ROWS):
        chroma = chroma_of(picture[start : start + ROWS])
        if np.abs(chroma).max() > PIXEL_NOISE or np.abs(block_means(chroma)).max(initial=0) > BLOCK_NOISE:
            return False
    return True


def block_means(chroma: Chroma) -> Chroma:
    """The mean of each whole block."""
    rows, columns = (side // BLOCK for side in chroma.shape[:2])
    blocks = chroma[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK, 2)
    means: Chroma = blocks.mean(axis=(1, 3))
    return means


def is_grey_luma(picture: NDArray[np.integer[Any]], *, lossy: bool) -> bool:
    """Whether a picture stored as luma and chroma is grey: its chroma is zero or, if lossy, noise."""
    return is_chroma_noise(picture, chroma_of_luma) if lossy else bool((picture[..., 1:] == 128).all())
