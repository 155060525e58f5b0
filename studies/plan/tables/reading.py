"""Reads a CSV file into rows with their line numbers, or says which line and column cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.errors import BadInput

LONGEST_FILE = 2 * 1024 * 1024
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value of the file."""

    line: int
    column: str
    value: str
    allowed: str


@dataclass(frozen=True)
class Line:
    """One row of the file by column, as text."""

    number: int
    values: dict[str, str]


def decoded(content: bytes) -> str:
    """The text of a file as spreadsheets save it: UTF-8, with or without its mark, or UTF-16 with one."""
    if len(content) > LONGEST_FILE:
        raise BadInput("file", f"{len(content)} bytes", f"at most {LONGEST_FILE} bytes")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput("file", f"byte {error.start}", "a CSV file saved as UTF-8") from None


def read_lines(text: str, columns: Sequence[str], required: Sequence[str]) -> tuple[list[Line], list[Fault]]:
    """The rows, and the faults of the head or of rows with more values than columns."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if faults := list(faults_of_head(head, columns, required)):
            return [], faults
        found = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error as error:
        return [], [Fault(reader.line_num, "", str(error), "a CSV file")]
    faults = [
        Fault(n, "", ", ".join(row[len(head) :]), f"{len(head)} values") for n, row in found if len(row) > len(head)
    ]
    return [Line(n, {c: v.strip() for c, v in zip(head, row, strict=False)}) for n, row in found], faults


def delimiter_of(text: str) -> str:
    """The sign that parts the column names; half of Europe's spreadsheets write semicolons."""
    head = text.partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def faults_of_head(head: list[str], columns: Sequence[str], required: Sequence[str]) -> Iterator[Fault]:
    """Columns that are missing, unknown or there twice."""
    for name in required:
        if name not in head:
            yield Fault(1, name, "", f"a column named {name}")
    for place, name in enumerate(head):
        if name not in columns:
            yield Fault(1, name, name, ", ".join(columns))
        elif name in head[:place]:
            yield Fault(1, name, name, "each column once")
