"""Lines of the files of the endpoint by arm: columns in capitals or small letters, and refusals that name the file."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from config.errors import BadInput
from config.wording import both
from scoring.plain_files.lines import MISSING, FileLine, read_lines
from scoring.plain_files.numbers import number_in

ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
ALIASES = {"usubjid": "subject", "subjid": "subject", "siteid": "site", "paramcd": "param"}


@contextmanager
def in_file(path: Path) -> Iterator[None]:
    """Refusals inside name the file."""
    try:
        yield
    except BadInput as error:
        text = str(error)
        if path.name in text:
            raise
        raise BadInput(f"In {path.name}, {text[0].lower()}{text[1:]}") from None


def lines_of(path: Path, needed: tuple[str, ...]) -> tuple[tuple[str, ...], list[FileLine]]:
    """The columns in small letters, under their plain names, and all lines."""
    columns, lines = read_lines(path, ())
    names = {column: ALIASES.get(column.lower(), column.lower()) for column in columns}
    doubled = sorted({name for name in names.values() if list(names.values()).count(name) > 1})
    if doubled:
        given = both(column for column, name in names.items() if name == doubled[0])
        raise BadInput(f"Line 1 names column {doubled[0]} more than once: {given}. Name each column once.")
    for column in needed:
        if column not in names.values():
            text = f"Line 1 has no column {column}. The columns {both(needed)} are needed"
            raise BadInput(f"{text}, and the file has {both(filter(None, names.values()))}.")
    return tuple(names.values()), [
        FileLine(line.number, {names[column]: plain(cell) for column, cell in line.cells.items()}) for line in lines
    ]


def plain(cell: str) -> str:
    """A cell without the apostrophe that keeps a spreadsheet from calculating it.

    >>> plain("'=S-1"), plain("'tis"), plain("-4")
    ('=S-1', "'tis", '-4')
    """
    return cell[1:] if cell[:1] == "'" and cell[1:2] in {"=", "+", "-", "@"} else cell


def number(line: FileLine, column: str) -> float | None:
    """A finite number, or None for an empty cell."""
    text = line.cells.get(column, "")
    if text in MISSING:
        return None
    value = number_in(text)
    if value is None or not math.isfinite(value):
        decimal = " with a decimal point" if "," in text else ""
        raise line.refusal(column, f"Write a finite number{decimal}, or leave it empty.")
    return value


def calendar_date(line: FileLine, column: str) -> date | None:
    """A date as YYYY-MM-DD, or None for an empty cell."""
    text = line.cells.get(column, "")
    if text in MISSING:
        return None
    parts = ISO.fullmatch(text)
    try:
        if parts:
            return date(*map(int, parts.groups()))
    except ValueError:
        pass
    raise line.refusal(column, "Write a date as YYYY-MM-DD.")


def day(line: FileLine, column: str) -> int | None:
    """A whole number of days, or None for an empty cell."""
    value = number(line, column)
    if value is not None and value != int(value):
        raise line.refusal(column, "Write a whole number of days, or leave it empty.")
    return None if value is None else int(value)
