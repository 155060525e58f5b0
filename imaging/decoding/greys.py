"""Whether a picture shows anything: an almost uniform picture is never accepted before a person has viewed it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.decoding.findings import Finding, finding
from imaging.levels import NormalForm, StoredPixels, render8

EDGE_SHARE = 0.01  # markers and dead pixels are not part of the picture
LEAST_SPAN = 16  # of the 255 greys
LEAST_GREYS, GREY_SHARE = 8, 0.0005
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
    return found


def count_greys(stored: StoredPixels, form: NormalForm) -> NDArray[np.integer]:
    """The frequency of each of the 256 greys; padding is not counted."""
    greys = render8(form.levels, form.window_center, form.window_width)
    if stored.padding is not None:
        low, high = sorted(stored.padding)
        greys = greys[(stored.pixels < low) | (stored.pixels > high)]
    return np.bincount(greys.ravel(), minlength=256)


def is_flat(counts: NDArray[np.integer]) -> bool:
    """Nearly all pixels within a few neighbouring greys, or hardly more than black and white."""
    total = int(counts.sum())
    if total == 0:
        return True
    reached = np.cumsum(counts)
    low, high = (int(np.searchsorted(reached, total * share)) for share in (EDGE_SHARE, 1 - EDGE_SHARE))
    return high - low < LEAST_SPAN or int((counts >= total * GREY_SHARE).sum()) < LEAST_GREYS
