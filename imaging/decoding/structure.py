"""A walk over the bytes of a DICOM file before any parser is trusted with them.

It proves that every element lies inside the file, counts elements and depth, and finds the pixel data exactly.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from pydicom.datadict import dictionary_VR

from imaging.decoding.limits import Limits
from imaging.decoding.transfer_syntaxes import syntax_of
from imaging.decoding.unreadable import Unreadable

_LONG = frozenset({b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"})
_SHORT_WORDS = "AE,AS,AT,CS,DA,DS,DT,FL,FD,IS,LO,LT,PN,SH,SL,SS,ST,TM,UI,UL,US"
_SHORT = frozenset(_SHORT_WORDS.encode().split(b","))
_UNDEFINED = 0xFFFFFFFF
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
_PIXEL_DATA = 0x7FE00010
_TRANSFER_SYNTAX = 0x00020010


@dataclass(frozen=True)
class Span:
    """Where bytes lie in the file."""

    start: int
    length: int


@dataclass(frozen=True)
class Structure:
    """What the walk found: native pixels as one span, encapsulated ones as the fragments after their offset table."""

    transfer_syntax: str
    start: int
    elements: int
    native: Span | None
    fragments: tuple[Span, ...]


@dataclass(frozen=True)
class _Element:
    tag: int
    vr: bytes
    length: int
    value: int
    following_explicit: bool


@dataclass
class _Walk:
    data: bytes
    limits: Limits
    elements: int = 0
    native: Span | None = None
    fragments: tuple[Span, ...] | None = None

    def header(self, at: int, end: int, explicit: bool) -> _Element:
        """The element that begins at `at`; it must lie before `end`."""
        self.elements += 1
        if self.elements > self.limits.elements:
            raise Unreadable("bad-structure", f"the file has more than {self.limits.elements} elements")
        if end - at < 8:
            raise _cut()
        group, number = struct.unpack_from("<HH", self.data, at)
        tag = group << 16 | number
        element = self._explicit(tag, at, end) if explicit and group != 0xFFFE else self._implicit(tag, at)
        if element.length != _UNDEFINED and element.length > end - element.value:
            name, left = _name(tag), max(end - element.value, 0)
            code = "pixels-cut" if tag == _PIXEL_DATA else "bad-structure"
            raise Unreadable(code, f"element {name} declares {element.length} bytes; {left} are left: the file is cut")
        return element

    def _explicit(self, tag: int, at: int, end: int) -> _Element:
        vr = self.data[at + 4 : at + 6]
        if vr in _SHORT:
            return _Element(tag, vr, struct.unpack_from("<H", self.data, at + 6)[0], at + 8, True)
        if vr not in _LONG:
            raise Unreadable("bad-structure", f"element {_name(tag)} has an unknown value representation")
        if end - at < 12:
            raise _cut()
        # A sequence whose representation the writer did not know is implicit inside (PS3.5 6.2.2 note 2).
        return _Element(tag, vr, struct.unpack_from("<L", self.data, at + 8)[0], at + 12, vr != b"UN")

    def _implicit(self, tag: int, at: int) -> _Element:
        return _Element(tag, _known_vr(tag), struct.unpack_from("<L", self.data, at + 4)[0], at + 8, False)

    def dataset(self, at: int, end: int, explicit: bool, depth: int, delimited: bool) -> int:
        """Walks elements up to `end`, or up to an item delimiter; answers where it stopped."""
        if depth > self.limits.depth:
            raise Unreadable("bad-structure", f"sequences are nested deeper than {self.limits.depth}")
        while at < end:
            if depth == 0 and not any(self.data[at : at + 8]) and not any(self.data[at:end]):
                return end  # padding of zeros to a block length, as some archives write it
            element = self.header(at, end, explicit)
            if element.tag == _ITEM_END and delimited:
                return element.value
            at = self._value(element, end, depth)
        if delimited:
            raise _cut()
        return at

    def _value(self, element: _Element, end: int, depth: int) -> int:
        if element.tag == _PIXEL_DATA and depth == 0:
            return self._pixels(element, end)
        if element.length == _UNDEFINED:
            return self._sequence(element, end, depth, delimited=True)
        stop = element.value + element.length
        if element.vr == b"SQ":
            self._sequence(element, stop, depth, delimited=False)
        return stop

    def _sequence(self, element: _Element, end: int, depth: int, delimited: bool) -> int:
        at = element.value
        while at < end:
            item = self.header(at, end, explicit=False)
            if item.tag == _SEQUENCE_END and delimited:
                return item.value
            if item.tag != _ITEM:
                raise Unreadable("bad-structure", f"sequence {_name(element.tag)} holds something that is no item")
            open_ended = item.length == _UNDEFINED
            stop = end if open_ended else item.value + item.length
            at = self.dataset(item.value, stop, element.following_explicit, depth + 1, open_ended)
        if delimited:
            raise _cut()
        return at

    def _pixels(self, element: _Element, end: int) -> int:
        if self.native is not None or self.fragments is not None:
            raise Unreadable("bad-structure", "the file has pixel data twice")
        if element.length != _UNDEFINED:
            self.native = Span(element.value, element.length)
            return element.value + element.length
        spans: list[Span] = []
        at = element.value
        while at < end:
            try:
                item = self.header(at, end, explicit=False)
            except Unreadable as error:
                raise Unreadable("pixels-cut", "a fragment of the pixel data is longer than the file") from error
            if item.tag == _SEQUENCE_END:
                self.fragments = self._without_offset_table(spans)
                return item.value
            if item.tag != _ITEM or item.length == _UNDEFINED:
                raise Unreadable("bad-structure", "the pixel data holds something that is no fragment")
            spans.append(Span(item.value, item.length))
            at = item.value + item.length
        raise Unreadable("pixels-cut", "the pixel data has no end: the file is cut")

    def _without_offset_table(self, spans: list[Span]) -> tuple[Span, ...]:
        if len(spans) < 2:
            raise Unreadable("pixels-missing", "the pixel data is empty")
        table = spans[0]
        offsets = self.data[table.start : table.start + table.length]
        # One frame: the table is empty or says that the frame begins at the first fragment.
        if offsets not in (b"", b"\x00\x00\x00\x00"):
            raise Unreadable("offset-table", "the offset table of the pixel data does not fit one frame")
        return tuple(spans[1:])


def survey(data: bytes, limits: Limits) -> Structure:
    """The structure of a DICOM file, or Unreadable with the first thing that is wrong with it."""
    start, transfer_syntax = _file_meta(data, limits)
    if start >= 132 or transfer_syntax:
        syntax_of(transfer_syntax)  # big-endian and deflated bytes cannot be walked
    walk = _Walk(data, limits)
    walk.dataset(start, len(data), _is_explicit(data, start), 0, delimited=False)
    return Structure(transfer_syntax, start, walk.elements, walk.native, walk.fragments or ())


def _file_meta(data: bytes, limits: Limits) -> tuple[int, str]:
    """Where the data set begins, and the transfer syntax the file declares (empty without file meta)."""
    at = 132 if data[128:132] == b"DICM" else 0
    walk, found = _Walk(data, limits), ""
    if at and len(data) == at:
        raise _cut()
    while data[at : at + 2] == b"\x02\x00":
        element = walk.header(at, len(data), explicit=True)
        if element.length == _UNDEFINED:
            raise Unreadable("bad-structure", "the file meta information holds a sequence")
        at = element.value + element.length
        if element.tag == _TRANSFER_SYNTAX:
            found = data[element.value : at].rstrip(b"\x00 ").decode("ascii", "replace")
    return at, found


def _is_explicit(data: bytes, at: int) -> bool:
    """By the first element, as every reader decides it: some files name the wrong transfer syntax."""
    return data[at + 4 : at + 6] in _LONG | _SHORT


def _known_vr(tag: int) -> bytes:
    try:
        return dictionary_VR(tag).encode()
    except KeyError:
        return b"UN"


def _cut() -> Unreadable:
    return Unreadable("bad-structure", "the file ends in the middle of an element: it is cut")


def _name(tag: int) -> str:
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"
