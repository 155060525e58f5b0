"""The number of picture bits in each stored pixel, where header, compressed stream and pixels disagree.

No bits are removed without a finding: a value beyond BitsStored would wrap around and look like another grey.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.decoding.codestream import StreamShape
from imaging.decoding.findings import Finding, finding
from imaging.decoding.header import Header

Grey = NDArray[np.integer]


@dataclass(frozen=True)
class Depth:
    """The values, the bits they use, and whether content in the bits above them was removed."""

    values: Grey
    bits: int
    signed: bool
    spare_bits_used: bool
    findings: tuple[Finding, ...]


def significant(grey: Grey, header: Header, stream: StreamShape | None) -> Depth:
    """The picture in its actual number of bits. Overlays and text can hide in the bits above BitsStored."""
    unsigned: Grey = grey.astype(np.dtype("u2" if header.bits_allocated == 16 else "u1"), copy=False)
    signed, found = find_sign(grey, header, stream)
    bits = header.bits_stored
    if stream is not None and stream.bits < bits:
        text = (
            f"The compressed pixels have {stream.bits} bits, but the header says {bits}. {stream.bits} bits are used."
        )
        found, bits = [*found, finding("stream-depth", text)], stream.bits
    if not signed and int(unsigned.max()) >> bits == 0:
        return Depth(unsigned, bits, signed, False, tuple(found))
    narrow = extended(unsigned, bits, signed)
    if not are_spare_bits_used(unsigned, narrow, bits, signed):
        return Depth(narrow, bits, signed, False, tuple(found))
    needed = max(bits_needed(unsigned, signed), stream.bits if stream else 0)
    wide = extended(unsigned, needed, signed)
    if roughness(wide) < roughness(narrow):
        text = f"The pixels need {needed} bits, but the header says {bits}. All of them are shown. Check the image."
        return Depth(wide, needed, signed, False, (*found, finding("pixels-wider", text)))
    text = f"Bits above the {bits} of the image are in use, perhaps by an overlay or text. They are removed."
    return Depth(narrow, bits, signed, True, (*found, finding("spare-bits", text)))


def find_sign(grey: Grey, header: Header, stream: StreamShape | None) -> tuple[bool, list[Finding]]:
    """Negative values from a decoder are correct: the sign is part of a JPEG 2000 stream."""
    if header.signed or stream is None or not stream.signed or int(grey.min()) >= 0:
        return header.signed, []
    text = "The compressed pixels are signed, but the header says unsigned. They are read as signed. Check the image."
    return True, [finding("sign-differs", text)]


def extended(unsigned: Grey, bits: int, signed: bool) -> Grey:
    """The lower bits alone; the highest of them is the sign."""
    clean = np.bitwise_and(unsigned, unsigned.dtype.type((1 << bits) - 1))
    if not signed:
        return clean
    half = 1 << (bits - 1)
    return ((clean.astype(np.int32) ^ half) - half).astype(np.int16 if unsigned.dtype.itemsize == 2 else np.int8)


def are_spare_bits_used(unsigned: Grey, narrow: Grey, bits: int, signed: bool) -> bool:
    """Empty bits above the picture are valid, and so are copies of its sign."""
    clean = np.bitwise_and(unsigned, unsigned.dtype.type((1 << bits) - 1))
    used = clean != unsigned
    if signed:
        used &= narrow.view(unsigned.dtype) != unsigned
    return bool(used.any())


def bits_needed(unsigned: Grey, signed: bool) -> int:
    if not signed:
        return int(unsigned.max()).bit_length()
    values = unsigned.view(np.int16 if unsigned.dtype.itemsize == 2 else np.int8)
    return 1 + max(int(values.max()).bit_length(), (~int(values.min())).bit_length() if values.min() < 0 else 0)


def roughness(values: Grey) -> int:
    """The steps between neighbours: values that wrap around and drawings in high bits make larger steps than bone."""
    wide = values.astype(np.int32)
    return int(np.abs(np.diff(wide, axis=0)).sum(dtype=np.int64) + np.abs(np.diff(wide, axis=1)).sum(dtype=np.int64))
