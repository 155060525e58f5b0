"""read.R of a package reads every column of every table with its type and its values, in any locale."""

from __future__ import annotations

from pathlib import Path

import pytest

from scoring.datasets.column_forms import DATE, DECIMAL, INTEGER
from scoring.datasets.columns import DatasetColumn
from scoring.datasets.package import Package
from scoring.datasets.read_scripts import R_CLASSES, stem, write_read_scripts
from scoring.datasets.tables import TABLES
from tests.equal_to_r.running import code_of, run_r

pytestmark = pytest.mark.full
# Texts that a reader of CSV may spoil: a number with zeros in front, NA, quotes, commas, lines, blanks, other letters.
TEXTS = ("", "007", "NA", 'a "b", c', "one\r\ntwo", " between ", "Zürich 東京", "TRUE", "#1")
VALUES = {
    INTEGER: ("", "0", "-3", "2147483647"),
    DECIMAL: ("", "-0.5", "30.9677", "12"),
    DATE: ("", "2025-01-31", "1999-12-01"),
}
ROWS = 9


def values_of(column: DatasetColumn) -> list[str]:
    """A value for each row."""
    allowed = VALUES.get(column.typed.kind) or (("", *column.typed.codes) if column.typed.codes else TEXTS)
    return [allowed[row % len(allowed)] for row in range(ROWS)]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_every_column_is_read_with_its_type_and_values(locale: str, tmp_path: Path) -> None:
    with Package(tmp_path) as package:
        for table in TABLES:
            columns = {column.name: values_of(column) for column in table.columns}
            package.write(table, [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)])
    write_read_scripts(tmp_path)
    run_r(tmp_path, code_of("every_column.R"), *map(stem, TABLES), LC_ALL=locale)
    for table in TABLES:
        for column in table.columns:
            kind, *cells = (tmp_path / f"{stem(table)}.{column.name}").read_text(encoding="utf-8").split("\x1e")
            assert kind == R_CLASSES.get(column.typed.kind, "character"), column.name
            assert [as_it_was(cell) for cell in cells] == [as_it_was(one) for one in values_of(column)], column.name


def as_it_was(cell: str) -> str:
    """A cell; R makes one line end of the two characters."""
    return cell.replace("\r\n", "\n")
