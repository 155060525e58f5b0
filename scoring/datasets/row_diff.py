"""The differences between two locks of a campaign, row by row: added, removed and altered rows of every table."""

from __future__ import annotations

import heapq
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path

from config.unnamed_files import on_disk
from scoring.datasets.columns import DatasetTable
from scoring.datasets.sorted_rows import SortedRows
from scoring.datasets.tables import TABLES
from scoring.models import Dataset, Lock
from studies.arrival.sealed_files import copy_export

# Columns that together identify a row of a table.
KEYS = {
    "analysis.csv": ("subject", "param", "avisit"),
    "events.csv": ("subject", "kind"),
    "scores.csv": ("USUBJID", "VISIT", "READID", "STEP", "PARAMCD"),
    "totals.csv": ("USUBJID", "VISIT", "SOURCE", "GROUP"),
    "changes.csv": ("USUBJID", "VISIT", "SOURCE", "GROUP"),
    "cases.csv": ("USUBJID", "CASENUM"),
    "reads.csv": ("READID", "FILMTOKEN"),
    "revisions.csv": ("READID", "STEP", "BLINDPOS", "PARAMCD", "REVISION"),
    "first_signed.csv": ("USUBJID", "KIND", "VISIT", "GROUP"),
    "orders.csv": ("READID", "STEP", "POSITION"),
    "findings.csv": ("FINDING",),
    "films.csv": ("READID", "VISIT", "VIEW", "SIDE"),
}
SHOWN = 200
KINDS = ("added", "altered", "removed")
RowChange = tuple[str, tuple[str, ...], dict[str, list[str]]]
NewTables = Path | zipfile.Path  # a folder, or the folder within a package


def diff_against_last_lock(dataset: Dataset, folder: Path) -> dict[str, object]:
    """Counts and the first rows of each kind of change against the campaign's newest lock; empty without one."""
    last = Lock.objects.filter(campaign=dataset.campaign, corrects=None).select_related("dataset").last()
    if last is None:
        return {}
    return {"against lock": last.number, "tables": counted_diffs(last.dataset.folder, folder, TABLES)}


def counted_diffs(stored: str, folder: Path, tables: Sequence[DatasetTable]) -> dict[str, dict[str, object]]:
    """The differences in each of these tables between a stored package and a folder."""
    with on_disk() as file:
        copy_export(stored, file)
        with zipfile.ZipFile(file) as archive:
            return {table.name: counted_diff(table, archive, folder) for table in tables}


def written_changes(
    tables: Iterable[DatasetTable], archive: zipfile.ZipFile, folder: NewTables
) -> Iterator[dict[str, object]]:
    """A line for every row that was added or removed, and for every value that was altered, table by table."""
    for table in tables:
        for change, key, columns in diff_table(table, archive, folder):
            named: dict[str, object] = {"FILE": table.name, "CHANGE": change, "ROW": ";".join(key)}
            if not columns:
                yield named
            for name, (old, new) in columns.items():
                yield {**named, "COLUMN": name, "BEFORE": old, "AFTER": new}


def diff_table(table: DatasetTable, archive: zipfile.ZipFile, folder: NewTables) -> Iterator[RowChange]:
    """Every row of one table that was added, removed or altered, with the columns that differ as [old, new]."""
    with both_sides(table, archive, folder) as (before, after):
        for kind in KINDS:
            yield from (one for one in changes(before, after) if one[0] == kind)


def counted_diff(table: DatasetTable, archive: zipfile.ZipFile, folder: Path) -> dict[str, object]:
    """One table: the numbers of added, removed and altered rows, and the first of them."""
    counts, first = Counter[str](), {kind: list[dict[str, object]]() for kind in KINDS}
    with both_sides(table, archive, folder) as (before, after):
        for kind, key, columns in changes(before, after):
            counts[kind] += 1
            if len(first[kind]) < SHOWN:
                first[kind].append({"change": kind, "row": list(key), "columns": columns})
    shown = [one for kind in KINDS for one in first[kind]][:SHOWN]
    return {"added": counts["added"], "removed": counts["removed"], "altered": counts["altered"], "first": shown}


@contextmanager
def both_sides(
    table: DatasetTable, archive: zipfile.ZipFile, folder: NewTables
) -> Iterator[tuple[SortedRows, SortedRows]]:
    """The table as it was locked and as it is now, each sorted."""
    (name,) = [name for name in archive.namelist() if name.endswith(f"/{table.name}")]
    key = KEYS[table.name]
    with archive.open(name) as old, (folder / table.name).open(encoding="utf-8", newline="") as new:
        lines = io.TextIOWrapper(old, "utf-8", newline="")
        with SortedRows(lines, key) as before, SortedRows(new, key) as after:
            yield before, after


def changes(before: SortedRows, after: SortedRows) -> Iterator[RowChange]:
    """The differences between two sorted tables, in the order of the keys; both are read in parallel."""
    sides = heapq.merge(
        ((key, "before", values) for key, values in before),
        ((key, "after", values) for key, values in after),
        key=lambda one: one[0],
    )
    for key, same in groupby(sides, key=lambda one: one[0]):
        values = {side: found for _, side, found in same}
        if len(values) == 1:
            yield ("added" if "after" in values else "removed"), key, {}
        elif columns := altered(before.named(values["before"]), after.named(values["after"])):
            yield "altered", key, columns


def altered(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """The columns that differ, as [old, new]."""
    return {name: [before[name], after[name]] for name in before if before[name] != after.get(name, "")}
