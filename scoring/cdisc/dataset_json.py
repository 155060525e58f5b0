"""Dataset-JSON 1.1 as NDJSON, written block by block: a first line about the dataset, then one line for each row.

The number of rows is on the first line. It is filled in at the end, in reserved blanks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import IO

from scoring.cdisc.columns import CellColumn, RowBlock
from scoring.cdisc.facts import SAS_EPOCH, CampaignFacts
from scoring.cdisc.variables import DATE_TEXTS, TransferTable, Variable

WRITTEN_AT = "1960-01-01T00:00:00"
COUNT = '"records":'
DIGITS = 12
compact = json.JSONEncoder(separators=(",", ":"), ensure_ascii=True, allow_nan=False).encode


class JsonFile:
    """One dataset being written to an open binary file; `close` fills in the number of rows and leaves it open."""

    def __init__(self, file: IO[bytes], table: TransferTable, campaign: CampaignFacts) -> None:
        self.file, self.table, self.rows = file, table, 0
        line = compact(head_of(table, campaign))
        before, after = line.split(f"{COUNT}0", 1)
        self.count_at = len(before) + len(COUNT)
        file.write(f"{before}{COUNT}{0:<{DIGITS}}{after}\n".encode("ascii"))

    def write(self, block: RowBlock) -> None:
        """Appends rows."""
        if block.rows:
            columns = [texts(one, block.column(one.name)) for one in self.table.variables]
            lines = "]\n[".join(map(",".join, zip(*columns, strict=True)))
            self.file.write(f"[{lines}]\n".encode("ascii"))
            self.rows += block.rows

    def close(self) -> None:
        """The number of rows, on the first line."""
        self.file.seek(self.count_at)
        self.file.write(f"{self.rows:<{DIGITS}}".encode("ascii"))


def head_of(table: TransferTable, campaign: CampaignFacts) -> dict[str, object]:
    """The content of the first line, with the names of define.xml."""
    name = f"{campaign.study}.{campaign.campaign}"
    return {
        "datasetJSONCreationDateTime": WRITTEN_AT,
        "datasetJSONVersion": "1.1.0",
        "fileOID": f"DATASET.{name}.{table.name}",
        "originator": "Blindread",
        "studyOID": f"STUDY.{campaign.study}",
        "metaDataVersionOID": f"MDV.{name}",
        "metaDataRef": "define.xml",
        "itemGroupOID": f"IG.{table.name}",
        "records": 0,
        "name": table.name,
        "label": table.label,
        "columns": [dict(column(table, one)) for one in table.variables],
    }


def column(table: TransferTable, one: Variable) -> Iterator[tuple[str, object]]:
    """A variable as a column; a SAS date is written as an ISO date with the target type of a number."""
    yield "itemOID", f"IT.{table.name}.{one.name}"
    yield "name", one.name
    yield "label", one.label
    yield "dataType", data_type(one)
    if one.is_day:
        yield "targetDataType", "integer"
    if not one.number:
        yield "length", one.length
    if one.format:
        yield "displayFormat", one.format
    if one.name in table.keys:
        yield "keySequence", table.keys.index(one.name) + 1


def data_type(one: Variable) -> str:
    """The type as named by Dataset-JSON."""
    if one.is_day or one.name in DATE_TEXTS:
        return "date"
    if not one.number:
        return "string"
    return "double" if one.digits else "integer"


def texts(one: Variable, column: CellColumn) -> list[str]:
    """The values of a column as written."""
    return column.spread([compact(cell(one, value)) for value in column.cells])


def cell(one: Variable, value: object) -> object:
    """A value: text as it is, a number as one, a missing number as null."""
    if not one.number:
        return "" if value is None else str(value)
    if value is None or value == "":
        return None
    if one.is_day:
        return (SAS_EPOCH + timedelta(days=int(str(value)))).isoformat()
    return float(str(value)) if one.digits else int(str(value))
