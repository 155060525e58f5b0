"""The properties that a compressed image declares, read before any decoder allocates memory for it."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from config.wording import counted
from imaging.decoding.findings import Finding, finding
from imaging.decoding.unreadable import Unreadable

END = b"\xff\xd9"
STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
FRAMES = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class StreamShape:
    """Size, depth and number of components; `process` is the start-of-frame marker of a JPEG."""

    rows: int
    columns: int
    bits: int
    components: int
    process: int = 0
    signed: bool = False


def jpeg_shape(stream: bytes) -> StreamShape:
    """The frame header of a JPEG or JPEG-LS stream."""
    at = 2
    while stream[:2] == b"\xff\xd8" and at + 4 <= len(stream) and stream[at] == 0xFF:
        marker = stream[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in STANDALONE:
            at += 2
        elif marker in FRAMES:
            return frame(stream, at, marker)
        else:
            at += 2 + struct.unpack_from(">H", stream, at + 2)[0]
    raise Unreadable("codestream", "The compressed pixel data is not a JPEG.")


def frame(stream: bytes, at: int, marker: int) -> StreamShape:
    if at + 10 > len(stream):
        raise Unreadable("codestream", "The compressed pixel data is cut short.")
    bits, rows, columns, components = struct.unpack_from(">BHHB", stream, at + 4)
    return StreamShape(rows, columns, bits, components, marker)


def jpeg2000_shape(stream: bytes) -> StreamShape:
    """The image and tile size marker of a JPEG 2000 code stream (never a JP2 file)."""
    if not stream.startswith(b"\xff\x4f\xff\x51") or len(stream) < 43:
        raise Unreadable("codestream", "The compressed pixel data is not a JPEG 2000 code stream.")
    right, bottom, left, top = struct.unpack_from(">4L", stream, 8)
    components, depth = struct.unpack_from(">HB", stream, 40)
    return StreamShape(bottom - top, right - left, (depth & 0x7F) + 1, components, signed=bool(depth & 0x80))


def whole_stream(stream: bytes) -> tuple[bytes, list[Finding]]:
    """The stream up to its end marker: decoders fill the missing part of a truncated one without an error.

    Some writers add padding of 00 or FF after the marker; the standard requires one 00, to an even length.
    """
    end = len(stream.rstrip(b"\x00\xff"))
    if stream[end - 2 : end] != END:
        raise Unreadable("pixels-cut", "The compressed pixel data has no end marker. It is cut short.")
    if stream[end:] in (b"", b"\x00"):
        return stream[:end], []
    padding = counted(len(stream) - end, "byte of padding, which is", "bytes of padding, which are")
    text = f"The compressed pixels are followed by {padding} left out."
    return stream[:end], [finding("padding", text)]


def rle_segments(stream: bytes, expected: int) -> list[bytes]:
    """The byte planes of an RLE frame, most significant first."""
    if len(stream) < 64:
        raise Unreadable("pixels-cut", "The header of the run-length data is cut short.")
    count, *offsets = struct.unpack_from("<16L", stream)
    if count != expected:
        raise Unreadable("codestream", f"The run-length data has {count} segments. It must have {expected}.")
    edges = [*offsets[:count], len(stream)]
    if edges[0] != 64 or any(a >= b for a, b in zip(edges, edges[1:], strict=False)):
        raise Unreadable("codestream", "The run-length segments are not inside the pixel data.")
    return [stream[a:b] for a, b in zip(edges, edges[1:], strict=False)]
