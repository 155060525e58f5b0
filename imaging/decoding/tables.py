"""Look-up tables of a header: descriptor and data only, checked against each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.allow_list import TABLES_MOST
from imaging.decoding import kept_attributes
from imaging.decoding.findings import Finding, finding
from imaging.decoding.header import numbers, text
from imaging.decoding.pixels import Pixels
from imaging.decoding.unreadable import Unreadable
from imaging.levels import Lut

# A 16-bit table of 12-bit grey values shows a picture at a sixteenth of its brightness.
FEWER_BITS_TEXT = (
    "The VOI look-up table declares {declared} bits per entry, but its values need {real}. "
    "The image is shown with the range that the table uses. Check its brightness."
)
MORE_BITS_TEXT = (
    "A look-up table declares {declared} bits per entry, but its values need {real}. "
    "All of its values are used. Check the image."
)
Range = tuple[float, float]


@dataclass(frozen=True)
class Tables:
    """The modality and VOI tables in order, and what is unusual about them."""

    modality: list[Lut]
    voi: list[Lut]
    findings: list[Finding]


def lookup_tables(dataset: Dataset, pixels: Pixels) -> Tables:
    """Every table of the header; an invalid one makes the film unreadable, since it changes pixels."""
    found: list[Finding] = []
    stored = pixels.stored_range
    modality = [table(item, "ModalityLUTSequence", stored, found) for item in items_of(dataset, "ModalityLUTSequence")]
    inputs = modality_range(dataset, stored, modality)
    voi = [table(item, "VOILUTSequence", inputs, found) for item in items_of(dataset, "VOILUTSequence")]
    return Tables(modality, voi, found)


def modality_range(dataset: Dataset, stored: Range, modality: list[Lut]) -> Range:
    """The possible output of the modality step: the input of the VOI table."""
    if modality:
        return 0, (1 << modality[0].bits) - 1
    slope = (kept_attributes.kept_numbers(dataset, "RescaleSlope") or [1.0])[0]
    intercept = (kept_attributes.kept_numbers(dataset, "RescaleIntercept") or [0.0])[0]
    ends = [slope * value + intercept for value in stored]
    return min(ends), max(ends)


def items_of(dataset: Dataset, keyword: str) -> list[Dataset]:
    try:
        items = list(dataset.get(keyword) or [])
    except Exception as error:
        raise Unreadable("bad-attribute", f"{keyword} cannot be read.") from error
    if len(items) > TABLES_MOST:
        raise Unreadable("bad-attribute", f"{keyword} has {len(items)} tables. At most {TABLES_MOST} are allowed.")
    return items


def table(item: Dataset, keyword: str, inputs: Range, found: list[Finding]) -> Lut:
    descriptor = [int(value) for value in numbers(item, "LUTDescriptor")]
    if len(descriptor) != 3:
        raise Unreadable("bad-attribute", f"LUTDescriptor in {keyword} is not three numbers.")
    count, bits = (descriptor[0] & 0xFFFF) or 65536, descriptor[2]
    values = entries(item)
    if values.size * 2 == count and bits <= 8:
        values = values.astype("<u2").view(np.uint8)  # two entries per word, as the standard once allowed
    if values.size != count or not 1 <= bits <= 16:
        raise Unreadable(
            "bad-attribute",
            f"{keyword} has {values.size} entries of {bits} bits. It must have {count} entries of 1 to 16 bits.",
        )
    real = real_bits(int(values.max()), bits)
    if real > bits or (real < bits and keyword == "VOILUTSequence"):
        words = MORE_BITS_TEXT if real > bits else FEWER_BITS_TEXT
        found.append(finding("table-bits", words.format(declared=bits, real=real)))
        bits = real
    return Lut(first_mapped(descriptor[1], count, inputs), values.astype(np.uint16), bits)


def first_mapped(written: int, count: int, inputs: Range) -> int:
    """The first mapped value: signed where the input may be negative (PS3.3 C.11.1.1.1, C.11.2.1.1).

    Writers confuse the two representations of the same 16 bits, so the other one is used if only it fits the input.
    """
    unsigned = written & 0xFFFF
    signed = unsigned - 65536 if unsigned > 32767 else unsigned
    low, high = inputs
    choices = (signed, unsigned) if low < 0 else (unsigned, signed)
    return next((first for first in choices if first <= high and first + count > low), choices[0])


def real_bits(largest: int, declared: int) -> int:
    """The bits that the entries use, where the descriptor is certainly wrong.

    Fewer only when the largest entry fills them exactly, or when not even a quarter of the declared range is used.
    """
    used = max(largest.bit_length(), 1)
    sure = largest > 1 and (largest == (1 << used) - 1 or used <= declared - 2)
    return used if used > declared or sure else declared


def entries(item: Dataset) -> NDArray[np.integer]:
    try:
        data: Any = item.LUTData
        if isinstance(data, bytes):
            return np.frombuffer(data[: len(data) // 2 * 2], dtype="<u2")
        many = [data] if isinstance(data, int) else list(data)
        return np.array(many, dtype=np.int64).astype(np.uint16)
    except Exception as error:
        raise Unreadable("bad-attribute", "LUTData is missing or damaged.") from error


def table_kind(dataset: Dataset) -> str:
    """The unit of the modality table's output, according to its first item."""
    items = dataset.get("ModalityLUTSequence") or [Dataset()]
    return text(items[0], "ModalityLUTType")
