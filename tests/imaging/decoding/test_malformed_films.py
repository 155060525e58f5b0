"""Every malformed input that pydicom alone would take, invent or choke on, with what happens to it here."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence

from imaging.decoding.kept_attributes import spacing_mm
from tests.imaging.decoding.reading import read, refused
from tests.studies.films import (
    BIG_ENDIAN,
    DEFLATED,
    DX,
    JPEG_2000_LOSSLESS,
    JPEG_LS,
    RLE,
    compressed,
    dx,
    encapsulated,
    file_of,
    picture,
    rle,
    stream_of,
)

FilmDamage = Callable[[bytes], bytes]
PIXELS = b"\xe0\x7f\x10\x00OW\x00\x00"


def with_element(content: bytes, keyword_bytes: bytes, new: bytes) -> bytes:
    """The file with the bytes of one element replaced."""
    assert content.count(keyword_bytes) == 1
    return content.replace(keyword_bytes, new)


def labelled(syntax: str) -> bytes:
    """Plain explicit little endian under the name of another transfer syntax."""
    ds = dx()
    content = file_of(ds)
    old, name = b"1.2.840.10008.1.2.1\x00", syntax.encode()
    at = content.index(old)
    padded = name + b"\x00" * (len(name) % 2)
    length = struct.pack("<H", len(padded))
    return content[: at - 2] + length + padded + content[at + len(old) :]


def pixels_of_length(length: int) -> bytes:
    """The length field of the pixel data changed."""
    content = file_of(dx())
    at = content.index(PIXELS) + len(PIXELS)
    return content[:at] + struct.pack("<L", length) + content[at + 4 :]


def nested(depth: int) -> bytes:
    ds = dx()
    inner = Dataset()
    for _ in range(depth):
        outer = Dataset()
        outer.RequestAttributesSequence = Sequence([inner])
        inner = outer
    ds.RequestAttributesSequence = Sequence([inner])
    return file_of(ds)


def nested_in_bytes(depth: int) -> bytes:
    """Sequences of undefined length inside each other, written by hand since writers recurse too."""
    content = file_of(dx())
    at = content.index(PIXELS)
    opening = b"\x40\x00\x75\x02SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    closing = b"\xfe\xff\x0d\xe0\x00\x00\x00\x00\xfe\xff\xdd\xe0\x00\x00\x00\x00"
    return content[:at] + opening * depth + closing * depth + content[at:]


def many_elements(count: int) -> bytes:
    content = file_of(dx())
    at = content.index(PIXELS)
    return content[:at] + b"\x09\x00\x10\x00LO\x02\x00AB" * count + content[at:]


def windowed(center: bytes, width: bytes) -> bytes:
    """Raw text in the window, which no writer would let through."""
    content = file_of(dx(WindowCenter="1111", WindowWidth="2222"))
    content = content.replace(b"\x28\x00\x50\x10DS\x04\x001111", b"\x28\x00\x50\x10DS\x04\x00" + center.ljust(4))
    return content.replace(b"\x28\x00\x51\x10DS\x04\x002222", b"\x28\x00\x51\x10DS\x04\x00" + width.ljust(4))


def rescaled(slope: bytes) -> bytes:
    content = file_of(dx(RescaleSlope="1111", RescaleIntercept="0"))
    return with_element(content, b"DS\x04\x001111", b"DS\x04\x00" + slope.ljust(4))


def offset_table(table: bytes) -> bytes:
    content = compressed(picture(), JPEG_LS)
    empty = b"\xff\xff\xff\xff\xfe\xff\x00\xe0\x00\x00\x00\x00"
    return with_element(content, empty, b"\xff\xff\xff\xff\xfe\xff\x00\xe0" + struct.pack("<L", len(table)) + table)


def fragment_length(length: int) -> bytes:
    content = compressed(picture(), JPEG_LS)
    at = content.index(b"\xfe\xff\x00\xe0\x00\x00\x00\x00") + 8
    return content[: at + 4] + struct.pack("<L", length) + content[at + 8 :]


def rle_segments(count: int) -> bytes:
    stream = rle(picture())
    return encapsulated(struct.pack("<L", count) + stream[4:], RLE, dx())


def without(keyword: str) -> bytes:
    ds = dx()
    delattr(ds, keyword)
    return file_of(ds)


def cut_stream(syntax: str) -> bytes:
    """A code stream that ends early inside a fragment that is whole."""
    stream = stream_of(picture(), syntax)
    return encapsulated(stream[: len(stream) * 2 // 3 // 2 * 2], syntax, dx())


def huge_jpeg2000() -> bytes:
    """A code stream that asks for 30,000 pixels a side under a small header."""
    stream = bytearray(stream_of(picture(), JPEG_2000_LOSSLESS))
    stream[8:16] = struct.pack(">LL", 30_000, 30_000)
    return encapsulated(bytes(stream), JPEG_2000_LOSSLESS, dx())


def no_transfer_syntax() -> bytes:
    content = file_of(dx())
    at = content.index(b"\x02\x00\x10\x00UI")
    length = struct.unpack_from("<H", content, at + 6)[0]
    return content[:at] + content[at + 8 + length :]


def trailing_frames() -> bytes:
    """Rows halved in the header: pydicom alone invents a second frame."""
    ds = dx(picture(192))
    ds.Rows //= 2
    return file_of(ds)


def big_rows() -> bytes:
    ds = dx()
    ds.Rows *= 2
    return file_of(ds)


WHOLE = file_of(dx())
REFUSED: dict[str, tuple[bytes, str]] = {
    "cut in the header": (WHOLE[:400], "bad-structure"),
    "only preamble and prefix": (WHOLE[:132], "bad-structure"),
    "cut in native pixels": (WHOLE[:-3000], "pixels-cut"),
    "cut in a fragment": (compressed(picture(), JPEG_LS)[:-2000], "pixels-cut"),
    "no end of the fragments": (compressed(picture(), JPEG_LS)[:-8], "pixels-cut"),
    "rows too big": (big_rows(), "pixel-length"),
    "rows too small": (trailing_frames(), "pixel-length"),
    "65535 x 65535": (file_of(dx(Rows=65535, Columns=65535)), "image-size"),
    "41 million pixels": (file_of(dx(Rows=8192, Columns=8192)), "image-size"),
    "two to the 31 frames": (file_of(dx(NumberOfFrames=2**31 - 1)), "frames"),
    "no rows": (file_of(dx(Rows=0)), "image-size"),
    "less than no frame": (file_of(dx(NumberOfFrames=-1)), "frames"),
    "two frames": (file_of(dx(NumberOfFrames=2)), "frames"),
    "12 bits allocated": (file_of(dx(BitsAllocated=12)), "bits"),
    "32 bits allocated": (file_of(dx(BitsAllocated=32)), "bits"),
    "more bits stored than allocated": (file_of(dx(BitsStored=17, HighBit=16)), "bits"),
    "high bit 15 with 12 bits stored": (file_of(dx(HighBit=15)), "bits"),
    "palette": (file_of(dx(PhotometricInterpretation="PALETTE COLOR")), "photometric"),
    "three samples of monochrome": (file_of(dx(SamplesPerPixel=3)), "photometric"),
    "no photometric interpretation": (without("PhotometricInterpretation"), "photometric"),
    "no rows attribute": (without("Rows"), "missing-attribute"),
    "no SOP class": (without("SOPClassUID"), "missing-attribute"),
    "no study": (without("StudyInstanceUID"), "missing-attribute"),
    "no pixel data": (WHOLE[: WHOLE.index(PIXELS)], "pixels-missing"),
    "no transfer syntax": (no_transfer_syntax(), "transfer-syntax"),
    "slope not a number": (rescaled(b"NaN"), "bad-attribute"),
    "slope infinite": (rescaled(b"inf"), "bad-attribute"),
    "slope nought": (rescaled(b"0"), "bad-attribute"),
    "labelled big endian": (labelled(BIG_ENDIAN), "transfer-syntax"),
    "labelled deflated": (labelled(DEFLATED), "transfer-syntax"),
    "labelled JPEG 2000": (labelled(JPEG_2000_LOSSLESS), "transfer-syntax"),
    "labelled MPEG": (labelled("1.2.840.10008.1.2.4.102"), "transfer-syntax"),
    "compressed, labelled native": (
        compressed(picture(), JPEG_LS).replace(JPEG_LS.encode(), b"1.2.840.10008.1.2.1\x00\x00\x00"),
        "transfer-syntax",
    ),
    "pixel length 0xFFFFFFF0": (pixels_of_length(0xFFFFFFF0), "pixels-cut"),
    "17 sequences deep": (nested(17), "bad-structure"),
    "5,000 sequences deep": (nested_in_bytes(5_000), "bad-structure"),
    "20,001 elements": (many_elements(20_001), "bad-structure"),
    "bad offset table": (offset_table(struct.pack("<L", 64)), "offset-table"),
    "offset table of two frames": (offset_table(struct.pack("<LL", 0, 100)), "offset-table"),
    "fragment of two to the 31": (fragment_length(2**31), "pixels-cut"),
    "no run-length segment": (rle_segments(0), "codestream"),
    "0xFFFFFFFF run-length segments": (rle_segments(0xFFFFFFFF), "codestream"),
    "JPEG 2000 of 30,000 a side": (huge_jpeg2000(), "codestream"),
    "stream cut, JPEG-LS": (cut_stream(JPEG_LS), "pixels-cut"),
    "stream cut, JPEG 2000": (cut_stream(JPEG_2000_LOSSLESS), "pixels-cut"),
    "no UID": (without("SOPInstanceUID"), "missing-attribute"),
    "for processing": (file_of(dx(SOPClassUID=DX + ".1")), "for-processing"),
    "a CT": (file_of(dx(SOPClassUID="1.2.840.10008.5.1.4.1.1.2")), "sop-class"),
    "a PDF in DICOM": (file_of(dx(SOPClassUID="1.2.840.10008.5.1.4.1.1.104.1")), "sop-class"),
    "a structured report": (file_of(dx(SOPClassUID="1.2.840.10008.5.1.4.1.1.88.11")), "sop-class"),
    "a presentation state": (file_of(dx(SOPClassUID="1.2.840.10008.5.1.4.1.1.11.1")), "sop-class"),
    "a directory": (file_of(dx(SOPClassUID="1.2.840.10008.1.3.10")), "sop-class"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_malformed_film_is_turned_away_with_its_reason(name: str, tmp_path: Path) -> None:
    content, code = REFUSED[name]
    refusal = refused(tmp_path, content)
    assert refusal.reason_code == code, refusal.text
    assert refusal.text


def test_a_uid_that_is_a_path_is_refused_and_not_quoted(tmp_path: Path) -> None:
    content = WHOLE.replace(b"1.2.826.0.1.3680043.8.498.1\x00", b"../../../etc/passwd-of-them\x00"[:28])
    refusal = refused(tmp_path, content)
    assert refusal.reason_code == "bad-attribute"
    assert "passwd" not in refusal.text


@pytest.mark.parametrize(
    ("center", "width"), [(b"NaN", b"2222"), (b"inf", b"22"), (b"1e40", b"1e40"), (b"1111", b"0"), (b"abcd", b"2222")]
)
def test_an_unusable_window_is_left_out_and_said(center: bytes, width: bytes, tmp_path: Path) -> None:
    loaded = read(tmp_path, windowed(center, width))
    assert (loaded.stored.window_center, loaded.stored.window_width) == (None, None)
    assert np.array_equal(loaded.pixels.values, picture())


@pytest.mark.parametrize("spacing", [[0, 0], [0.0001, 0.0001], [5, 5]])
def test_an_impossible_spacing_is_left_out(spacing: list[float], tmp_path: Path) -> None:
    loaded = read(tmp_path, file_of(dx(ImagerPixelSpacing=spacing)))
    assert loaded.film is not None
    assert spacing_mm(loaded.film.dataset) == []


def test_an_explicit_file_labelled_implicit_is_read_as_it_is(tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, labelled("1.2.840.10008.1.2")).pixels.values, picture())


def test_fifteen_sequences_are_not_too_deep(tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, nested(14)).pixels.values, picture())


def test_an_offset_table_of_one_frame_is_taken(tmp_path: Path) -> None:
    assert np.array_equal(read(tmp_path, offset_table(b"\x00\x00\x00\x00")).pixels.values, picture())


def test_fragments_are_joined(tmp_path: Path) -> None:
    ds, stream = dx(), stream_of(picture(), JPEG_LS)
    content = encapsulated(stream, JPEG_LS, ds)
    ds.PixelData = encapsulate([stream], fragments_per_frame=3, has_bot=False)
    assert len(file_of(ds)) > len(content)
    assert np.array_equal(read(tmp_path, file_of(ds)).pixels.values, picture())


def test_a_text_value_never_appears_in_a_reason(tmp_path: Path) -> None:
    refusal = refused(tmp_path, file_of(dx(PhotometricInterpretation="Smith John")))
    assert "Smith" not in refusal.text
