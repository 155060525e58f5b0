"""No grey wraps round: where header, stream and pixels disagree about the bits, the whole value is shown and said."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest

from imaging.decoding.limits import DEFAULT
from imaging.decoding.load import load, pixel_digest
from tests.imaging.decoding.reading import findings, read
from tests.studies.films import (
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    RLE,
    Grey,
    dx,
    encapsulated,
    file_of,
    picture,
    stream_of,
)

WIDE = picture(bits=14)


def film(pixels: Grey, bits: int, syntax: str = "", stream_bits: int = 0) -> bytes:
    """Pixels under a header that says `bits`; compressed by a stream that says `stream_bits`."""
    ds = dx(pixels, bits=bits)
    return encapsulated(stream_of(pixels, syntax, stream_bits), syntax, ds) if syntax else file_of(ds)


@pytest.mark.parametrize("syntax", ["", JPEG_2000_LOSSLESS, JPEG_LOSSLESS_SV1, JPEG_LS, RLE])
def test_pixels_wider_than_the_header_says_keep_every_grey(syntax: str, tmp_path: Path) -> None:
    content = film(WIDE, 12, syntax, 14)
    loaded = read(tmp_path, content)
    assert np.array_equal(loaded.pixels.values, WIDE)
    assert loaded.pixels.bits_stored >= 14
    assert "pixels-wider" in findings(tmp_path, content)


def test_signed_pixels_wider_than_the_header_says_keep_every_grey(tmp_path: Path) -> None:
    pixels = (WIDE.astype(np.int32) - 8192).astype(np.int16)
    content = film(pixels, 12)
    assert np.array_equal(read(tmp_path, content).pixels.values, pixels)
    assert "pixels-wider" in findings(tmp_path, content)


def overlaid(pixels: Grey, bit: int) -> Grey:
    """An old overlay: letters in a bit above the picture."""
    drawn = pixels.copy()
    drawn[10:30:2, 8:60] |= np.uint16(1 << bit)
    return drawn


@pytest.mark.parametrize("bit", [12, 15])
def test_a_drawing_above_the_picture_is_removed_and_said(bit: int, tmp_path: Path) -> None:
    pixels = picture()
    content = film(overlaid(pixels, bit), 12)
    assert np.array_equal(read(tmp_path, content).pixels.values, pixels)
    assert "spare-bits" in findings(tmp_path, content)


@pytest.mark.parametrize("syntax", [JPEG_2000_LOSSLESS, JPEG_LOSSLESS_SV1])
def test_a_stream_of_fewer_bits_than_the_header_says_is_taken_by_its_own_and_said(syntax: str, tmp_path: Path) -> None:
    content = film(WIDE, 16, syntax, 14)
    loaded = read(tmp_path, content)
    assert np.array_equal(loaded.pixels.values, WIDE)
    assert loaded.pixels.bits_stored == 14
    assert "14 bits" in findings(tmp_path, content)["stream-depth"]


def test_a_stream_with_room_to_spare_is_no_finding(tmp_path: Path) -> None:
    assert findings(tmp_path, film(picture(), 12, JPEG_2000_LOSSLESS, 16)) == {}


@pytest.mark.parametrize("above", [0, 0xF000])
def test_the_sign_may_be_copied_into_the_spare_bits_or_not(above: int, tmp_path: Path) -> None:
    pixels = (picture().astype(np.int32) - 2048).astype(np.int16)
    stored = (pixels.view(np.uint16) & np.uint16(0x0FFF)) | np.where(pixels < 0, above, 0).astype(np.uint16)
    content = film(stored.view(np.int16), 12)
    assert np.array_equal(read(tmp_path, content).pixels.values, pixels)
    assert not {"spare-bits", "pixels-wider"} & set(findings(tmp_path, content))


def test_a_signed_stream_under_an_unsigned_header_keeps_its_sign_and_is_said(tmp_path: Path) -> None:
    pixels = (picture(bits=16).astype(np.int32) - 32768).astype(np.int16)
    stream = bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True))
    content = encapsulated(stream, JPEG_2000_LOSSLESS, dx(picture(bits=16), bits=16))
    assert np.array_equal(read(tmp_path, content).pixels.values, pixels)
    assert "sign-differs" in findings(tmp_path, content)


def test_the_blind_copy_of_a_wide_film_has_the_digest_that_was_approved(tmp_path: Path) -> None:
    content = film(WIDE, 12)
    findings(tmp_path, content)
    blind = load(tmp_path / "out" / "blind.dcm", DEFAULT)
    assert pixel_digest(blind.pixels) == pixel_digest(read(tmp_path, content).pixels)


@pytest.mark.parametrize("bits", [12, 16])
def test_the_same_pixels_have_one_digest_in_every_writing(bits: int, tmp_path: Path) -> None:
    pixels = picture(bits=bits)
    writings = [
        file_of(dx(pixels, bits=bits)),
        file_of(dx(pixels, bits=bits), implicit=True),
        file_of(dx(pixels, bits=bits), implicit=True, meta=False),
        file_of(dx(pixels, bits=bits), meta=False),
        *(film(pixels, bits, syntax, bits) for syntax in (RLE, JPEG_LS, JPEG_2000_LOSSLESS)),
    ]
    assert len({pixel_digest(read(tmp_path, content).pixels) for content in writings}) == 1
