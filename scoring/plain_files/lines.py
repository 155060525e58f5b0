"""Lines of a plain CSV file. Every refusal names the line, the column, the value and what is allowed."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from config.errors import BadInput
from config.wording import both, counted, quoted
from scoring.plain_files.spreadsheet_text import read_text

MISSING = frozenset({"", ".", "NA", "NaN"})
READ = ("subject", "visit", "reader")
OPTIONAL = ("campaign", "day")
LONG = ("item", "value", "reason")
# A dataset names its columns in capitals, and has its own columns VISIT and READER.
DATASET_SUBJECT = "USUBJID"


@dataclass(frozen=True)
class FileLine:
    """One line of a file: its number, and its cells by column name."""

    number: int
    cells: dict[str, str]

    def refusal(self, column: str, instead: str) -> BadInput:
        return BadInput(f"Line {self.number} has {quoted(self.cells.get(column))} in column {column}. {instead}")

    def text(self, column: str) -> str:
        """A cell that may not be empty."""
        found = self.cells.get(column, "")
        if not found:
            raise self.refusal(column, "Write some text.")
        return found


def natural(text: str) -> str:
    """A key that sorts numbers in a text by size, so that week 8 comes before week 24.

    >>> sorted(["W104", "W24", "W8"], key=natural)
    ['W8', 'W24', 'W104']
    """
    return re.sub(r"\d+", lambda found: f"{len(found[0].lstrip('0')):03d}{found[0].lstrip('0')}", text) + f"\0{text}"


def read_lines(path: Path, needed: tuple[str, ...]) -> tuple[tuple[str, ...], Iterator[FileLine]]:
    """The columns and then the lines of a CSV file: separated by comma, semicolon or tab, or as in its line sep=."""
    sheet = read_text(path)
    rows = csv.reader(io.StringIO(sheet.text, newline=""), delimiter=sheet.delimiter, strict=True)
    if sheet.names_delimiter:
        safely(rows)
    columns = header(safely(rows), needed)
    return columns, (line(rows, cells, columns) for cells in every(rows) if any(cell.strip() for cell in cells))


def every(rows: csv._reader) -> Iterator[list[str]]:  # type: ignore[name-defined]
    while (cells := safely(rows)) is not None:
        yield cells


def safely(rows: csv._reader) -> list[str] | None:  # type: ignore[name-defined]
    try:
        found: list[str] | None = next(rows, None)
    except csv.Error as error:
        raise BadInput(f"Line {rows.line_num} is not well-formed CSV: {error}.") from None
    return found


def header(cells: list[str] | None, needed: tuple[str, ...]) -> tuple[str, ...]:
    known = (*READ, *OPTIONAL, *LONG)
    stripped = [cell.strip() for cell in cells or []]
    of_a_dataset = DATASET_SUBJECT in stripped
    columns = tuple(cell.lower() if cell.lower() in known and not of_a_dataset else cell for cell in stripped)
    need(columns, needed)
    doubled = [column for at, column in enumerate(columns) if column in columns[:at]]
    if doubled:
        raise BadInput(f"Line 1 names column {quoted(doubled[0])} twice. Name each column once.")
    return columns


def line(rows: csv._reader, cells: list[str], columns: tuple[str, ...]) -> FileLine:  # type: ignore[name-defined]
    number = rows.line_num
    if len(cells) != len(columns):
        cells_found, wanted = counted(len(cells), "cell"), counted(len(columns), "cell")
        raise BadInput(f"Line {number} has {cells_found}. Write {wanted}, as in the first line.")
    return FileLine(number, {column: cell.strip() for column, cell in zip(columns, cells, strict=True)})


def need(columns: tuple[str, ...], needed: tuple[str, ...]) -> None:
    """Refuses a file that lacks one of these columns."""
    for column in needed:
        if column not in columns:
            text = f"Line 1 has no column {column}. The columns {both(needed)} are needed"
            raise BadInput(f"{text}, and the file has {both(filter(None, columns))}.")
