"""Whether a picture shows anything: an almost uniform picture is never accepted before a person has viewed it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.decoding.findings import Finding, finding
from imaging.levels import NormalForm, StoredPixels, render8, strips

EDGE_SHARE = 0.01  # markers and dead pixels are not part of the picture
LEAST_SPAN = 16  # of the 255 greys
LEAST_GREYS, GREY_SHARE = 8, 0.0005
LEAST_LEVELS = 32  # a window from the pixels stretches any fewer to black and white
FLAT, WINDOW_MISSED = "almost-one-grey", "window-missed"


def grey_findings(stored: StoredPixels, form: NormalForm) -> list[Finding]:
    """Findings about the default window, and about the picture as first shown."""
    found: list[Finding] = []
    if form.window_missed:
        text = "The window in the header shows no pixel of the image. A window from the pixels is used instead."
        found.append(finding(WINDOW_MISSED, text))
    levels = count_levels(stored, form)
    if is_flat(count_greys(levels, form)):
        text = "The image is an almost uniform grey as first shown. Check its window, or the file."
        found.append(finding(FLAT, text))
    elif span_of(levels) < LEAST_LEVELS:
        text = "Nearly all pixels of the image have almost the same value. Check whether the file shows a radiograph."
        found.append(finding(FLAT, text))
    return found


def count_levels(stored: StoredPixels, form: NormalForm) -> NDArray[np.integer]:
    """The frequency of each level; padding is not counted."""
    counts = np.zeros(65536, dtype=np.int64)
    for rows in strips(form.levels.shape):
        levels = form.levels[rows]
        if stored.padding is not None:
            low, high = sorted(stored.padding)
            levels = levels[(stored.pixels[rows] < low) | (stored.pixels[rows] > high)]
        found = np.bincount(levels.ravel())
        counts[: found.size] += found
    return counts


def count_greys(levels: NDArray[np.integer], form: NormalForm) -> NDArray[np.integer]:
    """The frequency of each of the 256 greys that these levels have in the default window."""
    greys = render8(np.arange(levels.size, dtype=np.uint16), form.window_center, form.window_width)
    counts = np.zeros(256, dtype=np.int64)
    np.add.at(counts, greys, levels)
    return counts


def span_of(counts: NDArray[np.integer]) -> int:
    """The distance between the lowest and the highest value, without the share at each end that is not counted."""
    reached = np.cumsum(counts)
    low, high = (int(np.searchsorted(reached, reached[-1] * share)) for share in (EDGE_SHARE, 1 - EDGE_SHARE))
    return high - low


def is_flat(counts: NDArray[np.integer]) -> bool:
    """Nearly all pixels within a few neighbouring greys, or hardly more than black and white."""
    total = int(counts.sum())
    if total == 0:
        return True
    return span_of(counts) < LEAST_SPAN or int((counts >= total * GREY_SHARE).sum()) < LEAST_GREYS
