"""Parquet holds the same rows as the other files, in groups of fixed size; polars, another library, reads it back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date

import polars as pl
import pytest
from pyarrow.parquet import ParquetFile as OpenedFile

from scoring.cdisc import parquet
from scoring.cdisc.columns import block_of
from scoring.cdisc.parquet import ParquetFile
from scoring.cdisc.transfer import TABLES
from scoring.cdisc.variables import DefineOrigin, Row, TransferTable, number, text

TABLE = TransferTable(
    "ADXR",
    "Totals",
    "",
    "",
    ("USUBJID", "AVISITN"),
    (
        text("USUBJID", "Unique Subject Identifier", 10, DefineOrigin.ASSIGNED),
        number("AVAL", "Analysis Value", DefineOrigin.DERIVED, digits=4),
        number("AVISITN", "Analysis Visit (N)", DefineOrigin.DERIVED),
        number("ADT", "Analysis Date", DefineOrigin.DERIVED, format="DATE9."),
    ),
)


def written(rows: Sequence[Row], at_once: int = 1000, table: TransferTable = TABLE) -> bytes:
    with io.BytesIO() as file:
        made = ParquetFile(file, table)
        for start in range(0, len(rows), at_once):
            made.write(block_of(rows[start : start + at_once]))
        made.close()
        return file.getvalue()


def test_every_value_has_the_type_of_its_variable_and_a_missing_number_is_null() -> None:
    """A day is a date; text is never null."""
    given: list[Row] = [{"USUBJID": "S-1", "AVAL": "30.9677", "AVISITN": 3, "ADT": 23513}, {"AVAL": "", "ADT": -1}]
    found = pl.read_parquet(written(given))
    assert found.schema == {"USUBJID": pl.String, "AVAL": pl.Float64, "AVISITN": pl.Int64, "ADT": pl.Date}
    assert found.rows() == [("S-1", 30.9677, 3, date(2024, 5, 17)), ("", None, None, date(1959, 12, 31))]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_a_file_says_name_label_and_keys_and_labels_every_column(table: TransferTable) -> None:
    """Also with no row at all."""
    schema = OpenedFile(io.BytesIO(written([], table=table))).schema_arrow
    assert schema.names == list(table.names)
    assert [field.metadata[b"label"].decode() for field in schema] == [one.label for one in table.variables]
    about = {key.decode(): value.decode() for key, value in schema.metadata.items()}
    assert about == {"name": table.name, "label": table.label, "keys": " ".join(table.keys)}


def test_groups_have_one_size_and_the_same_rows_give_the_same_bytes_whatever_the_blocks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Texts of 2,000 characters fill several pages of a group, whose ends must not follow the blocks."""
    monkeypatch.setattr(parquet, "GROUP", 1000)
    rows: list[Row] = [{"USUBJID": f"{place:02000d}", "AVISITN": place} for place in range(2300)]
    assert len({written(rows, at_once) for at_once in (97, 500, 2300)}) == 1
    about = OpenedFile(io.BytesIO(written(rows))).metadata
    assert [about.row_group(place).num_rows for place in range(about.num_row_groups)] == [1000, 1000, 300]
    assert pl.read_parquet(written(rows))["AVISITN"].to_list() == list(range(2300))


def test_less_than_a_group_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 20)
    made = ParquetFile(io.BytesIO(), TABLE)
    for _ in range(9):
        made.write(block_of([{"USUBJID": "S"}] * 13))
        assert sum(batch.num_rows for batch in made.held) < 20
    made.close()
