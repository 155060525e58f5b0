"""Checks of codes and texts that a person types or a table contains."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction

from config.errors import BadInput
from config.names import demand_readable
from config.wording import either, quoted

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Sites number subjects in many ways; a letter or digit at the start prevents spreadsheets from reading a formula.
SUBJECT_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._/-]*")
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,9}")
LONGEST_QUOTED = 80


def shortened(value: str) -> str:
    """A value of any length and content, shortened for quotation in a sentence."""
    text = "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in value)
    return text if len(text) <= LONGEST_QUOTED else f"{text[:LONGEST_QUOTED]}…"


def checked_code(thing: str, value: str, *, longest: int = 32, field: str = "") -> str:
    """A code as used in addresses and tables."""
    text = value.strip()
    if not CODE.fullmatch(text) or len(text) > longest:
        raise BadInput(
            f"The {thing} {problem_with(value)}. Use up to {longest} letters, digits, hyphens and underscores,"
            " beginning with a letter or digit.",
            field=field or field_of(thing),
        )
    return text


def checked_subject_code(value: str) -> str:
    """A subject's code as the site writes it."""
    text = " ".join(value.split())
    if not SUBJECT_CODE.fullmatch(text) or len(text) > 64:
        raise BadInput(
            f"The subject code {problem_with(value)}. Use up to 64 letters, digits, spaces and the signs . _ / -,"
            " beginning with a letter or digit.",
            field="subject",
        )
    return text


def checked_text(thing: str, value: str, *, longest: int, required: bool = True, field: str = "") -> str:
    """One line of text without control characters."""
    text, field = " ".join(value.split()), field or field_of(thing)
    if required and not text:
        raise BadInput(f"The {thing} is missing. Enter up to {longest} characters.", field=field)
    if len(text) > longest:
        raise BadInput(f"The {thing} has {len(text)} characters. At most {longest} are allowed.", field=field)
    if not text.isprintable():
        raise BadInput(
            f"The {thing} {quoted(shortened(text))} contains a character that cannot be printed. Remove it.",
            field=field,
        )
    return text


def checked_words(thing: str, value: str, *, longest: int, required: bool = True, field: str = "") -> str:
    """A text of any number of lines, as stored permanently; the line ends of a form count as one character."""
    text = value.replace("\r\n", "\n").strip()
    if len(text) > longest or "\0" in text or (required and not text):
        problem = f"has {len(text):,} characters" if len(text) > longest else "contains a null character"
        raise BadInput(
            f"The {thing} {problem if text else 'is missing'}. Enter up to {longest:,} characters of text.",
            field=field or field_of(thing),
        )
    return text


def checked_name(thing: str, value: str, *, longest: int, required: bool = True) -> str:
    """A name that people distinguish by sight: one line without misleading characters."""
    text = checked_text(thing, value, longest=longest, required=required)
    return demand_readable(thing, text, field=field_of(thing))


def checked_whole(thing: str, value: int | str, *, least: int, most: int, field: str) -> int:
    """A whole number between two bounds."""
    if not WHOLE_NUMBER.fullmatch(str(value)) or not least <= int(value) <= most:
        given = f"is {value}" if isinstance(value, int) else problem_with(value)
        raise BadInput(f"The {thing} {given}. Enter a whole number from {least} to {most}.", field=field)
    return int(value)


def checked_choice(thing: str, value: str, choices: Iterable[tuple[str, str]], *, field: str = "") -> str:
    """One of the choices, each a code and its label."""
    labels = dict(choices)
    if value not in labels:
        allowed = either(quoted(label) for label in labels.values())
        raise BadInput(f"The {thing} {problem_with(value)}. Choose {allowed}.", field=field or field_of(thing))
    return value


@contextmanager
def used_once(message: str, *, field: str) -> Iterator[None]:
    """Converts the database's refusal of a second row with the same code to a sentence for the person."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise BadInput(message, field=field) from None


def problem_with(value: str) -> str:
    return f"{quoted(shortened(value))} is not valid" if value.strip() else "is missing"


def field_of(thing: str) -> str:
    return thing.replace(" ", "_")
