"""What changed between two locks of a campaign, row by row: added, removed and altered rows of every table."""

from __future__ import annotations

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from config.unnamed_files import on_disk
from scoring.datasets.tables import TABLES, Table
from scoring.models import Dataset, Lock
from studies.arrival.sealed_files import copy_export

# Columns that together name a row of a table.
KEYS = {
    "scores.csv": ("USUBJID", "VISIT", "READID", "STEP", "PARAMCD"),
    "totals.csv": ("USUBJID", "VISIT", "SOURCE", "GROUP"),
    "changes.csv": ("USUBJID", "VISIT", "SOURCE", "GROUP"),
    "cases.csv": ("USUBJID", "CASENUM"),
    "reads.csv": ("READID", "FILMTOKEN"),
    "revisions.csv": ("READID", "STEP", "BLINDPOS", "PARAMCD", "REVISION"),
    "first_signed.csv": ("USUBJID", "KIND", "VISIT", "GROUP"),
    "orders.csv": ("READID", "STEP", "POSITION"),
}
SHOWN = 200
Rows = dict[tuple[str, ...], dict[str, str]]
Change = tuple[str, tuple[str, ...], dict[str, list[str]]]


def diff_against_last_lock(dataset: Dataset, folder: Path) -> dict[str, object]:
    """Counts and the first rows of each kind of change against the campaign's newest lock; empty without one."""
    last = Lock.objects.filter(campaign=dataset.campaign, corrects=None).select_related("dataset").last()
    if last is None:
        return {}
    with on_disk() as file:
        copy_export(last.dataset.folder, file)
        with zipfile.ZipFile(file) as archive:
            tables = {table.name: counted_diff(table, archive, folder) for table in TABLES}
    return {"against lock": last.number, "tables": tables}


def diff_table(table: Table, archive: zipfile.ZipFile, folder: Path) -> list[Change]:
    """Every row of one table that was added, removed or altered, with the columns that differ as [old, new]."""
    (name,) = [name for name in archive.namelist() if name.endswith(f"/{table.name}")]
    with archive.open(name) as old, (folder / table.name).open(encoding="utf-8", newline="") as new:
        before, after = keyed(table, io.TextIOWrapper(old, "utf-8", newline="")), keyed(table, new)
    found: list[Change] = [
        *(("added", key, {}) for key in after.keys() - before.keys()),
        *(("removed", key, {}) for key in before.keys() - after.keys()),
        *(("altered", key, altered(before[key], after[key])) for key in before.keys() & after.keys()),
    ]
    return sorted((one for one in found if one[0] != "altered" or one[2]), key=lambda one: one[:2])


def counted_diff(table: Table, archive: zipfile.ZipFile, folder: Path) -> dict[str, object]:
    """One table: how many rows were added, removed and altered, and the first of them."""
    real = diff_table(table, archive, folder)
    kinds = Counter(kind for kind, _, _ in real)
    first = [{"change": kind, "row": list(key), "columns": columns} for kind, key, columns in real[:SHOWN]]
    return {"added": kinds["added"], "removed": kinds["removed"], "altered": kinds["altered"], "first": first}


def keyed(table: Table, lines: Iterable[str]) -> Rows:
    """The rows by the columns that name them."""
    return {tuple(row[column] for column in KEYS[table.name]): row for row in csv.DictReader(lines)}


def altered(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """The columns that differ, as [old, new]."""
    return {name: [before[name], after[name]] for name in before if before[name] != after.get(name, "")}
