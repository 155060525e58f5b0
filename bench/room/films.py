"""The films of the measurement: drawn by the rehearsal, enlarged to 3520 x 4280, 12 bits, with the noise of a detector.

Imports no Django, so that films can be drawn in separate processes.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from multiprocessing import get_context

import numpy as np
from scipy import ndimage

from imaging.bitpacking import encode
from imaging.levels import NormalForm, StoredPixels, normalise, preview, quarter
from rehearsal.damage import Damage
from rehearsal.dicom import as_dx
from rehearsal.film import SyntheticFilm, draw_foot, draw_hand

ROWS, COLUMNS = 4280, 3520
TIMEPOINTS = 3
NOISE = 9.0
TOP = 4095


@dataclass(frozen=True)
class Packed:
    """A film as the product stores it, and as DICOM for the peer (left hands only)."""

    view: str
    form: NormalForm
    joints: dict[str, list[float]]
    bands: dict[str, list[bytes]]
    preview: bytes
    dicom: bytes


def draw_all() -> list[Packed]:
    """Three hands and three feet, two at a time."""
    orders = [(view, number) for view in ("hand", "foot") for number in range(TIMEPOINTS)]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        return list(pool.map(draw, orders))


def draw(order: tuple[str, int]) -> Packed:
    """One film, enlarged, in both forms."""
    view, number = order
    paint = draw_hand if view == "hand" else draw_foot
    film = enlarged(paint("L", Damage(), 7, number), number)
    form = normalise(StoredPixels(pixels=film.pixels, photometric="MONOCHROME2", bits_stored=12))
    joints = {code: [round(x, 1), round(y, 1)] for code, (x, y) in film.sites.items()}
    bands = {"small": encode(quarter(form.levels), 1), "full": encode(form.levels, 4)}
    return Packed(view, form, joints, bands, preview(form), as_file(film) if view == "hand" else b"")


def enlarged(film: SyntheticFilm, seed: int) -> SyntheticFilm:
    """The film at the size of a large detector, with noise in every pixel so that it packs like a real one."""
    rows, columns = film.pixels.shape
    scales = (ROWS / rows, COLUMNS / columns)
    smooth = ndimage.zoom(film.pixels.astype(np.float32), scales, order=1, grid_mode=True, mode="nearest")
    noise = np.random.default_rng(seed).normal(0, NOISE, smooth.shape)
    pixels = np.clip(smooth + noise, 0, TOP).astype(np.uint16)
    sites = {code: (x * scales[1], y * scales[0]) for code, (x, y) in film.sites.items()}
    return SyntheticFilm(pixels, film.spacing_mm / scales[0], sites)


def as_file(film: SyntheticFilm) -> bytes:
    """Uncompressed: the quickest form for a viewer that fetches whole DICOM files from the same machine."""
    return as_dx(
        film,
        patient_id="BENCH",
        patient_name="ZZ^BENCH",
        study_date=date(2025, 1, 6),
        side="L",
        view="PA",
        body_part="HAND",
    )
