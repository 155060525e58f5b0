"""Whole numbers in input from browsers; imports nothing of ours."""

from __future__ import annotations

import re

WHOLE = re.compile(r"[0-9]{1,18}")


def whole_from(text: str) -> int | None:
    """The number, or None for anything that is not a whole number or is too large for a table.

    >>> whole_from("12"), whole_from("²"), whole_from("1" * 5000), whole_from("")
    (12, None, None, None)
    """
    return int(text) if WHOLE.fullmatch(text) else None
