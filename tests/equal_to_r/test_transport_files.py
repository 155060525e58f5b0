"""The files of a transfer read back by programs of others: R's haven, pyreadstat and polars find the same cells."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pyreadstat
import pytest

from reading.campaigns.opening import close_campaign
from scoring.cdisc.transfer import TABLES
from scoring.cdisc.variables import TransferTable, Variable
from tests.equal_to_r.running import code_of, run_r
from tests.scoring.cdisc.small_campaign import build_small_trial, built, read_small_trial
from tests.scoring.cdisc.test_transfer_of_a_campaign import (
    scores_are_those_signed,
    totals_are_exactly_those_of_the_table,
)

pytestmark = [pytest.mark.full, pytest.mark.django_db]
FileCells = list[object]


def test_haven_pyreadstat_and_polars_find_the_cells_of_every_file(tmp_path: Path) -> None:
    """XPORT, Dataset-JSON and Parquet agree with each other, and with scores.csv, totals.csv and changes.csv."""
    trial = build_small_trial()
    campaign = read_small_trial(trial)
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=trial.actor("coordinator"))
    folder = built(trial, campaign, tmp_path / "copy")
    run_r(folder, code_of("transport_files.R"), *(table.name.lower() for table in TABLES))
    for table in TABLES:
        lines = in_dataset_json(folder, table)
        assert in_parquet(folder, table) == lines, table.name
        assert by_pyreadstat(folder, table) == lines, table.name
        for place, one in enumerate(table.variables):
            assert by_haven(folder, table, one) == [cells[place] for cells in lines], one.name
    scores_are_those_signed(folder)
    totals_are_exactly_those_of_the_table(folder)


def in_dataset_json(folder: Path, table: TransferTable) -> list[FileCells]:
    with (folder / "cdisc" / table.json_file).open(encoding="ascii") as file:
        _, *lines = map(json.loads, file)
    assert lines
    return lines


def in_parquet(folder: Path, table: TransferTable) -> list[FileCells]:
    """By polars; a day as its ISO date."""
    frame = pl.read_parquet(folder / "cdisc" / table.parquet_file)
    assert frame.columns == list(table.names)
    return [[shown(one, cell) for one, cell in zip(table.variables, row, strict=True)] for row in frame.rows()]


def by_pyreadstat(folder: Path, table: TransferTable) -> list[FileCells]:
    frame, _ = pyreadstat.read_xport(str(folder / "cdisc" / table.file), output_format="polars")
    return [[shown(one, cell) for one, cell in zip(table.variables, row, strict=True)] for row in frame.rows()]


def shown(one: Variable, cell: object) -> object:
    return str(cell)[:10] if one.is_day and cell is not None else cell


def by_haven(folder: Path, table: TransferTable, one: Variable) -> FileCells:
    """The values of a variable; an empty text and a missing number are both NA in R."""
    text = (folder / f"{table.name.lower()}.{one.name}").read_text(encoding="utf-8")
    kind, label, *cells = text.split("\x1e")
    assert (kind, label) == ("Date" if one.is_day else "numeric" if one.number else "character", one.label)
    if not one.number or one.is_day:
        return [cell or (None if one.is_day else "") for cell in cells]
    return [float(cell) if cell else None for cell in cells]
