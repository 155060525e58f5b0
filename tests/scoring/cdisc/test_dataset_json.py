"""Dataset-JSON holds the same rows as the transport files, and its first line what define.xml says."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from odmlib.dataset_json_1_1.model import Column, DatasetJSON

import instruments
from scoring.cdisc.columns import block_of
from scoring.cdisc.dataset_json import JsonFile
from scoring.cdisc.facts import CampaignFacts
from scoring.cdisc.transfer import TABLES
from scoring.cdisc.variables import DefineOrigin, Row, TransferTable, number, text

CAMPAIGN = CampaignFacts("TWO", "C1", 1, instruments.get("svdh"))
TABLE = TransferTable(
    "ADXR",
    "Totals",
    "",
    "",
    ("USUBJID",),
    (
        text("USUBJID", "Unique Subject Identifier", 10, DefineOrigin.ASSIGNED),
        number("AVAL", "Analysis Value", DefineOrigin.DERIVED, digits=4),
        number("AVISITN", "Analysis Visit (N)", DefineOrigin.DERIVED),
        number("ADT", "Analysis Date", DefineOrigin.DERIVED, format="DATE9."),
    ),
)


def written(table: TransferTable, *blocks: list[Row]) -> list[Any]:
    """Each line, read."""
    with io.BytesIO() as file:
        made = JsonFile(file, table, CAMPAIGN)
        for rows in blocks:
            made.write(block_of(rows))
        made.close()
        return [json.loads(line) for line in file.getvalue().decode("ascii").splitlines()]


def test_rows_have_their_types_and_the_first_line_says_how_many_there_are() -> None:
    first: list[Row] = [{"USUBJID": "S-1", "AVAL": "30.9677", "AVISITN": 3, "ADT": 23513}]
    second: list[Row] = [{"USUBJID": "S-2", "AVAL": ""}, {"AVAL": 0}]
    head, *rows = written(TABLE, first, second)
    assert rows == [["S-1", 30.9677, 3, "2024-05-17"], ["S-2", None, None, None], ["", 0.0, None, None]]
    assert head["records"] == 3
    assert [(one["dataType"], one.get("targetDataType")) for one in head["columns"]] == [
        ("string", None), ("double", None), ("integer", None), ("date", "integer"),
    ]  # fmt: skip


def test_every_row_has_a_cell_for_every_column() -> None:
    """The published schema does not notice a missing cell."""
    for table in TABLES:
        head, row = written(table, [{}])
        assert len(row) == len(head["columns"]) == len(table.variables)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_the_first_line_is_accepted_by_the_model_of_dataset_json(table: TransferTable) -> None:
    (head,) = written(table)
    columns = [Column(**one) for one in head.pop("columns")]
    made = DatasetJSON(**head)
    assert (made.name, made.records, made.datasetJSONVersion) == (table.name, 0, "1.1.0")
    assert [one.name for one in columns] == list(table.names)
    assert all(one.keySequence for one in columns if one.name in table.keys)
