"""From the bytes of a checked film to stored values: exactly (Rows, Columns), nothing invented, nothing left over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from imaging.decoding.codestream import Shape, jpeg2000_shape, jpeg_shape, rle_segments
from imaging.decoding.header import DicomFilm, Header
from imaging.decoding.unreadable import Unreadable, shown

Grey = NDArray[np.integer]


@dataclass(frozen=True)
class Pixels:
    """One grey frame of stored values; the bits above BitsStored hold the sign and nothing else."""

    values: Grey
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    spare_bits_used: bool
    lossy: bool


def decode(film: DicomFilm) -> Pixels:
    """Decodes by the one decoder pinned to the transfer syntax."""
    raw = _native(film) if film.structure.native is not None else _compressed(film)
    header = film.header
    grey, photometric = _one_channel(raw, header)
    if grey.shape != (header.rows, header.columns):
        raise Unreadable("codestream", f"the picture is {grey.shape}; allowed: {(header.rows, header.columns)}")
    values, spare = _significant(grey, header)
    return Pixels(
        values, photometric, header.bits_allocated, header.bits_stored, header.signed, spare, film.syntax.lossy
    )


def _native(film: DicomFilm) -> Grey:
    assert film.structure.native is not None  # noqa: S101
    header, start = film.header, film.structure.native.start
    return _shaped(film.data[start : start + header.bytes_native], header)


def _shaped(native: bytes, header: Header) -> Grey:
    flat = np.frombuffer(native, dtype="<u2" if header.bits_allocated == 16 else "u1")
    if header.samples == 1:
        return flat.reshape(header.rows, header.columns)
    if header.planar:
        return flat.reshape(header.samples, header.rows, header.columns).transpose(1, 2, 0)
    return flat.reshape(header.rows, header.columns, header.samples)


def _compressed(film: DicomFilm) -> Grey:
    stream = b"".join(film.data[span.start : span.start + span.length] for span in film.structure.fragments)
    if film.syntax.decoder == "rle":
        return _run_lengths(stream, film.header)
    shape = jpeg2000_shape(stream) if film.syntax.decoder == "jpeg-2000" else jpeg_shape(stream)
    _check_shape(shape, film)
    return decoded_by(_DECODERS[film.syntax.decoder], stream)


_DECODERS: dict[str, Callable[[bytes], Grey]] = {
    "jpeg": imagecodecs.jpeg_decode,
    "jpeg-ls": imagecodecs.jpegls_decode,
    "jpeg-2000": imagecodecs.jpeg2k_decode,
}


def decoded_by(decoder: Callable[[bytes], Grey], stream: bytes) -> Grey:
    """The decoder's picture; whatever it raises means a damaged stream."""
    try:
        return np.asarray(decoder(stream))
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("codestream", f"the compressed pixel data is damaged ({type(error).__name__})") from error


def _check_shape(shape: Shape, film: DicomFilm) -> None:
    header = film.header
    if (shape.rows, shape.columns, shape.components) != (header.rows, header.columns, header.samples):
        raise Unreadable(
            "codestream",
            f"the compressed picture is {shape.rows} x {shape.columns} x {shape.components}; "
            f"the header says {header.rows} x {header.columns} x {header.samples}",
        )
    if film.syntax.processes and shape.process not in film.syntax.processes:
        raise Unreadable("codestream", f"the JPEG process is {shape.process:02X}, which is not {film.syntax.name}")
    if not header.bits_stored <= shape.bits <= header.bits_allocated:
        allowed = f"{header.bits_stored} to {header.bits_allocated}"
        raise Unreadable("codestream", f"the compressed picture has {shape.bits} bits; allowed: {allowed}")


def _run_lengths(stream: bytes, header: Header) -> Grey:
    """Byte planes, most significant first, sample after sample (PS3.5 annex G)."""
    depth, count = header.bits_allocated // 8, header.rows * header.columns
    planes = []
    for segment in rle_segments(stream, header.samples * depth):
        plane = decoded_by(lambda data: _unpacked(data, count), segment)
        if plane.size != count:
            raise Unreadable("codestream", f"a run-length segment holds {plane.size} bytes; allowed: {count}")
        planes.append(plane)
    if header.samples == 3:
        return np.stack(planes, axis=-1).reshape(header.rows, header.columns, 3)
    grey = planes[0] if depth == 1 else planes[0].astype(np.uint16) << 8 | planes[1]
    return grey.reshape(header.rows, header.columns)


def _unpacked(segment: bytes, count: int) -> Grey:
    # Room for one byte more than wanted, so that a longer segment is noticed.
    return np.frombuffer(imagecodecs.packbits_decode(segment, out=count + 1), dtype=np.uint8)


def _one_channel(raw: Grey, header: Header) -> tuple[Grey, str]:
    """The grey picture; a colour file is taken only when it is grey in truth."""
    if header.samples == 1:
        return raw, header.photometric
    stored_as_luma = header.photometric == "YBR_FULL" and raw.ndim == 3
    if stored_as_luma and (raw[..., 1:] == 128).all():
        return raw[..., 0], "MONOCHROME2"
    return grey_of(raw), "MONOCHROME2"


def grey_of(colour: Grey) -> Grey:
    """The common channel of a picture whose channels are equal."""
    if colour.ndim != 3 or colour.shape[2] != 3:
        raise Unreadable("photometric", f"the picture has the shape {shown(colour.ndim)}; allowed: grey")
    first = colour[..., 0]
    if not ((colour[..., 1] == first).all() and (colour[..., 2] == first).all()):
        raise Unreadable("colour", "the picture is in colour; a radiograph is grey")
    return np.ascontiguousarray(first)


def _significant(grey: Grey, header: Header) -> tuple[Grey, bool]:
    """Only BitsStored counts: overlays and text can hide in the bits above it."""
    mask = (1 << header.bits_stored) - 1
    unsigned = grey.astype(np.uint16 if header.bits_allocated == 16 else np.uint8, copy=False)
    clean = np.bitwise_and(unsigned, unsigned.dtype.type(mask))
    if not header.signed:
        return clean, bool((clean != unsigned).any())
    half = 1 << (header.bits_stored - 1)
    extended = ((clean.astype(np.int32) ^ half) - half).astype(np.int16 if header.bits_allocated == 16 else np.int8)
    return extended, bool((extended.view(unsigned.dtype) != unsigned).any())
