"""The normal form of a radiograph: unsigned 16-bit levels, larger is brighter, and a default window.

Stored value -> modality (LUT or rescale) -> VOI (LUT, sigmoid or window) -> polarity last (PS3.3 C.11).
A window never changes levels; only look-up tables and sigmoids, which no window can express, are applied to them.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from config.errors import BadInput

Levels = NDArray[np.uint16]

PREVIEW_SIDE = 640
PREVIEW_QUALITY = 70
SIGMOID_TOP = 65535
STRIP = 128 * 1024  # pixels


@dataclass(frozen=True)
class Lut:
    """A DICOM look-up table: values below `first` take the first entry, those past the end the last."""

    first: int
    values: NDArray[np.integer]
    bits: int


@dataclass(frozen=True)
class StoredPixels:
    """Decoded stored pixels (one frame, high bit shifted down) and the display parameters of the header.

    `padding` is the inclusive range of stored values outside the picture; a table wins over rescale and window.
    """

    pixels: NDArray[np.integer]
    photometric: str
    bits_stored: int
    signed: bool = False
    rescale_slope: float = 1.0
    rescale_intercept: float = 0.0
    modality_lut: Lut | None = None
    voi_lut: Lut | None = None
    window_center: float | None = None
    window_width: float | None = None
    voi_function: str = "LINEAR"
    padding: tuple[int, int] | None = None


@dataclass(frozen=True)
class NormalForm:
    """The picture for a reader: levels and the initial window (PS3.3 LINEAR; center in halves, width whole).

    `window_missed`: the header's window contains no pixel of the picture, so another window was chosen.
    """

    levels: Levels
    window_center: float
    window_width: int
    window_missed: bool = False


@dataclass(frozen=True)
class Scale:
    """Level of each stored code, and the line level = gain * modality value + offset where one exists."""

    table: NDArray[np.float64]
    top: int
    gain: float = 1.0
    offset: float = 0.0
    ready: bool = False


def normalise(stored: StoredPixels) -> NormalForm:
    """The normal form of a stored image; exact: no pixel is resampled, and no value rounded unless by a table."""
    check(stored)
    values = stored_values(stored)
    padded = padding_codes(stored, values)
    scale = polarised(tabulated(stored, values), stored.photometric == "MONOCHROME1")
    table = np.where(padded, 0, scale.table).astype(np.uint16)
    levels, counts = looked_up_codes(table, np.asarray(stored.pixels))
    return NormalForm(levels, *default_window(stored, scale, table, counts * ~padded))


def looked_up_codes(table: Levels, pixels: NDArray[np.integer]) -> tuple[Levels, NDArray[np.int64]]:
    """The level of each pixel, and the frequency of each code."""
    levels: Levels = np.empty(pixels.shape, dtype=np.uint16)
    counts = np.zeros(table.size, dtype=np.int64)
    for rows in strips(pixels.shape):
        codes = pixels[rows].astype(np.int64) & (table.size - 1)
        np.take(table, codes, out=levels[rows], mode="clip")  # no code is clipped; other modes copy
        counts += np.bincount(codes.ravel(), minlength=table.size)
    return levels, counts


def strips(shape: tuple[int, ...]) -> Iterator[slice]:
    """Rows of a picture that are processed at once: what is computed of them stays in the processor's cache."""
    step = max(STRIP // max(shape[1], 1) // 2 * 2, 2)
    return (slice(start, start + step) for start in range(0, shape[0], step))


def quarter(levels: Levels) -> Levels:
    """A quarter of each side, rounded up: 2x2 boxes twice, rounded half up; an odd edge counts itself twice."""
    return halve(halve(levels))


def render8(levels: Levels, center: float, width: float, invert: bool = False) -> NDArray[np.uint8]:
    """Grey values of the window by PS3.3 C.11.2.1.2.1 (LINEAR), rounded half up: every renderer must show these."""
    low, span = center - 0.5 - (width - 1) / 2, width - 1
    codes = np.arange(65536, dtype=np.float64)
    if span <= 0:
        greys = np.where(codes <= center - 0.5, 0.0, 255.0)
    else:
        greys = np.clip(np.floor((codes - low) * 255 / span + 0.5), 0, 255)
    table = greys.astype(np.uint8)
    return (255 - table if invert else table)[levels]


def preview(form: NormalForm, half: Levels | None = None) -> bytes:
    """An 8-bit JPEG in the default window, longest side at most PREVIEW_SIDE pixels, without any metadata.

    `half` is the picture halved once, if it is already known.
    """
    levels = form.levels
    if half is not None and max(levels.shape) >= 2 * PREVIEW_SIDE:
        levels = half
    while max(levels.shape) >= 2 * PREVIEW_SIDE:
        levels = halve(levels)
    image = Image.fromarray(render8(levels, form.window_center, form.window_width))
    image.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=PREVIEW_QUALITY)
    return out.getvalue()


def halve(levels: Levels) -> Levels:
    """Half of each side, rounded up: the means of 2x2 levels, rounded half up."""
    rows, columns = levels.shape
    if rows % 2 or columns % 2:
        levels = np.pad(levels, ((0, rows % 2), (0, columns % 2)), mode="edge")
    pairs = np.ascontiguousarray(levels).view(np.uint32)  # two neighbours in a row, in the order of the machine
    half: Levels = np.empty((len(pairs) // 2, pairs.shape[1]), dtype=np.uint16)
    for part in strips(levels.shape):
        across = (pairs[part] & 0xFFFF) + (pairs[part] >> 16)
        half[part.start // 2 : part.stop // 2] = (across[0::2] + across[1::2] + 2) >> 2
    return half


def check(stored: StoredPixels) -> None:
    if stored.photometric not in ("MONOCHROME1", "MONOCHROME2"):
        raise BadInput(
            f"PhotometricInterpretation is {stored.photometric}. Only MONOCHROME1 and MONOCHROME2 can be read."
        )
    if not 1 <= stored.bits_stored <= 16:
        raise BadInput(f"BitsStored is {stored.bits_stored}. It must be from 1 to 16.")
    if stored.pixels.ndim != 2 or stored.pixels.size == 0:
        shape = " x ".join(map(str, stored.pixels.shape))
        raise BadInput(f"The pixels have the shape {shape}. One frame of rows and columns can be read.")
    numbers = (stored.rescale_slope, stored.rescale_intercept)
    if stored.rescale_slope == 0 or not all(map(math.isfinite, numbers)):
        raise BadInput(
            "RescaleSlope is {:g} and RescaleIntercept is {:g}. Both must be finite, and RescaleSlope not 0.".format(
                *numbers
            )
        )
    for name, lut in (("Modality LUT", stored.modality_lut), ("VOI LUT", stored.voi_lut)):
        if lut is not None and (lut.values.size == 0 or not 1 <= lut.bits <= 16):
            raise BadInput(
                f"The {name} has {lut.values.size} entries of {lut.bits} bits."
                " At least one entry of 1 to 16 bits is needed."
            )


def stored_values(stored: StoredPixels) -> NDArray[np.int64]:
    """The stored value that each code of `bits_stored` bits represents."""
    codes = np.arange(1 << stored.bits_stored, dtype=np.int64)
    if not stored.signed:
        return codes
    half = 1 << (stored.bits_stored - 1)
    return (codes ^ half) - half


def padding_codes(stored: StoredPixels, values: NDArray[np.int64]) -> NDArray[np.bool_]:
    if stored.padding is None:
        return np.zeros(values.size, dtype=np.bool_)
    low, high = sorted(stored.padding)
    return (values >= low) & (values <= high)


def tabulated(stored: StoredPixels, values: NDArray[np.int64]) -> Scale:
    """Levels before polarity: larger level, larger modality value, or the output of the VOI table."""
    scale = modality_scale(stored, values)
    modality = (scale.table - scale.offset) / scale.gain
    if stored.voi_lut is not None:
        return Scale(looked_up(stored.voi_lut, modality), (1 << stored.voi_lut.bits) - 1, ready=True)
    if stored.voi_function == "SIGMOID" and stored.window_center is not None and (stored.window_width or 0) > 0:
        slope = -4 * (modality - stored.window_center) / float(stored.window_width or 1)
        shape = 1 / (1 + np.exp(np.clip(slope, -700, 700)))
        return Scale(np.floor(shape * SIGMOID_TOP + 0.5), SIGMOID_TOP, ready=True)
    return scale


def modality_scale(stored: StoredPixels, values: NDArray[np.int64]) -> Scale:
    if stored.modality_lut is not None:
        lut = stored.modality_lut
        return Scale(looked_up(lut, values.astype(np.float64)), (1 << lut.bits) - 1)
    top, lowest = values.size - 1, int(values.min())
    gain, offset = 1 / stored.rescale_slope, -stored.rescale_intercept / stored.rescale_slope - lowest
    scale = Scale((values - lowest).astype(np.float64), top, gain, offset)
    return scale if stored.rescale_slope > 0 else turned(scale)


def looked_up(lut: Lut, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    index = np.clip(np.floor(inputs + 0.5) - lut.first, 0, lut.values.size - 1).astype(np.int64)
    outputs = lut.values.astype(np.int64) & ((1 << lut.bits) - 1)
    chosen: NDArray[np.float64] = outputs[index].astype(np.float64)
    return chosen


def turned(scale: Scale) -> Scale:
    return Scale(scale.top - scale.table, scale.top, -scale.gain, scale.top - scale.offset, scale.ready)


def polarised(scale: Scale, dark_is_large: bool) -> Scale:
    return turned(scale) if dark_is_large else scale


def default_window(
    stored: StoredPixels, scale: Scale, table: Levels, picture: NDArray[np.integer]
) -> tuple[float, int, bool]:
    """The header's window in level units; the whole range behind a table; else percentiles 1 to 99 of the picture.

    The last value is whether the header's window was skipped because it contains no pixel.
    """
    if scale.ready:
        return (scale.top + 1) / 2, scale.top + 1, False
    seen = table[picture > 0]
    given = stored.window_center is not None and stored.window_width is not None and seen.size > 0
    if given:
        window = window_in_levels(stored.window_center or 0.0, stored.window_width or 0.0, stored.voi_function, scale)
        low, high = window[0] - window[1] / 2, window[0] + window[1] / 2
        if window[1] >= 1 and low < int(seen.max()) and high > int(seen.min()):
            return *window, False
    return *percentile_window(table, picture), given


def window_in_levels(center: float, width: float, function: str, scale: Scale) -> tuple[float, int]:
    """LINEAR has its middle at c - 1/2 and its slope over w - 1; LINEAR_EXACT at c and over w."""
    exact = function == "LINEAR_EXACT"
    middle = scale.gain * (center if exact else center - 0.5) + scale.offset
    span = abs(scale.gain) * (width if exact else width - 1)
    if not (math.isfinite(middle) and math.isfinite(span)) or width < (0 if exact else 1):
        return 0.0, 0
    return math.floor((middle + 0.5) * 2 + 0.5) / 2, math.floor(span + 0.5) + 1


def percentile_window(table: Levels, picture: NDArray[np.integer]) -> tuple[float, int]:
    counts = np.bincount(table, weights=picture, minlength=65536)
    total = counts.sum()
    if total == 0:
        return 32768.0, 65536
    low, high = (int(np.searchsorted(np.cumsum(counts), total * share)) for share in (0.01, 0.99))
    width = max(high - low, 1) + 1
    return (low + high + 1) / 2, width
