"""What changed between two locks is found row by row, in memory that does not depend on the size of the tables."""

from __future__ import annotations

import csv
import io
import random
import tracemalloc
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from jobs.carrying import run_due_jobs
from reading.campaigns.reopening import reopen_campaign
from reading.room.signing import return_read
from scoring.datasets.columns import DatasetTable
from scoring.datasets.row_diff import KEYS, RowChange, altered, counted_diff, diff_table
from scoring.datasets.tables import SCORES, TABLES, TOTALS
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from tests.reading.builders import build_reading_trial, change_first, open_campaign_of, sign
from tests.reading.test_line import lock_it, read_all
from tests.scoring.packages import package_of


def rows_by_key(table: DatasetTable, lines: io.TextIOBase) -> dict[tuple[str, ...], dict[str, str]]:
    return {tuple(row[column] for column in KEYS[table.name]): row for row in csv.DictReader(lines)}


def expected(table: DatasetTable, archive: zipfile.ZipFile, folder: Path) -> list[RowChange]:
    """The same with both tables in memory."""
    (name,) = [name for name in archive.namelist() if name.endswith(f"/{table.name}")]
    before = rows_by_key(table, io.StringIO(archive.read(name).decode(), newline=""))
    after = rows_by_key(table, io.StringIO((folder / table.name).read_text(encoding="utf-8"), newline=""))
    both = [("altered", key, altered(before[key], after[key])) for key in before.keys() & after.keys()]
    added = [("added", key, dict[str, list[str]]()) for key in after.keys() - before.keys()]
    removed = [("removed", key, dict[str, list[str]]()) for key in before.keys() - after.keys()]
    return sorted([*added, *removed, *(one for one in both if one[2])], key=lambda one: one[:2])


@pytest.mark.django_db
def test_the_rows_that_changed_between_two_real_locks_are_those_that_differ(tmp_path: Path) -> None:
    built_trial = build_reading_trial(subjects=2)
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read = read_all(built_trial, campaign)[0]
    first = lock_it(built_trial, campaign)
    agree_unlock(
        unlock=ask_unlock(lock=first, **built_trial.signs("statistician"), reason="overlooked"),
        **built_trial.signs("signer"),
    )
    campaign.refresh_from_db()
    reopen_campaign(campaign=campaign, **built_trial.signs("coordinator"), reason="overlooked")
    read.refresh_from_db()
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    change_first(read, 3)
    sign(read)
    run_due_jobs()
    second = lock_it(built_trial, campaign)
    package_of(second.dataset).extractall(tmp_path / "new")
    (folder,) = (tmp_path / "new").iterdir()
    found = Counter[str]()
    for table in TABLES:
        wanted = expected(table, package_of(first.dataset), folder)
        assert list(diff_table(table, package_of(first.dataset), folder)) == wanted, table.name
        counts = Counter(kind for kind, _, _ in wanted)
        recorded = second.row_diff["tables"][table.name]
        assert {kind: recorded[kind] for kind in ("added", "altered", "removed")} == {
            kind: counts[kind] for kind in ("added", "altered", "removed")
        }
        assert [tuple(one["row"]) for one in recorded["first"]] == [key for _, key, _ in wanted][:200]
        found += counts
    assert found["added"]
    assert found["altered"]


def two_tables(folder: Path, table: DatasetTable, rows: int) -> tuple[zipfile.ZipFile, Path]:
    """A locked table and a new one of this many rows in other orders, some of them added, removed and altered."""
    dice = random.Random(rows)
    made = [[f"{name} {number}" for name in table.names] for number in range(rows)]
    old, new = folder / "old.csv", folder / table.name
    write(old, table, dice.sample(made[3:], rows - 3))
    changed = [[*row[:-1], "another"] if number % 50 == 0 else row for number, row in enumerate(made)]
    write(new, table, dice.sample(changed[:-2], rows - 2))
    with zipfile.ZipFile(folder / "old.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(old, f"package/{table.name}")
    return zipfile.ZipFile(folder / "old.zip"), folder


def write(path: Path, table: DatasetTable, rows: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(table.names)
        writer.writerows(rows)


@pytest.mark.parametrize("table", [SCORES, TOTALS])
def test_rows_in_any_order_are_compared_by_the_columns_that_name_them(
    table: DatasetTable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.datasets.sorted_rows.RUN", 40)
    archive, folder = two_tables(tmp_path, table, 500)
    assert list(diff_table(table, archive, folder)) == expected(table, archive, folder)


def peak_of(folder: Path, rows: int) -> int:
    """The most memory held while two tables of this many rows are compared."""
    folder.mkdir()
    archive, folder = two_tables(folder, SCORES, rows)
    tracemalloc.start()
    try:
        counted_diff(SCORES, archive, folder)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_comparing_eight_times_as_many_rows_takes_no_more_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.datasets.sorted_rows.RUN", 500)
    monkeypatch.setattr("scoring.datasets.sorted_rows.READ_BYTES", 1 << 12)
    peak_of(tmp_path / "warm", 500)
    small, large = peak_of(tmp_path / "small", 1_000), peak_of(tmp_path / "large", 8_000)
    assert large < 1.25 * small, (small, large)
