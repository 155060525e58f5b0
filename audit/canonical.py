"""The canonical text of a value, so that equal values have equal digests on every machine.

Only integers, strings, booleans, null, lists and objects: a float or a date is written as text.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from django.db.models.fields.files import FieldFile

SPELLINGS: list[tuple[type | tuple[type, ...], Callable[[Any], Any]]] = [
    (bool, bool),
    (Enum, lambda value: plain(value.value)),
    (int, int),
    (str, str),
    (float, repr),
    (datetime, lambda value: instant(value)),
    ((date, time), lambda value: value.isoformat()),
    (timedelta, lambda value: f"{value // timedelta(microseconds=1)} us"),
    (Decimal, lambda value: format(value, "f")),
    (UUID, str),
    ((bytes, bytearray, memoryview), lambda value: bytes(value).hex()),
    (FieldFile, lambda value: value.name or ""),
    (dict, lambda value: {str(plain(key)): plain(item) for key, item in value.items()}),
    ((list, tuple), lambda value: [plain(item) for item in value]),
    ((set, frozenset), lambda value: sorted((plain(item) for item in value), key=str)),
]


def instant(moment: datetime) -> str:
    """A time in UTC to the microsecond, always of the same length."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def plain(value: object) -> Any:
    """The value in JSON types without floats; refuses any type not listed above."""
    if value is None:
        return None
    for kinds, spell in SPELLINGS:
        if isinstance(value, kinds):
            return spell(value)
    raise TypeError(f"{type(value).__name__} cannot be written into the audit trail; allowed: text, numbers, dates")


def canonical(value: object) -> str:
    """The one JSON text of the value: keys sorted, no spaces, no escapes that are not needed."""
    return json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
