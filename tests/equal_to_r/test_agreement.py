"""Agreement statistics equal R to 1e-6: base R computes them from the ratings, with every formula written out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from scoring.agreement.disagreement import disagreement_index
from scoring.agreement.report import Cube, report
from tests.equal_to_r.running import code_of, rows_from_r, run_r, write_table

pytestmark = pytest.mark.full
VISITS, READERS = ("W00", "W24", "W52"), ("A", "B", "C")
KeyedFigure = tuple[tuple[str, ...], float]
Figures = dict[tuple[str, ...], float]


def drawn(seed: int = 20261130) -> Cube:
    """Grades of 70 subjects that grow, with bias and noise of each reader; one cell in 40 is missing."""
    generator = np.random.default_rng(seed)
    burden = generator.gamma(1.2, 3, (70, 1, 1)) + generator.gamma(0.5, 2, (70, 1, 1)) * np.arange(3).reshape(1, 3, 1)
    values = np.clip(np.round(burden + np.array([0, 0.6, -0.4]) + generator.normal(0, 1.3, (70, 3, 3))), 0, 30)
    values[generator.random(values.shape) < 1 / 40] = np.nan
    return Cube(values, VISITS, READERS)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Figures:
    """Every figure by R, by statistic, layer, pair of readers and name."""
    folder, cube = tmp_path_factory.mktemp("agreement"), drawn()
    columns = {
        f"{visit}{reader}": cube.values[:, at, place].tolist()
        for at, visit in enumerate(VISITS)
        for place, reader in enumerate(READERS)
    }
    write_table(folder / "ratings.csv", columns)
    run_r(folder, code_of("agreement.R"))
    return {tuple(row[name] for name in KEY): float(row["value"]) for row in rows_from_r(folder / "found.csv")}


KEY = ("statistic", "of", "visit", "first", "second", "figure")
LIMITED = ("value", "lower", "upper")


def ours() -> Iterator[KeyedFigure]:
    """The same figures as the report has them."""
    found = report(drawn())
    for row in found["icc"]:
        yield from named(row["form"], row, (*LIMITED, "f", "p"))
    for kind in ("sem", "sdd_status", "sdd_change", "sdc", "ccc"):
        for row in found[kind]["each"]:
            yield from named(kind, row, LIMITED)
    for row in found["bland_altman"]["each"]:
        yield from limits_of_agreement(row)
    for row in found["kappa"]["each"]:
        yield from named("kappa", row, KAPPAS)
        yield from named("agreement", {**row, **row["intervals"]["agreement"]}, LIMITED)
    for row in found["progressors"]:
        yield from progressors(row)


def limits_of_agreement(row: dict[str, Any]) -> Iterator[KeyedFigure]:
    """Bias and limits, each with its interval, and the slope of difference on mean."""
    yield from named("bland_altman", row, ("bias", "sd", "lower", "upper"))
    for name in ("bias", "lower", "upper"):
        low, high = row[f"{name}_interval"]
        ends = {f"{name}_from": low, f"{name}_to": high}
        yield from named("bland_altman", {**row, **ends}, tuple(ends))
    yield from named("slope", {**row, **row["slope"]}, (*LIMITED, "p"))


KAPPAS = ("unweighted", "linear", "quadratic", "pabak", "agreement", "positive")


def progressors(row: dict[str, Any]) -> Iterator[KeyedFigure]:
    """Shares by reader and by their mean, and the agreement of each pair; the SDC is a threshold like the others."""
    kind = f"above {row['threshold']:g}" if row["source"] == "named" else "above the SDC"
    for reader, own in row["by_reader"].items():
        yield from named(kind, {**row, **own, "first": reader}, LIMITED)
    yield from named(kind, {**row, **row["by_mean"]}, LIMITED)
    for pair in row["pairs"]:
        yield from named(kind, {**row, **pair}, (*KAPPAS, "both", "only_first", "only_second", "neither"))


def named(statistic: str, row: dict[str, Any], figures: tuple[str, ...]) -> Iterator[KeyedFigure]:
    where = (statistic, row["of"], row["visit"], row.get("first", ""), row.get("second", ""))
    yield from (((*where, figure), row[figure]) for figure in figures)


def test_every_figure_of_the_report_equals_r(theirs: Figures) -> None:
    """ICC, SEM, SDD, SDC, Bland-Altman, CCC, kappa and progressors: of status and change, all visits and pairs."""
    found = dict(ours())
    assert found.keys() == {key for key in theirs if key[0] != "disagreement"}
    assert found == pytest.approx({key: theirs[key] for key in found}, abs=1e-6, rel=0)


def test_the_disagreement_index_equals_r(theirs: Figures) -> None:
    values = drawn().values[:, -1]
    found = disagreement_index(values, values.mean(axis=1), 1)
    for reader, own in zip(READERS, found, strict=True):
        expected = [theirs["disagreement", "status", "W52", reader, "", name] for name in LIMITED]
        assert [own.value, own.lower, own.upper] == pytest.approx(expected, abs=1e-6, rel=0)
