"""Parts of sentences for people: the given value, the choices, a count. Imports nothing of ours."""

from __future__ import annotations

import json
from collections.abc import Iterable


def quoted(value: object) -> str:
    """The given value in quotation marks; structures as JSON, and "nothing" if no value was given.

    >>> quoted(" W24 "), quoted(""), quoted(None), quoted(True), quoted([1, 2])
    ('“W24”', 'nothing', 'nothing', '“true”', '“[1, 2]”')
    """
    if isinstance(value, (bool, dict, list)):
        value = json.dumps(value, ensure_ascii=False, default=str)
    text = "" if value is None else str(value).strip()
    return f"“{text}”" if text else "nothing"


def either(options: Iterable[object]) -> str:
    """The choices, as a list in a sentence.

    >>> either(["a"]), either(["a", "b"]), either([0, 1, 2]), either([])
    ('a', 'a or b', '0, 1 or 2', 'nothing')
    """
    return joined(options, "or") or "nothing"


def both(parts: Iterable[object]) -> str:
    """All items, as a list in a sentence.

    >>> both(["subject", "visit", "reader"])
    'subject, visit and reader'
    """
    return joined(parts, "and") or "nothing"


def joined(parts: Iterable[object], word: str) -> str:
    """The items with commas, and the word before the last."""
    *first, last = [str(part) for part in parts] or [""]
    return f"{', '.join(first)} {word} {last}" if first else last


def counted(number: int, one: str, many: str = "") -> str:
    """A number with its noun, in the singular for one.

    >>> counted(1, "case"), counted(3, "case"), counted(2, "case has", "cases have")
    ('1 case', '3 cases', '2 cases have')
    """
    return f"{number} {one if number == 1 else many or one + 's'}"
