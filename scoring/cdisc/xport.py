"""SAS transport files, version 5, written block by block: lengths and times are fixed, so equal rows give equal bytes.

The format is that of SAS technical note TS-140. No row is kept in memory, and the number of rows is not written.
"""

from __future__ import annotations

import re
import struct
from typing import IO

import numpy as np

from scoring.cdisc.columns import CellColumn, RowBlock
from scoring.cdisc.ibm_numbers import MISSING, Bytes, can_be_written, to_ibm
from scoring.cdisc.variables import TransferTable, Variable

NAME = re.compile(r"[A-Z_][A-Z0-9_]{0,7}")
FORMAT = re.compile(r"([A-Z$]*)([0-9]*)\.([0-9]*)")
SPECIAL = re.compile(r"[A-Z_]?")
LONGEST_LABEL, LONGEST_TEXT, RECORD = 40, 200, 80
# Fixed, because the time of writing would make two files of the same rows differ.
WRITTEN_AT, SYSTEM = "01JAN60:00:00:00", "SAS     9.4     Linux   "
NAMESTR = struct.Struct(">hhhh8s40s8shhh2s8shhl52s")


class NotTransferable(ValueError):
    """A value, a name or a label that a transport file cannot hold; the text names it."""


class TransportFile:
    """One dataset being written to an open binary file; `close` completes the last record and leaves the file open."""

    def __init__(self, file: IO[bytes], table: TransferTable) -> None:
        self.file, self.table, self.rows, self.size = file, table, 0, 0
        demand_names(table)
        self.put(header_of(table))

    def write(self, block: RowBlock) -> None:
        """Appends rows; NotTransferable names variable, row and value that cannot be written."""
        if block.rows:
            self.put(rows_as_bytes(self.table, block, self.rows + 1))
            self.rows += block.rows

    def close(self) -> None:
        """Fills the last record with blanks."""
        self.put(b" " * (-self.size % RECORD))

    def put(self, content: bytes) -> None:
        """Appends bytes and counts them."""
        self.file.write(content)
        self.size += len(content)


def demand_names(table: TransferTable) -> None:
    """NotTransferable if a name, a label or a length is outside the limits of the format."""
    for thing, name, label in (
        ("dataset", table.name, table.label),
        *(("variable", one.name, one.label) for one in table.variables),
    ):
        if not NAME.fullmatch(name):
            raise NotTransferable(f"The name of {thing} “{name}” is not 1 to 8 of A-Z, 0-9 and _, a digit not first.")
        if len(label) > LONGEST_LABEL or not is_plain(label):
            raise NotTransferable(f"The label of {thing} {name}, “{label}”, is not ASCII of at most 40 characters.")
    for one in table.variables:
        if not 1 <= one.length <= (8 if one.number else LONGEST_TEXT) or (one.number and one.length != 8):
            raise NotTransferable(f"The length of variable {one.name} is {one.length}. Text has 1 to 200, a number 8.")


def is_plain(text: str) -> bool:
    """Whether the text is printable ASCII."""
    return text.isascii() and text.isprintable()


def header_of(table: TransferTable) -> bytes:
    """Everything before the rows."""
    names = b"".join(described(number, one, table) for number, one in enumerate(table.variables, start=1))
    return b"".join(
        (
            header_record("LIBRARY"),
            record(f"SAS     SAS     SASLIB  {SYSTEM[8:]}{'':24}{WRITTEN_AT}"),
            record(WRITTEN_AT),
            header_record("MEMBER", "000000000000000001600000000140"),
            header_record("DSCRPTR"),
            record(f"SAS     {table.name:<8}SASDATA {SYSTEM[8:]}{'':24}{WRITTEN_AT}"),
            record(f"{WRITTEN_AT}{'':16}{table.label:<40}"),
            header_record("NAMESTR", f"000000{len(table.variables):04d}{'':0<20}"),
            names,
            b" " * (-len(names) % RECORD),
            header_record("OBS"),
        )
    )


def header_record(kind: str, numbers: str = "0" * 30) -> bytes:
    """One of the records that begin a part of the file."""
    return record(f"HEADER RECORD*******{kind:<8}HEADER RECORD!!!!!!!{numbers}")


def record(text: str) -> bytes:
    """Text as a record of 80 bytes."""
    return text.ljust(RECORD).encode("ascii")


def described(number: int, one: Variable, table: TransferTable) -> bytes:
    """The 140 bytes that describe a variable."""
    name, width, decimals = format_of(one)
    before = sum(other.length for other in table.variables[: number - 1])
    return NAMESTR.pack(
        1 if one.number else 2,
        0,
        one.length,
        number,
        one.name.ljust(8).encode("ascii"),
        one.label.ljust(LONGEST_LABEL).encode("ascii"),
        name.ljust(8).encode("ascii"),
        width,
        decimals,
        0,
        b"",
        b" " * 8,
        0,
        0,
        before,
        b"",
    )


def format_of(one: Variable) -> tuple[str, int, int]:
    """Name, width and decimals of a display format: DATE9. is DATE, 9, 0."""
    if not one.format:
        return "", 0, 0
    parts = FORMAT.fullmatch(one.format)
    if parts is None or len(parts[1]) > 8:
        raise NotTransferable(f"The format of variable {one.name}, “{one.format}”, is not a format like DATE9.")
    return parts[1], int(parts[2] or 0), int(parts[3] or 0)


def rows_as_bytes(table: TransferTable, block: RowBlock, first: int) -> bytes:
    """Rows as they are in the file; `first` is the number of the first one, for messages."""
    together = np.empty((block.rows, sum(one.length for one in table.variables)), np.uint8)
    empty, start = np.ones(block.rows, np.bool_), 0
    for one in table.variables:
        column = block.column(one.name)
        written = numbers(table, one, column, block, first) if one.number else texts(table, one, column, first)
        together[:, start : start + one.length] = written
        start += one.length
        if empty.any():
            empty &= (written == ord(" ")).all(axis=1)
    if empty.any():
        # A program that reads the format could not distinguish such a row from the blanks that fill the last record.
        raise NotTransferable(f"Row {first + int(np.argmax(empty))} of {table.name} has no value.")
    return together.tobytes()


def texts(table: TransferTable, one: Variable, column: CellColumn, first: int) -> Bytes:
    """Texts, each filled with blanks to the length of the variable."""
    cells = ["" if value is None else str(value) for value in column.cells]
    for place, text in enumerate(cells):
        if not is_plain(text) or len(text) > one.length:
            raise refused_text(table, one, text, first + column.first_row(place))
    joined = "".join([text.ljust(one.length) for text in cells]).encode("ascii")
    return np.frombuffer(joined, np.uint8).reshape(-1, one.length)[column.places]


def refused_text(table: TransferTable, one: Variable, text: str, row: int) -> NotTransferable:
    """A text that is too long or is not ASCII."""
    where = f"Row {row} of {table.name}: {one.name} is “{text}”"
    if not is_plain(text):
        return NotTransferable(f"{where}. Only printable ASCII can be written.")
    return NotTransferable(f"{where}, of {len(text)} bytes. At most {one.length} are allowed.")


def numbers(table: TransferTable, one: Variable, column: CellColumn, block: RowBlock, first: int) -> Bytes:
    """Numbers; an empty cell is missing, by `missing_by` with a letter."""
    found = np.empty(len(column.cells))
    for place, value in enumerate(column.cells):
        try:
            found[place] = as_double(value)
        except ValueError:
            where = f"Row {first + column.first_row(place)} of {table.name}"
            raise NotTransferable(f"{where}: {one.name} is “{value}”, which is not a number.") from None
    for place in np.flatnonzero(~can_be_written(found)).tolist():
        where = f"Row {first + column.first_row(place)} of {table.name}"
        raise NotTransferable(f"{where}: {one.name} is {column.cells[place]}, out of range.")
    written = to_ibm(found)[column.places]
    if one.missing_by:
        missing = np.isnan(found)[column.places]
        written[missing, 0] = letters(table, one, block.column(one.missing_by), first)[missing]
    return written


def as_double(value: object) -> float:
    """A cell as a number; NaN if it is empty.

    >>> as_double("2.5"), as_double("")
    (2.5, nan)
    """
    if isinstance(value, int | float):
        return float(value)
    return float("nan") if value is None or value == "" else float(str(value))


def letters(table: TransferTable, one: Variable, column: CellColumn, first: int) -> Bytes:
    """The letter of each special missing value; the point where there is none."""
    cells = [str(letter or "") for letter in column.cells]
    for place, letter in enumerate(cells):
        if not SPECIAL.fullmatch(letter):
            where = f"Row {first + column.first_row(place)} of {table.name}"
            raise NotTransferable(f"{where}: {one.missing_by} is “{letter}”. A missing value is _ or A to Z.")
    return np.array([ord(letter) if letter else MISSING for letter in cells], np.uint8)[column.places]
