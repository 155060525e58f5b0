"""Small films for many subjects: a few are drawn, and each is made distinct by its own noise and its own headers."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import numpy as np

from rehearsal.anatomy import Side
from rehearsal.damage import Damage
from rehearsal.demo.drawing_films import DemoFilm, Order
from rehearsal.dicom import Variant, as_dx
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand
from rehearsal.texture import stream
from rehearsal.truth import Truth

VIEWS: tuple[tuple[Side, str], ...] = (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot"))
LIMBS = 3
SCALE = 0.2
STEP = 4
NOISE = 12


def small_film(subject: str, visit: str, day: date, side: Side, view: str) -> DemoFilm:
    """One film as a file of some 60 kB; its damage is none, since simulated readers know the truth without it."""
    rng = stream("small film", subject, visit, side, view)
    limb = limb_for(subject, side, view)
    noisy = limb.pixels.astype(np.int64) + rng.integers(0, NOISE, limb.pixels.shape)
    film = SyntheticFilm(np.minimum(noisy, 4095).astype(np.uint16), limb.spacing_mm, limb.sites)
    content = as_dx(
        film,
        patient_id=subject,
        patient_name=f"ZZ^CANARY {subject}",
        study_date=day,
        side=side,
        view="PA" if view == "hand" else "AP",
        body_part="HAND" if view == "hand" else "FOOT",
        variant=Variant(compressed=True),
    )
    return DemoFilm(Order(subject, 0, visit, 0, day, side, view, Truth({})), content, film.sites)


def limb_for(subject: str, side: str, view: str) -> SyntheticFilm:
    """The drawn limb from which all films of a subject's side are made."""
    return limb_of(int(stream("limb", subject).integers(LIMBS)), "L" if side == "L" else "R", view)


@lru_cache
def limb_of(number: int, side: Side, view: str) -> SyntheticFilm:
    """One of the few drawn limbs, reduced."""
    paint = draw_hand if view == "hand" else draw_foot
    drawn = paint(side, Damage(), number + 1, number + 1, scale=SCALE)
    places = {joint: (x / STEP, y / STEP) for joint, (x, y) in drawn.sites.items()}
    return SyntheticFilm(np.ascontiguousarray(drawn.pixels[::STEP, ::STEP]), drawn.spacing_mm * STEP, places)
