"""The results over all arms equal an independent computation, and a figure is the same picture as SVG and PNG."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from scoring.endpoint.by_arm.analysis_rows import read_analysis
from scoring.endpoint.by_arm.blocks import ReportTable
from scoring.endpoint.by_arm.png import as_png
from scoring.endpoint.by_arm.svg import drawn
from scoring.endpoint.pooled.disposition import MOST_REASONS, disposition
from scoring.endpoint.pooled.results import PooledResults, results_of
from tests.scoring.endpoint.built_dataset import Row, trial, write_rows

CASES = [
    {"USUBJID": "S001", "OUTCOME": "voided", "VOIDREASON": "film of another subject"},
    {"USUBJID": "S001", "OUTCOME": "consensus", "VOIDREASON": ""},
    {"USUBJID": "S002", "OUTCOME": "adjudicated", "VOIDREASON": ""},
    {"USUBJID": "S003", "OUTCOME": "consensus", "VOIDREASON": ""},
]
EVENTS = [
    {"subject": "S001", "kind": "rescue"},
    {"subject": "S003", "kind": "death"},
    {"subject": "S9", "kind": "death"},
]
PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def results(tmp_path: Path) -> PooledResults:
    """40 subjects; at W52 some changes are extrapolated and some are missing."""
    return results_of(read_analysis(write_rows(tmp_path / "analysis.csv", trial(40))), CASES, EVENTS)


def table(results: PooledResults, name: str) -> ReportTable:
    found = results.table(name)
    assert found is not None
    return found


def one(results: PooledResults, name: str, **where: object) -> dict[str, object]:
    (row,) = [row for row in table(results, name).rows if all(row[key] == value for key, value in where.items())]
    return dict(row)


def chosen(visit: str, *, observed: bool) -> list[Row]:
    rows = [row for row in trial(40) if row["avisit"] == visit and row["chg"] != ""]
    return [row for row in rows if not (observed and row["dtype"])]


USES = [("W24", "Observed", False), ("W52", "Observed and extrapolated", False), ("W52", "Observed only", True)]


@pytest.mark.parametrize(("visit", "used", "observed"), USES)
def test_changes_and_shares_equal_an_independent_computation(
    results: PooledResults, visit: str, used: str, observed: bool
) -> None:
    rows = chosen(visit, observed=observed)
    changes = np.array([float(str(row["chg"])) for row in rows])
    found = one(results, "mtss_changes", visit=visit, used=used)
    expected = [len(changes), changes.mean(), changes.std(ddof=1), *np.percentile(changes, [0, 25, 50, 75, 100])]
    assert [found[key] for key in ("n", "mean", "sd", "minimum", "q1", "median", "q3", "maximum")] == pytest.approx(
        expected
    )
    for says, limit in (("CHG <= 0 (fixed number)", 0), ("CHG <= 0.5 (fixed number)", 0.5), ("CHG <= 1.4 (SDC)", 1.4)):
        share = one(results, "mtss_shares", visit=visit, used=used, criterion=says)
        without = int((changes <= limit).sum())
        assert [share["n"], share["without"], share["share"]] == pytest.approx(
            [len(changes), without, without / len(changes)]
        )
        assert float(str(share["lower"])) < without / len(changes) < float(str(share["upper"]))


def test_no_table_has_a_column_of_arms_and_each_has_one_row_for_all_subjects(results: PooledResults) -> None:
    assert not any(column.key == "arm" for found in results.tables for column in found.columns)
    values = one(results, "mtss_values", visit="W00")
    bases = [float(str(row["aval"])) for row in trial(40) if row["avisit"] == "W00"]
    assert [values["n"], values["mean"]] == pytest.approx([40, np.mean(bases)])


def test_what_is_missing_is_counted_with_its_reason(results: PooledResults) -> None:
    (row,) = table(results, "mtss_missing").rows
    missing = [row for row in trial(40) if row["reason"] == "no film at this visit"]
    assert dict(row) == {"visit": "W52", "reason": "no film at this visit", "n": len(missing)}
    origins = one(results, "mtss_origins", visit="W52")
    filled = sum(row["dtype"] == "extrapolated" for row in trial(40))
    assert [origins[key] for key in ("subjects", "observed", "extrapolated", "missing")] == [
        40, 40 - filled - len(missing), filled, len(missing),
    ]  # fmt: skip


def test_the_disposition_counts_cases_by_outcome_and_events_of_subjects_who_were_read(results: PooledResults) -> None:
    assert [(row["what"], row["n"], row["share"]) for row in results.disposition.rows] == [
        ("Subjects with a case", 3, None),
        ("Cases", 4, None),
        ("Consensus of the readers", 2, 0.5),
        ("Adjudicated", 1, 0.25),
        ("Voided", 1, 0.25),
        ("Voided: film of another subject", 1, 0.25),
        ("Subjects with rescue", 1, 1 / 3),
        ("Subjects with death", 1, 1 / 3),
    ]


def test_many_reasons_are_the_most_frequent_ones_and_all_others() -> None:
    cases = [{"USUBJID": f"S{at}", "OUTCOME": "voided", "VOIDREASON": f"reason {at}"} for at in range(30)]
    rows = disposition(cases, []).rows
    assert len(rows) == 3 + MOST_REASONS + 1
    assert dict(rows[-1]) == {"what": "Voided: other reasons", "n": 10, "share": 1 / 3}


def test_a_figure_shows_observed_values_beside_all_values_as_svg_and_as_png(results: PooledResults) -> None:
    figure = results.figure("mtss_w52_cumulative")
    assert figure is not None
    filled = sum(row["dtype"] == "extrapolated" for row in trial(40))
    known = len(chosen("W52", observed=False))
    names = [f"Observed and extrapolated (n = {known})", f"Observed only (n = {known - filled})"]
    assert [line.name for line in figure.drawing.lines] == names
    points = [row["change"] for row in figure.data.rows if row["used"] == "Observed only"]
    assert points == sorted(float(str(row["chg"])) for row in chosen("W52", observed=True))
    svg = drawn(figure.drawing, on_white=True)
    ElementTree.fromstring(svg)
    assert names[0] in svg
    assert "prefers-color-scheme" not in svg, "a figure on a white ground is black on white in every theme"
    assert as_png(figure.drawing).startswith(PNG)
    assert as_png(figure.drawing) == as_png(figure.drawing)


def test_with_too_few_subjects_there_is_a_sentence_and_no_figure(tmp_path: Path) -> None:
    results = results_of(read_analysis(write_rows(tmp_path / "analysis.csv", trial(4))), [], [])
    assert results.figures == ()
    assert results.section is not None
    assert (
        results.section.sentences[0] == "W24: no cumulative probability. Too few subjects (4): at least 5 are needed."
    )
