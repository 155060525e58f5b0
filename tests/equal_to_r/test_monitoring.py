"""The figures of reader monitoring equal R to 1e-6: EWMA, p-chart, who drifted, and a reader's own repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from scoring.agreement.report import Cube
from scoring.monitoring.attribution import effects_of
from scoring.monitoring.discordance_chart import groups_of
from scoring.monitoring.drift import drift_of
from scoring.ratings.repeats import own_agreement
from tests.equal_to_r.running import code_of, rows_from_r, run_r, write_table

pytestmark = pytest.mark.full
CASES = 120


def numbers(folder: Path, name: str) -> dict[str, list[float]]:
    """The columns of a file that R wrote."""
    rows = rows_from_r(folder / name)
    return {column: [float(row[column]) for row in rows] for column in rows[0]}


def test_the_charts_of_drift_and_discordance_equal_r(tmp_path: Path) -> None:
    """A reader who shifts by 1.5 SD at case 60, with one unusual case; groups of 20 cases with limits of 3 sigma."""
    generator = np.random.default_rng(20261130)
    differences = generator.normal(0.7, 2.3, CASES) + 3.45 * (np.arange(CASES) >= 60)
    differences[40] = 60
    discordant, centre = generator.random(CASES) < 0.2, 0.173
    write_table(tmp_path / "cases.csv", {"d": differences.tolist(), "discordant": (discordant * 1).tolist()})
    run_r(tmp_path, code_of("charts.R"), str(centre))
    chart, groups = drift_of(differences), groups_of(discordant.tolist(), centre)
    theirs, of_groups = numbers(tmp_path, "drift.csv"), numbers(tmp_path, "groups.csv")
    assert chart.standardised == pytest.approx(theirs["z"], abs=1e-6, rel=0)
    assert chart.ewma == pytest.approx(theirs["ewma"], abs=1e-6, rel=0)
    assert chart.alarm is not None
    assert (chart.mean, chart.sd, chart.alarm) == pytest.approx(
        tuple(theirs[name][0] for name in ("mean", "sd", "alarm")), abs=1e-6, rel=0
    )
    for name in ("first", "last", "share", "lower", "upper", "beyond"):
        assert [getattr(group, name) for group in groups] == pytest.approx(of_groups[name], abs=1e-6, rel=0)


def test_the_effects_that_tell_who_drifted_equal_r(tmp_path: Path) -> None:
    """Least squares under the constraint that the effects sum to 0; the pairs are unequal in number."""
    generator = np.random.default_rng(4)
    chosen = [tuple(generator.choice(4, 2, replace=False, p=[0.4, 0.3, 0.2, 0.1]).tolist()) for _ in range(90)]
    pairs = [(a, b, float(generator.normal(a - b, 1.5))) for a, b in chosen]
    write_table(tmp_path / "pairs.csv", {name: [pair[at] for pair in pairs] for at, name in enumerate("abd")})
    run_r(tmp_path, code_of("effects.R"))
    assert effects_of(pairs, range(4)) == pytest.approx(numbers(tmp_path, "effects.csv")["x"], abs=1e-6, rel=0)


def test_the_agreement_of_a_reader_with_their_repeats_equals_r(tmp_path: Path) -> None:
    """ICC of status and change, bias and SDC of one read, each with its interval, from 36 pairs."""
    generator = np.random.default_rng(12)
    burden = generator.gamma(1.5, 10, (36, 1, 1)) * np.array([1, 1.15]).reshape(1, 2, 1)
    values = np.round(burden + generator.normal(0, 2, (36, 2, 2)) + np.array([0, 0.5]))
    found = own_agreement(Cube(values, ("W00", "W52"), ("first read", "repeat"), np.diff(values, axis=1)), "W52")
    columns = {f"{visit}{time}": values[:, at, time].tolist() for at, visit in enumerate("bw") for time in (0, 1)}
    write_table(tmp_path / "twice.csv", columns)
    run_r(tmp_path, code_of("repeats.R"))
    theirs = numbers(tmp_path, "own.csv")
    for name in ("status", "change", "bias", "sdc"):
        ours = [found[name][limit] for limit in ("value", "lower", "upper")]
        assert ours == pytest.approx(theirs[name], abs=1e-6, rel=0), name
