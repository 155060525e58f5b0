"""The report by arm equals R to 1e-6: base R reads analysis.csv and the arms itself, with every formula written out.

Permutation and multiple imputation draw at random, so they agree within their Monte Carlo error.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.equal_to_r.running import code_of, rows_from_r, run_r
from tests.scoring.endpoint.built_dataset import dataset_of, run, subjects, trial

pytestmark = pytest.mark.full
SUBJECTS, PERMUTATIONS, IMPUTATIONS = 120, 4000, 400
NAMES = ("placebo", "low", "high")
ReportCells = dict[str, str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of three arms and two factors, and found.csv: the same figures by R, one a row."""
    folder = tmp_path_factory.mktemp("endpoint")
    dataset = dataset_of(folder / "dataset", trial(SUBJECTS))
    lines = [
        f"{name},{NAMES[place % 3]},{('east', 'north', 'west')[place // 3 % 3]},{('no', 'yes')[place * 7 // 5 % 2]}"
        for place, name in enumerate(subjects(SUBJECTS))
    ]
    (folder / "arms.csv").write_text("\n".join(["subject,arm,region,prior", *lines]) + "\n")
    drawn = ("--permutations", PERMUTATIONS, "--imputations", IMPUTATIONS)
    run(dataset, folder / "arms.csv", folder / "out", "--factor", "region", "--factor", "prior", *drawn)
    run_r(folder, code_of("endpoint_report.R"), str(PERMUTATIONS), str(IMPUTATIONS))
    return folder


def ours(folder: Path, name: str) -> list[ReportCells]:
    with (folder / "out" / "tables" / f"mtss_{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def by_r(folder: Path, name: str) -> list[ReportCells]:
    return [row for row in rows_from_r(folder / "found.csv") if row["table"] == name]


def key_of(row: ReportCells) -> tuple[str, ...]:
    return tuple(row.get(name, "") for name in ("visit", "used", "arm", "compared", "criterion"))


FIGURES = {
    "changes": "n mean lower upper sd minimum q1 median q3 maximum",
    "shares": "n without share lower upper",
    "share_differences": "n difference lower upper p",
    "ls_means": "mean se lower upper",
    "ls_differences": "n difference se df lower upper p",
    "rank_ancova": "n difference se df lower upper p",
}


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_of_a_table_equals_r(folder: Path, name: str) -> None:
    """Every visit, observed beside extrapolated, every arm, comparison and criterion."""
    theirs = {(*key_of(row), row["figure"]): float(row["value"]) for row in by_r(folder, name)}
    found = {
        (*key_of(row), figure): float(row[figure]) for row in ours(folder, name) for figure in FIGURES[name].split()
    }
    assert found.keys() == theirs.keys()
    assert found == pytest.approx(theirs, abs=1e-6, rel=0)


def test_the_permutation_p_agrees_with_that_of_r_within_its_error(folder: Path) -> None:
    theirs = {key_of(row): float(row["value"]) for row in by_r(folder, "permutation")}
    found = {key_of(row): float(row["permutation"]) for row in ours(folder, "ls_differences")}
    assert found.keys() == theirs.keys()
    for key, p in theirs.items():
        error = math.sqrt(2 * max(p, 1 / PERMUTATIONS) * (1 - p) / PERMUTATIONS)
        assert abs(found[key] - p) <= 4 * error, key


def test_multiple_imputation_agrees_with_that_of_r_within_its_error(folder: Path) -> None:
    """Difference and standard error; the error of a mean over imputations is sqrt(B / m) in each program."""
    theirs = figures(by_r(folder, "imputation"))
    found = {(row["visit"], row["compared"]): row for row in ours(folder, "imputation")}
    assert found.keys() == theirs.keys()
    for key, own in theirs.items():
        error = math.sqrt(2 * own["between"] / IMPUTATIONS)
        assert abs(float(found[key]["difference"]) - own["difference"]) <= 4 * error + 1e-9, key
        assert float(found[key]["se"]) == pytest.approx(own["se"], rel=0.05), key
        assert [float(found[key][name]) for name in SHARES] == pytest.approx([own[name] for name in SHARES])


SHARES = ("imputed_arm", "imputed_reference")


def figures(rows: Sequence[ReportCells]) -> dict[tuple[str, str], dict[str, float]]:
    found: dict[tuple[str, str], dict[str, float]] = {}
    for row in rows:
        found.setdefault((row["visit"], row["compared"]), {})[row["figure"]] = float(row["value"])
    return found
