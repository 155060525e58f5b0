"""The rows in which a transfer differs from the previous one with the same purpose, from the two packages."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator

from config.cells import Column
from config.csv_pieces import csv_pieces
from config.unnamed_files import on_disk
from scoring.datasets.row_diff import written_changes
from scoring.models import DataTransfer
from scoring.transfers.building import tables_of
from studies.arrival.sealed_files import copy_export

COLUMNS = [
    Column("FILE", "File"),
    Column("CHANGE", "Change"),
    Column("ROW", "Row"),
    Column("COLUMN", "Column"),
    Column("BEFORE", "Before"),
    Column("AFTER", "After"),
]


def differences_csv(transfer: DataTransfer, before: DataTransfer) -> Iterator[str]:
    """The lines of the CSV file, written while the tables are compared."""
    with on_disk() as old, on_disk() as new:
        copy_export(before.folder, old)
        copy_export(transfer.folder, new)
        with zipfile.ZipFile(old) as earlier, zipfile.ZipFile(new) as later:
            package = later.namelist()[0].split("/")[0]
            yield from csv_pieces(
                written_changes(tables_of(transfer), earlier, zipfile.Path(later, f"{package}/")), COLUMNS
            )
