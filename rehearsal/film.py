"""A synthetic radiograph of a hand or foot with known damage and the known place of every scored joint.

The same arguments give the same pixels. Damage changes no random number: a film with one more erosion differs from the
film without it near that joint only, and beyond a narrowed joint by the distance the bones have moved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rehearsal import exposure, marker, regions
from rehearsal.anatomy import Point, Side
from rehearsal.damage import Damage
from rehearsal.drawing import draw_bones
from rehearsal.exposure import Technique
from rehearsal.flesh import soft_tissue
from rehearsal.raster import Field
from rehearsal.regions import Region
from rehearsal.skeleton import Skeleton, articulate, sites
from rehearsal.soft_tissue import enlarged
from rehearsal.subject import SyntheticSubject, SyntheticVisit


@dataclass(frozen=True)
class SyntheticFilm:
    """A film of 12-bit grey values, bone bright; `sites` in pixels (x, y) from the outer corner of the first pixel."""

    pixels: NDArray[np.uint16]
    spacing_mm: float
    sites: dict[str, Point]


@dataclass(frozen=True)
class Finish:
    """The finish of a film: colour of the unexposed border, and burned-in text."""

    black_border: bool = False
    burned_in: str = ""


PLAIN = Finish()


def draw_hand(
    side: Side, damage: Damage, subject_seed: int, visit_seed: int, scale: float = 0.1, finish: Finish = PLAIN
) -> SyntheticFilm:
    """A PA film of one hand; `scale` is the size of a pixel in millimetres, 0.1 or 0.2."""
    return draw(regions.HAND, exposure.HAND, side, damage, subject_seed, visit_seed, scale, finish)


def draw_foot(
    side: Side, damage: Damage, subject_seed: int, visit_seed: int, scale: float = 0.1, finish: Finish = PLAIN
) -> SyntheticFilm:
    """A dorsoplantar film of one foot."""
    return draw(regions.FOOT, exposure.FOOT, side, damage, subject_seed, visit_seed, scale, finish)


def draw(
    region: Region,
    technique: Technique,
    side: Side,
    damage: Damage,
    subject_seed: int,
    visit_seed: int,
    scale: float,
    finish: Finish,
) -> SyntheticFilm:
    if scale not in (0.1, 0.2):
        raise ValueError(f"The scale cannot be {scale}. Give 0.1 or 0.2.")
    visit = SyntheticVisit(SyntheticSubject(subject_seed, region.name, side), visit_seed)
    skeleton = articulate(region, damage, visit)
    absorption = absorption_of(skeleton, damage, visit.subject, scale)
    places = sites(skeleton, damage)
    if side != region.drawn:
        absorption = np.ascontiguousarray(absorption[:, ::-1])
        places = {code: (region.film[0] - x, y) for code, (x, y) in places.items()}
    grey = expose(absorption, region, technique, side, visit, scale, finish)
    pixels = np.round(np.clip(grey, 0, 1) * np.float32(exposure.WHITE)).astype(np.uint16)
    return SyntheticFilm(pixels, scale, {code: (x / scale, y / scale) for code, (x, y) in places.items()})


def absorption_of(skeleton: Skeleton, damage: Damage, subject: SyntheticSubject, scale: float) -> Field:
    width, height = skeleton.region.film
    shape = (round(height / scale), round(width / scale))
    bone = draw_bones(skeleton, damage, subject, scale)
    soft = enlarged(soft_tissue(skeleton, damage), shape)
    return exposure.absorbed(bone, soft)


def expose(
    absorption: Field,
    region: Region,
    technique: Technique,
    side: Side,
    visit: SyntheticVisit,
    scale: float,
    finish: Finish,
) -> Field:
    x, y = region.marker
    marker.add_marker(absorption, side, (x if side == region.drawn else region.film[0] - x, y), visit, scale)
    grey = exposure.expose(absorption, technique, visit, scale)
    marker.collimate(grey, visit, scale, black=finish.black_border)
    if finish.burned_in:
        marker.burn_in(grey, finish.burned_in, scale)
    return grey
