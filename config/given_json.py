"""Reads all JSON from requests and uploaded files, so that no content makes a page fail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from django.http import HttpRequest

from config.errors import BadInput
from config.given_text import FORMS, unstorable

DEEPEST = 20


def read_json(body: bytes | str, *, what: str = "request") -> Any:
    """The content; BadInput if it is not JSON, is nested too deeply, or contains text that cannot be stored."""
    try:
        found = json.loads(body, parse_constant=no_number)
        depth = sum(1 for _ in by_level(found))
    except (ValueError, RecursionError):
        raise BadInput(f"The {what} is not JSON that can be read.") from None
    if depth > DEEPEST:
        raise BadInput(f"The {what} is nested more than {DEEPEST} levels deep.")
    for place, text in texts_in(found, f"The {what}"):
        if sign := unstorable(text):
            raise BadInput(f"{place} contains the character {sign}, which cannot be stored. Remove it.")
    return found


def texts_in(found: Any, place: str) -> Iterator[tuple[str, str]]:
    """Every text with the field that contains it; a name belongs to what it is in. The depth has been checked."""
    if isinstance(found, str):
        yield place, found
    elif isinstance(found, dict):
        for name, value in found.items():
            yield place, name
            yield from texts_in(value, f"The field {name}")
    elif isinstance(found, list):
        for value in found:
            yield from texts_in(value, place)


def sent_json(request: HttpRequest) -> Any:
    """The JSON that a page or a program sent; a form is refused without being read again."""
    if request.content_type in FORMS:
        raise BadInput("The request is a form. Send JSON.")
    return read_json(request.body)


def by_level(found: Any) -> Iterator[list[Any]]:
    """All values and names, outermost first; stops one level below the deepest allowed level."""
    level, depth = [found], 0
    while level and depth <= DEEPEST:
        yield level
        level, depth = [inner for value in level for inner in inside(value)], depth + 1


def inside(value: Any) -> list[Any]:
    """The contents of a list or an object."""
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else []


def no_number(constant: str) -> NoReturn:
    """Refuses NaN and Infinity, which are not JSON."""
    raise ValueError(constant)
