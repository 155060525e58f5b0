"""Pixels that are not square: the picture is stretched once, so that masks, joints and measurements all fit it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.decoding import kept_attributes
from imaging.decoding.findings import finding
from imaging.decoding.header import check_size
from imaging.decoding.limits import Limits
from imaging.decoding.pixels import Grey, Pixels

EVEN = 0.01  # of the spacing: a smaller difference is invisible
MOST = 4.0  # no detector or scanner deviates more from square; beyond this the header is wrong
STEPS = 256
SPACINGS = ("PixelSpacing", "ImagerPixelSpacing")


def stretch(dataset: Dataset) -> tuple[float, float]:
    """How much rows and columns must grow: from the spacing, else PixelAspectRatio (vertical over horizontal)."""
    sizes = (
        kept_attributes.spacing_mm(dataset) or kept_attributes.kept_numbers(dataset, "PixelAspectRatio") or [1.0, 1.0]
    )
    finer = min(sizes)
    if not EVEN * finer < abs(sizes[0] - sizes[1]) or max(sizes) > MOST * finer:
        return 1.0, 1.0
    return sizes[0] / finer, sizes[1] / finer


def shown_spacing(dataset: Dataset) -> list[float]:
    """Row and column spacing in mm of the displayed picture; empty when unknown."""
    spacing = kept_attributes.spacing_mm(dataset)
    return [min(spacing)] * 2 if stretch(dataset) != (1.0, 1.0) and spacing else spacing


def squared(dataset: Dataset, pixels: Pixels, limits: Limits) -> Pixels:
    """The picture with square pixels; the data set in memory is updated."""
    down, across = stretch(dataset)
    if (down, across) == (1.0, 1.0):
        return pixels
    rows, columns = round(pixels.values.shape[0] * down), round(pixels.values.shape[1] * across)
    check_size(rows, columns, limits)
    empty = kept_attributes.padding(dataset, bits_stored=pixels.bits_stored, signed=pixels.signed)
    values = stretch_rows(stretch_rows(pixels.values, rows, empty).T, columns, empty).T
    for keyword in SPACINGS:
        if spacing := kept_attributes.kept_numbers(dataset, keyword):
            setattr(dataset, keyword, [min(spacing)] * 2)
    if "PixelAspectRatio" in dataset:
        del dataset.PixelAspectRatio
    text = f"The pixels are not square ({max(down, across):.3g} to 1). The image is stretched to {rows} x {columns}."
    found = (*pixels.findings, finding("pixels-not-square", text))
    return dataclasses.replace(pixels, values=np.ascontiguousarray(values), findings=found)


def stretch_rows(values: Grey, rows: int, empty: tuple[int, int] | None) -> Grey:
    """More rows, each value between its two neighbours; next to padding, the nearest one alone."""
    if rows == values.shape[0]:
        return values
    at = np.clip((np.arange(rows) + 0.5) * values.shape[0] / rows - 0.5, 0, values.shape[0] - 1)
    upper = np.floor(at).astype(np.int64)
    lower = np.minimum(upper + 1, values.shape[0] - 1)
    weight = np.floor((at - upper) * STEPS + 0.5).astype(np.int32)[:, None]
    above, below = values[upper], values[lower]
    mixed = (above.astype(np.int32) * (STEPS - weight) + below.astype(np.int32) * weight + STEPS // 2) // STEPS
    if empty is not None:
        nearest = np.where(weight * 2 < STEPS, above, below)
        mixed = np.where(within(above, empty) | within(below, empty), nearest, mixed)
    grown: Grey = mixed.astype(values.dtype)
    return grown


def within(values: Grey, span: tuple[int, int]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = (values >= span[0]) & (values <= span[1])
    return inside
