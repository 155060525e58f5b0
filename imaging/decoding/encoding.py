"""How the elements of a DICOM file are encoded, and where they are in the file."""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pydicom.datadict import dictionary_VR

from imaging.decoding.findings import Finding

LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
SHORT = frozenset(b"AE,AS,AT,CS,DA,DS,DT,FL,FD,IS,LO,LT,PN,SH,SL,SS,ST,TM,UI,UL,US".split(b","))
UNDEFINED = 0xFFFFFFFF


@dataclass(frozen=True)
class Element:
    """An element's header: `value` is where its value begins; items of a sequence follow explicitly or not."""

    tag: int
    vr: bytes
    length: int
    value: int
    following_explicit: bool


@dataclass(frozen=True)
class Patch:
    """Bytes of the file that must be rewritten for the parser."""

    start: int
    stop: int
    replacement: bytes


@dataclass(frozen=True)
class ByteSpan:
    """A position in the file."""

    start: int
    length: int


@dataclass(frozen=True)
class Structure:
    """The pixels that the walk found: native ones as one span, encapsulated as fragments after the offset table."""

    transfer_syntax: str
    start: int
    elements: int
    native: ByteSpan | None
    fragments: tuple[ByteSpan, ...]
    end: int
    patches: tuple[Patch, ...]
    findings: tuple[Finding, ...]

    def parsable(self, data: bytes) -> bytes:
        """The bytes for a parser: odd elements rewritten or left out, and nothing after the last one."""
        parts, at = [], 0
        for patch in self.patches:
            parts.append(data[at : patch.start])
            parts.append(patch.replacement)
            at = patch.stop
        return b"".join([*parts, data[at : self.end]]) if self.patches or self.end < len(data) else data


def known_vr(tag: int) -> bytes:
    """The dictionary's value representation; the first of several, UN for an unknown tag."""
    try:
        return dictionary_VR(tag)[:2].encode()
    except KeyError:
        return b"UN"


def explicit_header(element: Element) -> bytes:
    """The element's header in explicit little endian."""
    opening = struct.pack("<HH", element.tag >> 16, element.tag & 0xFFFF) + element.vr
    if element.vr in SHORT and element.length <= 0xFFFF:
        return opening + struct.pack("<H", element.length)
    return opening + b"\x00\x00" + struct.pack("<L", element.length)


def name_of(tag: int) -> str:
    """The tag as people write it."""
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
