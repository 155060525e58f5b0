"""Whether a picture shows anything: an almost uniform picture is never accepted before a person has viewed it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.decoding.findings import Finding, finding
from imaging.levels import NormalForm, StoredPixels, render8

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
    if is_flat(count_greys(stored, form)):
        text = "The image is an almost uniform grey as first shown. Check its window, or the file."
        found.append(finding(FLAT, text))
    elif span_of(np.bincount(unpadded(stored, form.levels))) < LEAST_LEVELS:
        text = "Nearly all pixels of the image have almost the same value. Check whether the file shows a radiograph."
        found.append(finding(FLAT, text))
    return found


def count_greys(stored: StoredPixels, form: NormalForm) -> NDArray[np.integer]:
    """The frequency of each of the 256 greys; padding is not counted."""
    greys = render8(form.levels, form.window_center, form.window_width)
    return np.bincount(unpadded(stored, greys), minlength=256)


def unpadded(stored: StoredPixels, values: NDArray[np.integer]) -> NDArray[np.integer]:
    """The values of the pixels that are not padding."""
    if stored.padding is None:
        return values.ravel()
    low, high = sorted(stored.padding)
    return values[(stored.pixels < low) | (stored.pixels > high)]


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
