"""What a report consists of: tables, figures with their table, and sentences. Each table is also a CSV file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.endpoint.by_arm.svg import Plot, drawn
from scoring.plain_files.numbers import csv_text

Value = str | int | float | None
Row = dict[str, Value]


@dataclass(frozen=True)
class ReportColumn:
    """A column: its key in the rows, its label, and how a number is shown (text, count, number, percent, p)."""

    key: str
    label: str
    kind: str = "number"


@dataclass(frozen=True)
class ReportTable:
    """A table under the name of its CSV file; rows hold unrounded numbers."""

    name: str
    title: str
    columns: tuple[ReportColumn, ...]
    rows: Sequence[Mapping[str, Value]]
    notes: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """The name of its file, without the ending."""
        return file_name(self.name)

    @property
    def cells(self) -> list[list[tuple[str, str]]]:
        """The class and the text of every cell, rounded for reading."""
        return [
            [(column.kind, shown(row.get(column.key), column.kind)) for column in self.columns] for row in self.rows
        ]


@dataclass(frozen=True)
class Figure:
    """A drawing and its data."""

    drawing: Plot
    data: ReportTable

    @property
    def svg(self) -> str:
        """The drawing as an SVG document."""
        return drawn(self.drawing)


@dataclass(frozen=True)
class ReportSection:
    """A part of the report with a heading."""

    title: str
    tables: tuple[ReportTable, ...] = ()
    figures: tuple[Figure, ...] = ()
    sentences: tuple[str, ...] = ()


def shown(value: Value, kind: str) -> str:
    """A value as people read it.

    >>> shown(0.81, "percent"), shown(0.00004, "p"), shown(-1.25, "number"), shown(None, "number"), shown(12, "count")
    ('81.0\xa0%', '< 0.0001', '−1.250', '', '12')
    >>> shown(-0.0001, "number"), shown(-0.0001, "percent")
    ('0.000', '0.0\xa0%')
    """
    if value is None:
        return ""
    if isinstance(value, str) or kind in ("text", "count"):
        return str(value)
    if kind == "p":
        return "< 0.0001" if value < 0.0001 else f"{value:.4f}"
    percent = kind == "percent"
    rounded = (round(100 * value, 1) if percent else round(value, 3)) + 0.0  # no sign on what is shown as 0
    text = f"{rounded:.1f}\N{NO-BREAK SPACE}%" if percent else f"{rounded:.3f}"
    return text.replace("-", "−")


def file_name(name: str) -> str:
    """A name that every file system accepts.

    >>> file_name("mtss_W 24 (PAIRED)_cumulative")
    'mtss_w_24_paired_cumulative'
    """
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def csv_of(table: ReportTable) -> str:
    """A table as CSV: its keys as header, unrounded numbers.

    >>> csv_of(Table("t", "T", (Column("arm", "Arm", "text"), Column("n", "n")), [{"arm": "=1", "n": 2}, {"arm": "b"}]))
    "arm,n\\r\\n'=1,2\\r\\nb,\\r\\n"
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([column.key for column in table.columns])
    for row in table.rows:
        cells = (row.get(column.key) for column in table.columns)
        writer.writerow(["" if cell is None else csv_text(cell) if isinstance(cell, str) else cell for cell in cells])
    return text.getvalue()
