"""The picture of a film as bands: whole for the desk, masked and cropped for readers; always from stored pixels."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from imaging.bitpacking import band_edges, encode
from imaging.levels import Levels, NormalForm, StoredPixels, halve, preview
from imaging.masks import Rectangle, cover

FULL_BANDS = 4


def masked(stored: StoredPixels, masks: tuple[Rectangle, ...]) -> StoredPixels:
    """The masked picture; masked before any look-up table, so that no window reveals the text."""
    pixels = cover(stored.pixels, masks, bits_stored=stored.bits_stored, signed=stored.signed)
    return dataclasses.replace(stored, pixels=pixels)


def cut(stored: StoredPixels, box: Rectangle) -> StoredPixels:
    """One side of a film that shows both."""
    x, y, width, height = box
    return dataclasses.replace(stored, pixels=np.ascontiguousarray(stored.pixels[y : y + height, x : x + width]))


def inverted(stored: StoredPixels) -> StoredPixels:
    """The inverted picture: black and white exchanged, after every table and window."""
    other = "MONOCHROME2" if stored.photometric == "MONOCHROME1" else "MONOCHROME1"
    return dataclasses.replace(stored, photometric=other)


def write_picture(folder: Path, form: NormalForm, spacing_mm: list[float]) -> dict[str, Any]:
    """Writes small/0, full/0 to full/3, preview.jpg and meta.json; returns the content of meta.json."""
    half = halve(form.levels)
    small, shown = halve(half), preview(form, half)
    rows, columns = form.levels.shape
    meta: dict[str, Any] = {
        "rows": rows,
        "columns": columns,
        "spacing_mm": spacing_mm,
        "window_center": form.window_center,
        "window_width": form.window_width,
        "digest": digest_of(form.levels),
        "preview": hashlib.sha256(shown).hexdigest(),
        "bands": {"small": bands(folder, "small", small, 1), "full": bands(folder, "full", form.levels, FULL_BANDS)},
        "band_rows": {"small": heights(small.shape[0], 1), "full": heights(rows, FULL_BANDS)},
    }
    (folder / "preview.jpg").write_bytes(shown)
    (folder / "meta.json").write_text(json.dumps(meta, sort_keys=True), encoding="ascii")
    return meta


def digest_of(levels: Levels) -> str:
    """SHA-256 of the size and the levels, row by row, little-endian."""
    rows, columns = levels.shape
    found = hashlib.sha256(f"{rows}x{columns}:".encode())
    found.update(np.ascontiguousarray(levels, dtype="<u2").data.cast("B"))
    return found.hexdigest()


def bands(folder: Path, level: str, levels: Levels, count: int) -> list[str]:
    (folder / level).mkdir(parents=True)
    digests = []
    for number, band in enumerate(encode(levels, count)):
        (folder / level / str(number)).write_bytes(band)
        digests.append(hashlib.sha256(band).hexdigest())
    return digests


def heights(rows: int, count: int) -> list[int]:
    edges = band_edges(rows, count)
    return [bottom - top for top, bottom in zip(edges, edges[1:], strict=False)]
