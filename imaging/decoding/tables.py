"""Look-up tables of a header: descriptor and data only, checked against each other."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.allow_list import TABLES_MOST
from imaging.decoding.header import numbers, text
from imaging.decoding.unreadable import Unreadable
from imaging.levels import Lut


def lookup_tables(dataset: Dataset, keyword: str) -> list[Lut]:
    """The tables of a modality or VOI LUT sequence; a broken one makes the film unreadable, since it shapes pixels."""
    try:
        items = list(dataset.get(keyword) or [])
    except Exception as error:
        raise Unreadable("bad-attribute", f"{keyword} cannot be read") from error
    if len(items) > TABLES_MOST:
        raise Unreadable("bad-attribute", f"{keyword} has {len(items)} tables; allowed: {TABLES_MOST}")
    return [_table(item, keyword) for item in items]


def _table(item: Dataset, keyword: str) -> Lut:
    descriptor = [int(value) for value in numbers(item, "LUTDescriptor")]
    if len(descriptor) != 3:
        raise Unreadable("bad-attribute", f"LUTDescriptor in {keyword} is not three numbers")
    count, first, bits = (descriptor[0] & 0xFFFF) or 65536, descriptor[1], descriptor[2]
    values = _entries(item)
    if values.size * 2 == count and bits <= 8:
        values = values.astype("<u2").view(np.uint8)  # two entries to a word, as the standard once allowed
    if values.size != count or not 1 <= bits <= 16:
        raise Unreadable(
            "bad-attribute", f"{keyword} has {values.size} entries of {bits} bits; allowed: {count} of 1 to 16 bits"
        )
    return Lut(first, values.astype(np.uint16) & np.uint16((1 << bits) - 1), bits)


def _entries(item: Dataset) -> NDArray[np.integer]:
    try:
        data: Any = item.LUTData
        if isinstance(data, bytes):
            return np.frombuffer(data[: len(data) // 2 * 2], dtype="<u2")
        many = [data] if isinstance(data, int) else list(data)
        return np.array(many, dtype=np.int64).astype(np.uint16)
    except Exception as error:
        raise Unreadable("bad-attribute", "LUTData is missing or broken") from error


def table_kind(dataset: Dataset) -> str:
    """What the modality table answers in, as the first item says."""
    items = dataset.get("ModalityLUTSequence") or [Dataset()]
    return text(items[0], "ModalityLUTType")
