"""Writes tables as CSV files that Blindread and REDCap read: UTF-8, commas, no byte order mark."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from scoring.redcap.coming_in import Table


def write_tables(files: Mapping[str, Table], out: Path) -> None:
    """Each table as a file of the folder, which is made if it is not there."""
    out.mkdir(parents=True, exist_ok=True)
    for name, table in files.items():
        with (out / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(table)
