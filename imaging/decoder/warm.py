"""Loads every decoder once, by using it, so that a forked child starts at full speed."""

from __future__ import annotations

import io

import imagecodecs
import numpy as np
from PIL import Image

from imaging.decoder import operations
from imaging.decoding.burned_in import suspected_text
from imaging.levels import StoredPixels, normalise, preview


def warm() -> None:
    """Decodes a tiny picture with every codec, so that lazy imports happen now."""
    tile = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    imagecodecs.jpeg_decode(imagecodecs.jpeg_encode(tile, lossless=True, bitspersample=12))
    imagecodecs.jpegls_decode(imagecodecs.jpegls_encode(tile))
    imagecodecs.jpeg2k_decode(imagecodecs.jpeg2k_encode(tile, codecformat="j2k", reversible=True))
    imagecodecs.packbits_decode(b"\x00\x00", out=2)
    suspected_text(tile)
    preview(normalise(StoredPixels(tile, "MONOCHROME2", 16)))
    for form in ("JPEG", "PNG", "TIFF"):
        out = io.BytesIO()
        Image.fromarray((tile >> 8).astype(np.uint8)).save(out, form)
        Image.open(io.BytesIO(out.getvalue()), formats=(form,)).load()
    assert operations.OPERATIONS  # noqa: S101
