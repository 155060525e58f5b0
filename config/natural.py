"""The order in which people count: 2 before 10."""

from __future__ import annotations

import re

DIGITS = re.compile(r"[0-9]+")


def natural_key(text: str) -> str:
    """A sort key for a text: each number is preceded by its length, and letters are lower case.

    >>> sorted(["S-10", "S-2", "s-1"], key=natural_key)
    ['s-1', 'S-2', 'S-10']
    """
    return DIGITS.sub(lambda found: counted(found[0].lstrip("0") or "0"), text.casefold())


def counted(digits: str) -> str:
    return f"{len(digits):03d}{digits}"
