"""Trabeculae: fixed noise fields from which every bone takes its own window.

Ridging turns noise into thin bright struts, so that it looks like bone rather than grain. The fields are made once
per process; a window depends only on subject and bone, so a bone keeps its trabeculae when its surroundings change.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from PIL import Image
from scipy import ndimage

from rehearsal.raster import Field

SIZE = 1024
STEP = 0.1


@dataclass(frozen=True)
class Textures:
    """Fields of mean 0 and variance 1; rows are along a bone, columns across it."""

    shaft: Field
    end: Field
    web: Field
    slow: Field


def stream(*parts: object) -> np.random.Generator:
    """A separate random stream for each name, independent of everything else that is drawn."""
    return np.random.default_rng(zlib.crc32("/".join(map(str, parts)).encode()))


@lru_cache(maxsize=2)
def textures(scale: float) -> Textures:
    rng = stream("trabeculae")
    along = ridges(band(rng, (14.0, 1.7), 2.2))
    across = ridges(band(rng, (1.5, 6.0), 2.2))
    net = ridges(band(rng, (2.1, 1.8), 2.2))
    shaft = unit(along + 0.3 * across + 0.2 * net)
    end = unit(1.2 * net + 0.6 * along + 0.3 * across)
    web = unit(ridges(band(rng, (2.3, 2.3), 2.0)) + 0.7 * ridges(band(rng, (1.4, 1.4), 2.0)))
    slow = unit(ndimage.gaussian_filter(white_noise(rng), 22.0, mode="wrap"))
    return Textures(*(resample(field, scale) for field in (shaft, end, web, slow)))


def window(field: Field, shape: tuple[int, int], *name: object) -> Field:
    """Cuts a window of this shape out of a field, at a place that depends only on the name."""
    rng = stream("window", *name)
    top, left = (int(rng.random() * (whole - part)) for whole, part in zip(field.shape, shape, strict=True))
    return field[top : top + shape[0], left : left + shape[1]]


def white_noise(rng: np.random.Generator) -> Field:
    return rng.standard_normal((SIZE, SIZE), dtype=np.float32)


def band(rng: np.random.Generator, sigmas: tuple[float, float], wider: float) -> Field:
    """Noise of one scale: a blur minus a blur that is wider across, of variance 1."""
    white = white_noise(rng)
    narrow = ndimage.gaussian_filter(white, sigmas, mode="wrap")
    broad = ndimage.gaussian_filter(white, (sigmas[0], sigmas[1] * wider), mode="wrap")
    return unit(narrow - broad)


def ridges(noise: Field) -> Field:
    return np.asarray(np.maximum(1 - np.abs(noise) / 0.75, 0) ** 1.5, dtype=np.float32)


def unit(field: Field) -> Field:
    return np.asarray((field - field.mean()) / field.std(), dtype=np.float32)


def resample(field: Field, scale: float) -> Field:
    if scale == STEP:
        return field
    size = round(SIZE * STEP / scale)
    return np.asarray(Image.fromarray(field).resize((size, size), Image.Resampling.BOX), dtype=np.float32)
