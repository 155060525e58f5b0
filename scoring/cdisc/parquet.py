"""Parquet files, written in groups of rows: typed columns with their labels; equal rows give equal bytes.

pyarrow is loaded with the first file, because most processes never write one.
"""

from __future__ import annotations

from datetime import date
from typing import IO, Any

from scoring.cdisc.columns import CellColumn, RowBlock
from scoring.cdisc.facts import SAS_EPOCH
from scoring.cdisc.variables import TransferTable, Variable

GROUP = 50_000
DAYS_BEFORE_1970 = (date(1970, 1, 1) - SAS_EPOCH).days


class ParquetFile:
    """One dataset being written to an open binary file; `close` completes the last group and leaves the file open."""

    def __init__(self, file: IO[bytes], table: TransferTable) -> None:
        from pyarrow.parquet import ParquetWriter

        self.table, self.schema = table, schema_of(table)
        self.writer: Any = ParquetWriter(file, self.schema, compression="zstd", compression_level=3)
        self.held: list[Any] = []

    def write(self, block: RowBlock) -> None:
        """Appends rows; full groups are written, and less than one is kept in memory."""
        from pyarrow import RecordBatch

        if not block.rows:
            return
        arrays = [
            values(one, block.column(one.name), field.type)
            for one, field in zip(self.table.variables, self.schema, strict=True)
        ]
        self.held.append(RecordBatch.from_arrays(arrays, schema=self.schema))
        if sum(batch.num_rows for batch in self.held) >= GROUP:
            self.put(GROUP)

    def put(self, group: int) -> None:
        """Writes the rows in memory in groups of this size; the remainder stays in memory."""
        from pyarrow import Table

        together = Table.from_batches(self.held, self.schema)
        while together.num_rows >= group:
            # In one piece: the bytes must not depend on where the blocks of rows ended.
            self.writer.write_table(together.slice(0, group).combine_chunks(), row_group_size=group)
            together = together.slice(group)
        self.held = together.to_batches()

    def close(self) -> None:
        """The rows that are left, and the description of the columns."""
        left = sum(batch.num_rows for batch in self.held)
        if left:
            self.put(left)
        self.writer.close()


def schema_of(table: TransferTable) -> Any:
    """Name, label and keys of the dataset; type and label of every column."""
    from pyarrow import field, schema

    columns = [
        field(one.name, type_of(one), nullable=one.number, metadata={"label": one.label}) for one in table.variables
    ]
    return schema(columns, {"name": table.name, "label": table.label, "keys": " ".join(table.keys)})


def type_of(one: Variable) -> Any:
    """The type of a column: text, day, whole number or number with decimals."""
    from pyarrow import date32, float64, int64, string

    if not one.number:
        return string()
    if one.is_day:
        return date32()
    return float64() if one.digits else int64()


def values(one: Variable, column: CellColumn, kind: Any) -> Any:
    """The values of a column, of this type."""
    from pyarrow import array

    return array([value_of(one, cell) for cell in column.cells], kind).take(array(column.places))


def value_of(one: Variable, value: object) -> object:
    """A value: text as it is, a day as days since 1970, a missing number as null."""
    if not one.number:
        return "" if value is None else str(value)
    if value is None or value == "":
        return None
    if one.is_day:
        return int(str(value)) - DAYS_BEFORE_1970
    return float(str(value)) if one.digits else int(str(value))
