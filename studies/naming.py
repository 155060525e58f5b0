"""What a code or a text may look like when a person types it or a table brings it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from config.errors import BadInput

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Sites number their subjects in many ways; a first letter or digit keeps spreadsheets from taking a code for a formula.
SUBJECT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")


def checked_code(thing: str, value: str, *, longest: int = 32) -> str:
    """A code as it stands in addresses and tables."""
    text = value.strip()
    if not CODE.fullmatch(text) or len(text) > longest:
        raise BadInput(thing, value, f"letters, digits, - and _, at most {longest}")
    return text


def checked_subject_code(value: str) -> str:
    """A subject's code as the site writes it."""
    text = " ".join(value.split())
    if not SUBJECT_CODE.fullmatch(text) or len(text) > 64:
        raise BadInput(
            "subject", value, "letters, digits, space and . _ / -, beginning with a letter or digit, at most 64"
        )
    return text


def checked_text(thing: str, value: str, *, longest: int, required: bool = True) -> str:
    """One line of text without control characters."""
    text = " ".join(value.split())
    if required and not text:
        raise BadInput(thing, value, "some text")
    if len(text) > longest or not text.isprintable():
        raise BadInput(thing, value, f"printable text, at most {longest} characters")
    return text


def checked_whole(thing: str, value: int, *, least: int, most: int) -> int:
    """A whole number between two bounds."""
    if not least <= value <= most:
        raise BadInput(thing, value, f"a whole number from {least} to {most}")
    return value


@contextmanager
def used_once(thing: str, value: str, within: str) -> Iterator[None]:
    """Turns the database's refusal of a second row with the same code into words for the person."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise BadInput(thing, value, f"one that {within} does not have yet") from None
