"""Decodes a checked film to stored values: exactly (Rows, Columns), nothing added, nothing left over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import imagecodecs
import numpy as np
from numpy.typing import NDArray

from imaging.decoding.chroma import chroma_of_rgb, is_chroma_noise, is_grey_luma
from imaging.decoding.codestream import StreamShape, jpeg2000_shape, jpeg_shape, rle_segments, whole_stream
from imaging.decoding.depth import significant
from imaging.decoding.findings import Finding
from imaging.decoding.header import DicomFilm, Header, text
from imaging.decoding.unreadable import Unreadable

Grey = NDArray[np.integer]


@dataclass(frozen=True)
class Pixels:
    """One grey frame of stored values; the bits above `bits_stored` hold the sign and nothing else."""

    values: Grey
    photometric: str
    bits_allocated: int
    bits_stored: int
    signed: bool
    spare_bits_used: bool
    lossy: bool
    findings: tuple[Finding, ...] = ()

    @property
    def stored_range(self) -> tuple[int, int]:
        """The smallest and the largest value that the bits can represent."""
        least = -(1 << (self.bits_stored - 1)) if self.signed else 0
        return least, least + (1 << self.bits_stored) - 1


def decode(film: DicomFilm) -> Pixels:
    """Decodes with the decoder assigned to the transfer syntax."""
    header = film.header
    raw, shape, found = (native_pixels(film), None, []) if film.structure.native is not None else compressed(film)
    grey, photometric = one_channel(raw, film)
    if grey.shape != (header.rows, header.columns):
        shape_found = " x ".join(map(str, grey.shape))
        raise Unreadable(
            "codestream", f"The image is {shape_found}, but the header says {header.rows} x {header.columns}."
        )
    depth = significant(grey, header, shape)
    return Pixels(
        depth.values,
        photometric,
        header.bits_allocated,
        depth.bits,
        depth.signed,
        depth.spare_bits_used,
        film.syntax.lossy,
        (*found, *depth.findings),
    )


def native_pixels(film: DicomFilm) -> Grey:
    assert film.structure.native is not None  # noqa: S101
    header, start = film.header, film.structure.native.start
    return shaped(film.data[start : start + header.bytes_native], header)


def shaped(native: bytes, header: Header) -> Grey:
    flat = np.frombuffer(native, dtype="<u2" if header.bits_allocated == 16 else "u1")
    if header.samples == 1:
        return flat.reshape(header.rows, header.columns)
    if header.planar:
        return flat.reshape(header.samples, header.rows, header.columns).transpose(1, 2, 0)
    return flat.reshape(header.rows, header.columns, header.samples)


def compressed(film: DicomFilm) -> tuple[Grey, StreamShape | None, list[Finding]]:
    joined = b"".join(film.data[span.start : span.start + span.length] for span in film.structure.fragments)
    if film.syntax.decoder == "rle":
        return run_lengths(joined, film.header), None, []
    stream, found = whole_stream(joined)
    shape = jpeg2000_shape(stream) if film.syntax.decoder == "jpeg-2000" else jpeg_shape(stream)
    check_shape(shape, film)
    return decoded_by(DECODERS[film.syntax.decoder], stream), shape, found


DECODERS: dict[str, Callable[[bytes], Grey]] = {
    "jpeg": imagecodecs.jpeg_decode,
    "jpeg-ls": imagecodecs.jpegls_decode,
    "jpeg-2000": imagecodecs.jpeg2k_decode,
}


def decoded_by(decoder: Callable[[bytes], Grey], stream: bytes) -> Grey:
    """The decoder's picture; any exception means a damaged stream."""
    try:
        return np.asarray(decoder(stream))
    except MemoryError:
        raise
    except Exception as error:
        raise Unreadable("codestream", f"The compressed pixel data is damaged ({type(error).__name__}).") from error


def check_shape(shape: StreamShape, film: DicomFilm) -> None:
    header = film.header
    if (shape.rows, shape.columns, shape.components) != (header.rows, header.columns, header.samples):
        raise Unreadable(
            "codestream",
            f"The compressed image is {shape.rows} x {shape.columns} x {shape.components}, "
            f"but the header says {header.rows} x {header.columns} x {header.samples}.",
        )
    if film.syntax.processes and shape.process not in film.syntax.processes:
        process = f"The JPEG process is {shape.process:02X}"
        raise Unreadable("codestream", f"{process}, which does not belong to {film.syntax.name}.")
    if shape.bits > header.bits_allocated:
        allowed = f"At most {header.bits_allocated} are allowed."
        raise Unreadable("codestream", f"The compressed image has {shape.bits} bits. {allowed}")


def run_lengths(stream: bytes, header: Header) -> Grey:
    """Byte planes, most significant first, sample after sample (PS3.5 annex G)."""
    depth, count = header.bits_allocated // 8, header.rows * header.columns
    planes = []
    for segment in rle_segments(stream, header.samples * depth):
        plane = decoded_by(lambda data: unpacked(data, count), segment)
        if plane.size != count:
            raise Unreadable("codestream", f"A run-length segment has {plane.size:,} bytes. It must have {count:,}.")
        planes.append(plane)
    if header.samples == 3:
        return np.stack(planes, axis=-1).reshape(header.rows, header.columns, 3)
    grey = planes[0] if depth == 1 else planes[0].astype(np.uint16) << 8 | planes[1]
    return grey.reshape(header.rows, header.columns)


def unpacked(segment: bytes, count: int) -> Grey:
    # Space for one byte more than expected, so that a longer segment is noticed.
    return np.frombuffer(imagecodecs.packbits_decode(segment, out=count + 1), dtype=np.uint8)


def one_channel(raw: Grey, film: DicomFilm) -> tuple[Grey, str]:
    """The grey picture; a colour file is accepted only when its picture is in fact grey."""
    header = film.header
    if header.samples == 1:
        return raw, header.photometric
    lossy = film.syntax.lossy or text(film.dataset, "LossyImageCompression") == "01"
    stored_as_luma = header.photometric == "YBR_FULL" and raw.ndim == 3
    if stored_as_luma and is_grey_luma(raw, lossy=lossy):
        return np.ascontiguousarray(raw[..., 0]), "MONOCHROME2"
    return grey_of(raw, lossy=lossy), "MONOCHROME2"


def grey_of(colour: Grey, *, lossy: bool) -> Grey:
    """The grey values of a picture whose channels are equal or, after lossy compression, differ only by noise."""
    if colour.ndim != 3 or colour.shape[2] != 3:
        raise Unreadable("photometric", f"The image has {colour.ndim} dimensions. Send a grey image.")
    if np.array_equal(colour[..., 0], colour[..., 1]) and np.array_equal(colour[..., 0], colour[..., 2]):
        return np.ascontiguousarray(colour[..., 0])
    if not lossy or not is_chroma_noise(colour, chroma_of_rgb):
        raise Unreadable("colour", "The image is in colour. A radiograph is grey.")
    mixed: Grey = np.floor(colour @ np.array([0.299, 0.587, 0.114]) + 0.5).astype(colour.dtype)
    return mixed
