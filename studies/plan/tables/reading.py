"""Reads a CSV file into rows with their line numbers, or says which line and column cannot be read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.errors import BadInput
from config.wording import either, quoted
from studies.naming import shortened

LONGEST_FILE = 2 * 1024 * 1024
DELIMITERS = (",", ";", "\t")


@dataclass(frozen=True)
class Fault:
    """A fault of one value, or of a whole line when no column is named, as a sentence."""

    line: int
    column: str
    says: str


@dataclass(frozen=True)
class TableLine:
    """One row of the file by column, as text."""

    number: int
    values: dict[str, str]


def decoded(content: bytes) -> str:
    """The text of a file as spreadsheets save it: UTF-8, with or without a byte order mark, or UTF-16 with one."""
    if len(content) > LONGEST_FILE:
        raise BadInput(
            f"The file is larger than {LONGEST_FILE // 1024**2} MB. Split it into smaller files.", field="file"
        )
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise BadInput(
            f"The file is not UTF-8 text: byte {error.start} cannot be read. Save it as CSV UTF-8 and choose it again.",
            field="file",
        ) from None


def read_lines(text: str, columns: Sequence[str], required: Sequence[str]) -> tuple[list[TableLine], list[Fault]]:
    """The rows, and the faults of the header line or of rows with more values than columns."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
    try:
        head = [name.strip().lower() for name in next(reader, [])]
        if faults := list(faults_of_head(head, columns, required)):
            return [], faults
        found = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    except csv.Error:
        return [], [Fault(reader.line_num, "", "The line is not CSV. Check its quotation marks and line ends.")]
    faults = [Fault(n, "", surplus(row, len(head))) for n, row in found if len(row) > len(head)]
    return [TableLine(n, {c: v.strip() for c, v in zip(head, row, strict=False)}) for n, row in found], faults


def surplus(row: Sequence[str], columns: int) -> str:
    """The fault of a row with more values than columns."""
    return (
        f"The line has {len(row)} values for {columns} columns. Remove {quoted(shortened(', '.join(row[columns:])))}."
    )


def delimiter_of(text: str) -> str:
    """The separator between column names; many European spreadsheets write semicolons."""
    head = text.partition("\n")[0]
    return max(DELIMITERS, key=head.count)


def faults_of_head(head: list[str], columns: Sequence[str], required: Sequence[str]) -> Iterator[Fault]:
    """Columns that are missing, unknown or duplicated."""
    for name in required:
        if name not in head:
            yield Fault(1, name, f"The column {name} is missing. Name it in the first line of the file.")
    for place, name in enumerate(head):
        if name not in columns:
            yield Fault(1, name, f"The column {quoted(shortened(name))} is not known. Use {either(columns)}.")
        elif name in head[:place]:
            yield Fault(1, name, f"The column {name} appears twice. Keep one of the two.")
