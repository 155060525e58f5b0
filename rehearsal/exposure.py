"""From millimetres of bone and soft tissue to film values: absorption, scatter, noise and the film's own curve.

Effective energy 35 to 40 keV. Noise is added in transmission, before the logarithm, so thick parts are grainier.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from rehearsal.raster import Field
from rehearsal.subject import SyntheticVisit

MU_BONE = 0.15
MU_SOFT = 0.038
SCATTER = 0.10
WHITE = 4095


@dataclass(frozen=True)
class Technique:
    """How a region is exposed and developed: grain, edge enhancement, and the film curve."""

    grain: float
    sharpening: float
    low: float
    high: float
    middle: float
    steepness: float


HAND = Technique(grain=0.022, sharpening=0.45, low=0.02, high=0.95, middle=0.92, steepness=2.1)
FOOT = Technique(grain=0.033, sharpening=0.60, low=0.08, high=0.92, middle=0.74, steepness=1.75)


def absorbed(bone: Field, soft: Field) -> Field:
    return np.float32(MU_BONE) * bone + np.float32(MU_SOFT) * soft


def expose(absorption: Field, technique: Technique, visit: SyntheticVisit, spacing: float) -> Field:
    """The film values (0 to 1) of everything in the beam."""
    through = np.exp(-binomial(absorption))
    through += np.float32(SCATTER) * wide_blur(through, 14.0, spacing)
    through += draw_grain(through, technique, visit, spacing)
    np.maximum(through, np.float32(1e-3), out=through)
    signal = -np.log(through / np.float32(1 + SCATTER))
    signal += np.float32(technique.sharpening) * (signal - wide_blur(signal, 3.5, spacing))
    return curve(signal, technique, float(visit.stream("exposure").normal(0, 0.06)))


def binomial(field: Field) -> Field:
    """A three-point blur along both axes: the sharpness of the detector."""
    field = field.copy()
    field[:, 1:-1] = 0.25 * (field[:, :-2] + field[:, 2:]) + 0.5 * field[:, 1:-1]
    field[1:-1] = 0.25 * (field[:-2] + field[2:]) + 0.5 * field[1:-1]
    return field


def wide_blur(field: Field, sigma: float, spacing: float) -> Field:
    """A Gaussian of sigma millimetres, computed on a grid of one millimetre."""
    image = Image.fromarray(field)
    small = np.asarray(image.reduce(round(1 / spacing)), dtype=np.float32)
    blurred = ndimage.gaussian_filter(small, sigma, mode="nearest")
    return np.asarray(Image.fromarray(blurred).resize(image.size, Image.Resampling.BILINEAR), dtype=np.float32)


def draw_grain(through: Field, technique: Technique, visit: SyntheticVisit, spacing: float) -> Field:
    noise = visit.stream("noise").standard_normal(through.shape, dtype=np.float32)
    noise[:, 1:] = 0.94 * noise[:, 1:] + 0.33 * noise[:, :-1]
    per_pixel = technique.grain * 0.1 / spacing
    return np.asarray(np.float32(per_pixel) * np.sqrt(through) * noise)


def curve(signal: Field, technique: Technique, shift: float) -> Field:
    spread = np.float32(technique.high - technique.low)
    steps = np.exp((np.float32(technique.middle + shift) - signal) * np.float32(technique.steepness))
    return np.asarray(np.float32(technique.low) + spread / (1 + steps))
