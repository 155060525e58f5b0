"""Verifies that every element is inside the DICOM file before any parser reads it; counts them, finds the pixels."""

from __future__ import annotations

import struct
from collections import defaultdict
from dataclasses import dataclass, field

from config.wording import counted
from imaging.decoding.encoding import (
    LONG,
    SHORT,
    UNDEFINED,
    ByteSpan,
    Element,
    Patch,
    Structure,
    explicit_header,
    known_vr,
    name_of,
)
from imaging.decoding.findings import Finding, finding
from imaging.decoding.limits import Limits
from imaging.decoding.transfer_syntaxes import syntax_of
from imaging.decoding.unreadable import Unreadable

ITEM, ITEM_END, SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD
PIXEL_DATA = 0x7FE00010
TRANSFER_SYNTAX = 0x00020010
MOST_NAMED = 5
FAULTS = {
    "element-left-out": "Elements that are not written as the transfer syntax requires are left out",
    "element-mended": "Elements written without their value representation are read by the dictionary",
    "mixed-syntax": "Sequences are written partly in implicit form and read as far as they are needed",
}


class StructureRefused(Unreadable):
    """The whole file is refused, even where the faulty part could be left out."""

    def __init__(self, text: str) -> None:
        super().__init__("bad-structure", text)


@dataclass
class Walk:
    data: bytes
    limits: Limits
    end: int = 0
    elements: int = 0
    odd: bool = False
    patches: list[Patch] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    said: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    native: ByteSpan | None = None
    fragments: tuple[ByteSpan, ...] | None = None

    def header(self, at: int, end: int, explicit: bool) -> Element:
        """The element that begins at `at`; it must end by `end`."""
        self.elements += 1
        if self.elements > self.limits.elements:
            raise StructureRefused(f"The file has more than {self.limits.elements:,} elements.")
        if end - at < 8:
            raise cut()
        group, number = struct.unpack_from("<HH", self.data, at)
        tag = group << 16 | number
        element = self._explicit(tag, at, end) if explicit and group != 0xFFFE else self._implicit(tag, at)
        if element.length != UNDEFINED and element.length > end - element.value:
            name, left = name_of(tag), max(end - element.value, 0)
            code = "pixels-cut" if tag == PIXEL_DATA else "bad-structure"
            raise Unreadable(code, f"Element {name} declares {element.length:,} bytes but only {left:,} are left.")
        return element

    def _explicit(self, tag: int, at: int, end: int) -> Element:
        vr = self.data[at + 4 : at + 6]
        if vr in SHORT:
            return Element(tag, vr, struct.unpack_from("<H", self.data, at + 6)[0], at + 8, True)
        if vr not in LONG:
            return self._odd(tag, at, end)
        if end - at < 12:
            raise cut()
        # A sequence whose representation the writer did not know is implicit inside (PS3.5 6.2.2 note 2).
        return Element(tag, vr, struct.unpack_from("<L", self.data, at + 8)[0], at + 12, vr != b"UN")

    def _implicit(self, tag: int, at: int) -> Element:
        return Element(tag, known_vr(tag), struct.unpack_from("<L", self.data, at + 4)[0], at + 8, False)

    def _odd(self, tag: int, at: int, end: int) -> Element:
        """An element without a known representation among explicit ones: implicit, or with a blank representation.

        Its length is chosen so that the next element begins after it.
        """
        self.odd = True
        implicit = self._implicit(tag, at)
        if implicit.length == UNDEFINED:
            return Element(tag, b"SQ", UNDEFINED, at + 8, False)
        short = Element(tag, known_vr(tag), struct.unpack_from("<H", self.data, at + 6)[0], at + 8, True)
        for sure in (True, False):
            for element in (implicit, short):
                if self._next_begins(element.value + element.length, end, tag, sure):
                    return element
        raise Unreadable("bad-structure", f"Element {name_of(tag)} has an unknown value representation.")

    def _next_begins(self, at: int, end: int, after: int, sure: bool) -> bool:
        """Whether an element of a higher tag begins there; `sure` requires a known representation as well."""
        if at == end:
            return True
        if end - at < 8:
            return False
        group, number = struct.unpack_from("<HH", self.data, at)
        known = self.data[at + 4 : at + 6] in LONG | SHORT or group == 0xFFFE
        return (group << 16 | number) > after and (known or not sure)

    def dataset(self, at: int, end: int, explicit: bool, depth: int, delimited: bool) -> int:
        """Walks elements up to `end`, or up to an item delimiter; returns where it stopped."""
        if depth > self.limits.depth:
            raise StructureRefused(f"Sequences are nested more than {self.limits.depth} deep.")
        while at < end:
            element = self.header(at, end, explicit)
            if element.tag == ITEM_END and delimited:
                return element.value
            at = self._value(element, end, depth)
        if delimited:
            raise cut()
        return at

    def top(self, at: int, explicit: bool) -> None:
        """Walks the data set of the file; unreadable bytes after the pixels are left out."""
        self.end = len(self.data)
        while at < self.end:
            if not any(self.data[at : at + 8]) and not any(self.data[at:]):
                self.end = at  # padding of zeros to a block length, as some archives write it
                return
            try:
                at = self._top_element(at, explicit)
            except StructureRefused:
                raise
            except Unreadable:
                if not self._has_pixels:
                    raise
                rest = counted(self.end - at, "byte that is", "bytes that are")
                text = f"The last element is followed by {rest} not part of any element and not kept."
                self.findings.append(finding("trailing-bytes", text))
                self.end = at

    @property
    def _has_pixels(self) -> bool:
        return self.native is not None or self.fragments is not None

    def _top_element(self, at: int, explicit: bool) -> int:
        self.odd, had_pixels = False, self._has_pixels
        element = self.header(at, self.end, explicit)
        if had_pixels and element.tag == PIXEL_DATA:
            raise StructureRefused("The file has pixel data twice.")
        if had_pixels and element.tag < PIXEL_DATA:
            raise Unreadable("bad-structure", f"Element {name_of(element.tag)} follows the pixel data.")
        rewritten = self.odd and not is_private(element.tag) and element.vr != b"UN"
        self.odd = self.odd and not rewritten
        stop = self._top_value(element)
        if self.odd:
            self.patches.append(Patch(at, stop, b""))
            self.said["element-left-out"].append(element.tag)
        elif rewritten:
            self.patches.append(Patch(at, stop, explicit_header(element) + self.data[element.value : stop]))
            self.said["element-mended"].append(element.tag)
        return stop

    def _top_value(self, element: Element) -> int:
        """Where the element ends; a sequence that cannot be walked is skipped when its length is known."""
        try:
            return self._value(element, self.end, 0)
        except StructureRefused:
            raise
        except Unreadable:
            if element.vr != b"SQ" or element.length == UNDEFINED:
                raise
            self.odd = True
            return element.value + element.length

    def _value(self, element: Element, end: int, depth: int) -> int:
        if element.tag == PIXEL_DATA and depth == 0:
            return self._pixels(element, end)
        if element.length == UNDEFINED:
            return self._sequence(element, end, depth, delimited=True)
        stop = element.value + element.length
        if element.vr == b"SQ":
            self._sequence(element, stop, depth, delimited=False)
        return stop

    def _sequence(self, element: Element, end: int, depth: int, delimited: bool) -> int:
        at = element.value
        while at < end:
            item = self.header(at, end, explicit=False)
            if item.tag == SEQUENCE_END and delimited:
                return item.value
            if item.tag != ITEM:
                raise Unreadable("bad-structure", f"Sequence {name_of(element.tag)} has a part that is not an item.")
            open_ended = item.length == UNDEFINED
            stop = end if open_ended else item.value + item.length
            at = self.dataset(item.value, stop, self._item_explicit(element, item), depth + 1, open_ended)
        if delimited:
            raise cut()
        return at

    def _item_explicit(self, element: Element, item: Element) -> bool:
        """Some writers leave the items of an explicit sequence implicit; parsers decide it item by item as well."""
        if not element.following_explicit or not item.length:
            return element.following_explicit
        group = self.data[item.value : item.value + 2]
        explicit = group == b"\xfe\xff" or self.data[item.value + 4 : item.value + 6] in LONG | SHORT
        if not explicit:
            self.said["mixed-syntax"].append(element.tag)
        return explicit

    def _pixels(self, element: Element, end: int) -> int:
        if element.length != UNDEFINED:
            self.native = ByteSpan(element.value, element.length)
            return element.value + element.length
        spans: list[ByteSpan] = []
        at = element.value
        while at < end:
            try:
                item = self.header(at, end, explicit=False)
            except Unreadable as error:
                raise Unreadable("pixels-cut", "A fragment of the pixel data is longer than the file.") from error
            if item.tag == SEQUENCE_END:
                self.fragments = self._without_offset_table(spans)
                return item.value
            if item.tag != ITEM or item.length == UNDEFINED:
                raise Unreadable("bad-structure", "The pixel data has a part that is not a fragment.")
            spans.append(ByteSpan(item.value, item.length))
            at = item.value + item.length
        raise Unreadable("pixels-cut", "The pixel data has no end. The file is cut short.")

    def _without_offset_table(self, spans: list[ByteSpan]) -> tuple[ByteSpan, ...]:
        if len(spans) < 2:
            raise Unreadable("pixels-missing", "The pixel data is empty.")
        table = spans[0]
        offsets = self.data[table.start : table.start + table.length]
        # One frame: the table is empty, or its entry is the first fragment.
        if offsets not in (b"", b"\x00\x00\x00\x00"):
            raise Unreadable("offset-table", "The offset table of the pixel data does not match one frame.")
        return tuple(spans[1:])


def survey(data: bytes, limits: Limits) -> Structure:
    """The structure of a DICOM file, or Unreadable with the first thing that is wrong with it."""
    start, transfer_syntax = file_meta(data, limits)
    if start >= 132 or transfer_syntax:
        syntax_of(transfer_syntax)  # big-endian and deflated bytes cannot be walked
    walk = Walk(data, limits)
    walk.top(start, is_explicit(data, start))
    return Structure(
        transfer_syntax,
        start,
        walk.elements,
        walk.native,
        walk.fragments or (),
        walk.end,
        tuple(walk.patches),
        (*walk.findings, *(about_elements(code, tags) for code, tags in walk.said.items())),
    )


def about_elements(code: str, tags: list[int]) -> Finding:
    """One finding for all elements with the same fault."""
    names = [name_of(tag) for tag in dict.fromkeys(tags)]
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return finding(code, f"{FAULTS[code]}: {', '.join(names[:MOST_NAMED])}{more}.")


def file_meta(data: bytes, limits: Limits) -> tuple[int, str]:
    """Where the data set begins, and the transfer syntax the file declares (empty without file meta)."""
    at = 132 if data[128:132] == b"DICM" else 0
    walk, found = Walk(data, limits), ""
    if at and len(data) == at:
        raise cut()
    while data[at : at + 2] == b"\x02\x00":
        element = walk.header(at, len(data), explicit=True)
        if element.length == UNDEFINED:
            raise Unreadable("bad-structure", "The file meta information has a sequence. None is allowed there.")
        at = element.value + element.length
        if element.tag == TRANSFER_SYNTAX:
            found = data[element.value : at].rstrip(b"\x00 ").decode("ascii", "replace")
    return at, found


def is_explicit(data: bytes, at: int) -> bool:
    """Determined by the first element, as other readers do: some files name the wrong transfer syntax."""
    return data[at + 4 : at + 6] in LONG | SHORT


def cut() -> Unreadable:
    return Unreadable("bad-structure", "The file ends within an element. It is cut short.")


def is_private(tag: int) -> bool:
    return bool(tag >> 16 & 1)
