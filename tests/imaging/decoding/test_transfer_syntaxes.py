"""Every transfer syntax that is taken gives the exact stored values, whatever their depth, sign and polarity."""

from __future__ import annotations

from pathlib import Path

import imagecodecs
import numpy as np
import pytest
from pydicom.pixels.decoders.base import get_decoder
from pydicom.tag import Tag

from imaging.decoding.load import pixel_digest
from tests.imaging.decoding.reading import read, refused
from tests.studies.films import (
    CR,
    HTJ2K,
    JPEG_2000,
    JPEG_2000_LOSSLESS,
    JPEG_BASELINE,
    JPEG_EXTENDED,
    JPEG_LOSSLESS,
    JPEG_LOSSLESS_SV1,
    JPEG_LS,
    JPEG_LS_NEAR,
    RLE,
    SECONDARY_CAPTURE,
    compressed,
    dx,
    encapsulated,
    file_of,
    picture,
    stream_of,
)

LOSSLESS = [RLE, JPEG_LOSSLESS, JPEG_LOSSLESS_SV1, JPEG_LS, JPEG_2000_LOSSLESS, JPEG_2000, HTJ2K]


@pytest.mark.parametrize("syntax", LOSSLESS)
@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_lossless_syntaxes_are_exact(syntax: str, bits: int, tmp_path: Path) -> None:
    pixels = picture(97, 73, bits)
    loaded = read(tmp_path, compressed(pixels, syntax, bits=bits))
    assert np.array_equal(loaded.pixels.values, pixels)
    assert loaded.pixels.values.dtype == pixels.dtype


@pytest.mark.parametrize(("syntax", "bits"), [(JPEG_BASELINE, 8), (JPEG_EXTENDED, 12), (JPEG_LS_NEAR, 12)])
def test_lossy_syntaxes_are_read_and_known_as_lossy(syntax: str, bits: int, tmp_path: Path) -> None:
    pixels = picture(bits=bits)
    loaded = read(tmp_path, compressed(pixels, syntax, bits=bits))
    assert np.abs(loaded.pixels.values.astype(int) - pixels).max() < 40
    assert loaded.pixels.lossy


@pytest.mark.parametrize(
    ("syntax", "plugin"),
    [(RLE, "pydicom"), (JPEG_LS, "pyjpegls"), (JPEG_2000_LOSSLESS, "pylibjpeg"), (HTJ2K, "pylibjpeg")],
)
def test_a_second_decoder_reads_the_same_values(syntax: str, plugin: str, tmp_path: Path) -> None:
    loaded = read(tmp_path, compressed(picture(), syntax))
    assert loaded.film is not None
    other = get_decoder(syntax).as_array(loaded.film.dataset, decoding_plugin=plugin, raw=True)[0]
    assert np.array_equal(loaded.pixels.values, other)


def test_two_libraries_agree_on_jpeg_lossless() -> None:
    stream = stream_of(picture(), JPEG_LOSSLESS)
    assert np.array_equal(imagecodecs.jpeg_decode(stream), imagecodecs.ljpeg_decode(stream))
    assert np.array_equal(imagecodecs.jpeg_decode(stream), imagecodecs.jpegsof3_decode(stream))


@pytest.mark.parametrize("bits", [9, 12, 16])
def test_signed_values_keep_their_sign(bits: int, tmp_path: Path) -> None:
    pixels = (picture(bits=bits).astype(np.int32) - (1 << (bits - 1))).astype(np.int16)
    assert np.array_equal(read(tmp_path, file_of(dx(pixels, bits=bits))).pixels.values, pixels)


def test_signed_jpeg_2000_keeps_its_sign(tmp_path: Path) -> None:
    pixels = (picture().astype(np.int32) - 2048).astype(np.int16)
    stream = bytes(imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True))
    content = encapsulated(stream, JPEG_2000_LOSSLESS, dx(pixels))
    assert np.array_equal(read(tmp_path, content).pixels.values, pixels)


def test_bits_above_the_stored_ones_are_not_part_of_the_picture(tmp_path: Path) -> None:
    pixels = picture()
    spare = pixels | np.uint16(0x9000)
    clean, dirty = read(tmp_path, file_of(dx(pixels))).pixels, read(tmp_path, file_of(dx(spare))).pixels
    assert np.array_equal(dirty.values, pixels)
    assert (clean.spare_bits_used, dirty.spare_bits_used) == (False, True)
    assert pixel_digest(clean) == pixel_digest(dirty)


@pytest.mark.parametrize("syntax", [JPEG_LS, RLE, JPEG_2000_LOSSLESS])
def test_the_same_picture_has_the_same_digest_in_every_packing(syntax: str, tmp_path: Path) -> None:
    native = pixel_digest(read(tmp_path, file_of(dx())).pixels)
    assert pixel_digest(read(tmp_path, compressed(picture(), syntax)).pixels) == native


def test_implicit_vr_and_a_file_without_preamble_are_read(tmp_path: Path) -> None:
    for content in (file_of(dx(), implicit=True), file_of(dx(), implicit=True, meta=False), file_of(dx(), meta=False)):
        assert np.array_equal(read(tmp_path, content).pixels.values, picture())


def test_odd_numbers_of_bytes_are_padded(tmp_path: Path) -> None:
    pixels = picture(97, 73, bits=8)
    assert np.array_equal(
        read(tmp_path, file_of(dx(pixels, bits=8, Modality="CR", SOPClassUID=CR))).pixels.values, pixels
    )


@pytest.mark.parametrize("planar", [0, 1])
def test_grey_stored_as_rgb_becomes_grey(planar: int, tmp_path: Path) -> None:
    pixels = picture(bits=8)
    colour = np.stack([pixels] * 3, axis=0 if planar else -1)
    ds = dx(pixels, bits=8, SOPClassUID=SECONDARY_CAPTURE, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    ds.PlanarConfiguration = planar
    ds.add_new(Tag("PixelData"), "OW", colour.tobytes())
    assert np.array_equal(read(tmp_path, file_of(ds)).pixels.values, pixels)


def test_a_colour_picture_is_held(tmp_path: Path) -> None:
    colour = np.stack([picture(bits=8), picture(bits=8, seed=2), picture(bits=8)], axis=-1)
    ds = dx(picture(bits=8), bits=8, SamplesPerPixel=3, PhotometricInterpretation="RGB")
    ds.PlanarConfiguration = 0
    ds.add_new(Tag("PixelData"), "OW", colour.tobytes())
    refusal = refused(tmp_path, file_of(ds))
    assert (refusal.reason_code, refusal.outcome) == ("colour", "held")


def test_a_jpeg_stored_as_ybr_is_grey_when_it_is_grey(tmp_path: Path) -> None:
    pixels = picture(bits=8)
    stream = bytes(imagecodecs.jpeg_encode(np.stack([pixels] * 3, axis=-1), level=95))
    ds = dx(pixels, bits=8, SamplesPerPixel=3, PhotometricInterpretation="YBR_FULL_422")
    ds.PlanarConfiguration = 0
    assert read(tmp_path, encapsulated(stream, JPEG_BASELINE, ds)).pixels.values.shape == pixels.shape
