"""A film whose fault leaves all kept values readable is read, and the fault is shown at the desk."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from pydicom.dataset import Dataset

from imaging.decoding.codestream import whole_stream
from tests.imaging.decoding.reading import findings, read, refused
from tests.studies.films import (
    HTJ2K,
    JPEG_2000_LOSSLESS,
    JPEG_LOSSLESS,
    JPEG_LS,
    compressed,
    dx,
    encapsulated,
    file_of,
    picture,
    stream_of,
)

PIXELS = b"\xe0\x7f\x10\x00OW\x00\x00"
ROWS = b"\x28\x00\x10\x00US\x02\x00"
WHOLE = file_of(dx())


def with_bytes(before: bytes, added: bytes, content: bytes = WHOLE) -> bytes:
    """The file with more bytes in front of an element."""
    assert content.count(before) == 1
    return content.replace(before, added + before)


def private(vr_and_length: bytes, value: bytes = b"ABCD") -> bytes:
    return b"\x19\x00\x01\x10" + vr_and_length + value


def implicit(group: int, number: int, value: bytes) -> bytes:
    return struct.pack("<HHL", group, number, len(value)) + value


def sequence_of_implicit_items(length: int = 0xFFFFFFFF) -> bytes:
    item = b"\xfe\xff\x00\xe0" + struct.pack("<L", 12) + implicit(0x0008, 0x0100, b"ABCD")
    end = b"\xfe\xff\xdd\xe0\x00\x00\x00\x00" if length == 0xFFFFFFFF else b""
    return b"\x19\x00\x02\x10SQ\x00\x00" + struct.pack("<L", length if end else len(item)) + item + end


def native(extra: bytes) -> bytes:
    """More bytes inside the pixel data than the picture has."""
    at = WHOLE.index(PIXELS) + len(PIXELS)
    length = struct.unpack_from("<L", WHOLE, at)[0]
    return WHOLE[:at] + struct.pack("<L", length + len(extra)) + WHOLE[at + 4 :] + extra


def padded_stream(syntax: str, padding: bytes) -> bytes:
    stream = stream_of(picture(), syntax)
    return encapsulated(stream + padding, syntax, dx())


TAKEN = {
    "two bytes beyond the pixels": (native(b"\x00\x01"), "padding"),
    "a block of FF beyond the pixels": (native(b"\xff" * 4096), "padding"),
    "a newline after the last element": (WHOLE + b"\n", "trailing-bytes"),
    "text after the last element": (WHOLE + b"written by the archive\r\n", "trailing-bytes"),
    "a lower element after the pixels": (WHOLE + ROWS + b"\x10\x00", "trailing-bytes"),
    "FF behind a JPEG 2000 stream": (padded_stream(JPEG_2000_LOSSLESS, b"\xff" * 6), "padding"),
    "FF behind a JPEG-LS stream": (padded_stream(JPEG_LS, b"\xff" * 6), "padding"),
    "FF behind a JPEG lossless stream": (padded_stream(JPEG_LOSSLESS, b"\xff" * 6), "padding"),
    "FF behind an HTJ2K stream": (padded_stream(HTJ2K, b"\xff" * 6), "padding"),
    "many zeros behind a stream": (padded_stream(JPEG_LS, b"\x00" * 512), "padding"),
    "implicit items": (with_bytes(ROWS, sequence_of_implicit_items()), "mixed-syntax"),
    "implicit items, known length": (with_bytes(ROWS, sequence_of_implicit_items(0)), "mixed-syntax"),
    "an implicit private element": (with_bytes(ROWS, implicit(0x19, 0x10, b"ACME")), "element-left-out"),
    "two implicit private elements": (
        with_bytes(ROWS, implicit(0x19, 0x10, b"ACME") + implicit(0x19, 0x1001, b"A" * 70_000)),
        "element-left-out",
    ),
    "a blank representation": (with_bytes(ROWS, private(b"  \x04\x00")), "element-left-out"),
    "a representation of nought": (with_bytes(ROWS, private(b"\x00\x00\x04\x00")), "element-left-out"),
    "an unknown representation": (with_bytes(ROWS, private(b"ZZ\x04\x00")), "element-left-out"),
    "an implicit public element": (
        with_bytes(ROWS, implicit(0x28, 0x0008, b"1 ")),  # NumberOfFrames
        "element-mended",
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_picture_is_whole_and_the_fault_is_said(name: str, tmp_path: Path) -> None:
    content, code = TAKEN[name]
    loaded = read(tmp_path, content)
    assert np.array_equal(loaded.pixels.values, picture())
    assert loaded.film is not None
    assert loaded.film.dataset.ImageLaterality == "L"
    assert code in findings(tmp_path, content)


def test_what_is_left_out_is_counted_in_words(tmp_path: Path) -> None:
    assert "followed by 1 byte that is not" in findings(tmp_path, WHOLE + b"\n")["trailing-bytes"]
    assert "followed by 2 bytes of padding, which are" in findings(tmp_path, native(b"\x00\x01"))["padding"]
    assert "followed by 1 byte of padding, which is" in whole_stream(b"\xff\xd9\xff")[1][0]["text"]


def test_a_public_value_written_implicitly_counts(tmp_path: Path) -> None:
    refusal = refused(tmp_path, with_bytes(ROWS, implicit(0x28, 0x0008, b"2 ")))
    assert refusal.reason_code == "frames"


def test_a_plain_film_and_the_pad_byte_of_the_standard_raise_nothing(tmp_path: Path) -> None:
    assert findings(tmp_path, WHOLE) == {}
    assert findings(tmp_path, compressed(picture(), JPEG_LS)) == {}


def test_a_broken_sequence_of_known_length_is_left_out_and_said(tmp_path: Path) -> None:
    broken = b"\x19\x00\x02\x10SQ\x00\x00\x0c\x00\x00\x00" + b"not an item!"
    content = with_bytes(ROWS, broken)
    assert np.array_equal(read(tmp_path, content).pixels.values, picture())
    assert "element-left-out" in findings(tmp_path, content)


def test_a_row_more_of_picture_than_the_header_says_is_still_refused(tmp_path: Path) -> None:
    row = bytes(range(144))
    assert refused(tmp_path, native(row)).reason_code == "pixel-length"


def test_pixel_data_twice_is_still_refused(tmp_path: Path) -> None:
    assert refused(tmp_path, WHOLE + PIXELS + b"\x02\x00\x00\x00ab").reason_code == "bad-structure"


def test_nothing_that_was_left_out_reaches_the_blind_copy(tmp_path: Path) -> None:
    content = with_bytes(ROWS, private(b"  \x0a\x00", b"SECRETNAME")) + b"SECRETTAIL"
    findings(tmp_path, content)
    written = (tmp_path / "out" / "blind.dcm").read_bytes()
    assert b"SECRET" not in written


def nested_code() -> bytes:
    ds = dx(ImageLaterality="R")
    inner = Dataset()
    inner.CodeValue, inner.CodingSchemeDesignator, inner.CodeMeaning = "85562004", "SCT", "Hand"
    ds.AnatomicRegionSequence = [inner]
    return file_of(ds)


def test_a_sequence_that_is_kept_is_read_with_its_items(tmp_path: Path) -> None:
    loaded = read(tmp_path, nested_code())
    assert loaded.film is not None
    assert loaded.film.dataset.AnatomicRegionSequence[0].CodeValue == "85562004"
