"""The smallest detectable change of each interval, for a pair and for a pool, and the report over one interval."""

from __future__ import annotations

import json

import numpy as np
import pytest

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.concordance import ccc
from scoring.agreement.disagreement import disagreement_index
from scoring.agreement.interval_report import FIXED, POOL, interval_report
from scoring.agreement.intervals import sdc_of_intervals
from scoring.agreement.progressors import progressor_agreement
from scoring.agreement.report import Cube

NO = float("nan")
PAIR: list[list[float]] = [[0, 1], [2, 2], [1, 3], [0, 0], [4, 2]]
# Pair 1-2 has variance 1 with 2 degrees of freedom, pair 1-3 variance 8 with 1: (2 x 1 + 8) / 3 = 10/3.
POOLED: list[list[float]] = [[0, 1, NO], [3, 3, NO], [6, 5, NO], [2, NO, 2], [9, NO, 5]]


def test_the_sdc_of_an_interval_is_0_98_of_the_sd_of_differences_and_the_mean_is_over_intervals() -> None:
    """Differences -1, 0, -2, 0, 2: SD 1.4832. Doubled in the second interval, in which one subject is missing."""
    second: list[list[float]] = [[0, 2], [4, 4], [2, 6], [0, 0], [8, NO]]
    each, mean = sdc_of_intervals(np.stack([PAIR, second], axis=1))
    assert each[0].value == pytest.approx(0.98 * 2.2**0.5)
    # -2, 0, -4, 0: mean -1.5, sum of squares 20 - 4 x 2.25 = 11, variance 11/3.
    assert each[1].value == pytest.approx(0.98 * (11 / 3) ** 0.5)
    assert (each[1].n, each[1].dropped) == (4, 1)
    assert mean.value == pytest.approx(0.98 * (2.2**0.5 + (11 / 3) ** 0.5) / 2)


def test_a_pool_weights_its_pairs_by_degrees_of_freedom_and_labels_change_nothing() -> None:
    changes = np.array(POOLED)
    for order in ([0, 1, 2], [2, 0, 1]):
        (found,), _ = sdc_of_intervals(changes[:, None, order])
        assert found.value == pytest.approx(0.98 * (10 / 3) ** 0.5)
        assert found.n == 5


def test_limits_come_from_resampled_subjects_in_any_order_of_the_subjects() -> None:
    generator = np.random.default_rng(3)
    changes = generator.normal(0, 1, (40, 2, 2))
    each, mean = sdc_of_intervals(changes, bootstrap=Bootstrap(500))
    turned, _ = sdc_of_intervals(changes[::-1], bootstrap=Bootstrap(500))
    for found in (*each, mean):
        assert found.lower is not None
        assert found.upper is not None
        assert found.value is not None
        assert found.lower < found.value < found.upper
        assert found.interval == "percentile bootstrap over subjects, 500 replicates, seed 20261122"
    assert [(one.lower, one.upper) for one in turned] == [(one.lower, one.upper) for one in each]


def test_too_few_subjects_and_no_error_have_a_reason_instead_of_limits() -> None:
    (one,), mean = sdc_of_intervals([[[1, 2]]], bootstrap=Bootstrap(50))
    assert (one.value, one.reason) == (None, "needs at least 2 subjects with a change by the same two readers")
    assert mean.value is None
    (same,), _ = sdc_of_intervals([[[1, 1]], [[2, 2]], [[5, 5]]], bootstrap=Bootstrap(50))
    assert (same.value, same.lower) == (0.0, None)


def cube_of(changes: list[list[float]], readers: tuple[str, ...]) -> Cube:
    """Status totals whose differences are not the changes, as where sites are missing."""
    values = np.where(np.isnan(changes), NO, 10.0)
    return Cube(np.stack([values, values], axis=1), ("W00", "W24"), readers, np.array(changes)[:, None])


def test_a_report_over_an_interval_uses_the_changes_it_was_given() -> None:
    """Subtracting the totals would give no change at all and an SDC of 0."""
    found = interval_report(cube_of(PAIR, ("R01", "R02")), "W24", ["W00", "W24"], bootstrap=Bootstrap(50))
    assert found["sdc"]["value"] == pytest.approx(0.98 * 2.2**0.5)
    assert found["pairs"][0]["bland_altman"]["change"]["bias"] == pytest.approx(-0.2)
    assert [row["form"] for row in found["icc"]] == ["ICC(2,1)", "ICC(2,2)"]
    assert found["model"] == FIXED.format("two")
    assert found["pool"] == []
    assert "Only 5 cases have a change scored by two readers" in found["note"]
    tables = {row["definition"]: row for row in found["pairs"][0]["progressors"]}
    assert list(tables) == ["change > 0", "change > 0.5", "change > 1.45357"]
    above = tables["change > 0"]
    assert [above[cell] for cell in ("both", "only_first", "only_second", "neither")] == [3, 0, 1, 1]
    json.dumps(found, allow_nan=False)


def test_a_pool_has_a_one_way_model_its_persons_and_its_pairs() -> None:
    found = interval_report(cube_of(POOLED, ("R01", "R02", "R03")), "W24", ["W00", "W24"], bootstrap=Bootstrap(50))
    assert found["model"] == POOL.format("two")
    assert [row["form"] for row in found["icc"]] == ["ICC(1,1)", "ICC(1,2)"]
    single, of_two = (row["value"] for row in found["icc"])
    assert of_two == pytest.approx(2 * single / (1 + single))
    assert [(pair["first"], pair["second"], pair["n"]) for pair in found["pairs"]] == [
        ("R01", "R02", 3),
        ("R01", "R03", 2),
    ]
    change = next(row for row in found["pool"] if row["of"] == "change")
    assert change["difference_sd"]["value"] == pytest.approx((10 / 3) ** 0.5)
    assert [tuple(one["readers"]) for one in change["sets"]] == [("R01", "R02"), ("R01", "R03")]
    json.dumps(found, allow_nan=False)


def test_the_sdc_of_a_pool_is_that_of_the_mean_of_as_many_readers_as_read_a_case() -> None:
    ratings = [*([*row, NO] for row in POOLED), [3, NO, NO, 4], [1, NO, NO, 3]]
    cube = cube_of(ratings, ("R01", "R02", "R03", "R04"))
    found = interval_report(cube, "W24", ["W00", "W24"], averaged=3, bootstrap=Bootstrap(50))
    change = next(row for row in found["pool"] if row["of"] == "change")
    assert change["sdc"]["value"] == pytest.approx(1.96 / 6**0.5 * change["difference_sd"]["value"])
    assert change["sdc"]["value"] == pytest.approx(found["sdc"]["value"])


def test_one_case_is_called_too_few() -> None:
    found = interval_report(cube_of([[0, 1]], ("R01", "R02")), "W24", ["W00", "W24"], bootstrap=Bootstrap(50))
    assert found["note"].startswith("Too few cases: 1 has a change scored by two readers")
    assert found["sdc"]["value"] is None
    json.dumps(found, allow_nan=False)


def test_decimals_are_compared_as_decimals() -> None:
    """In binary 8.3 - 7.8 is 0.5000000000000009: a change of 0.5 is not above 0.5, and is at least 0.5."""
    change = 8.3 - 7.8
    assert progressor_agreement([[change, change]], 0.5).by_mean.value == 0
    assert progressor_agreement([[0.7 - 0.2, 0.7 - 0.2]], 0.5, strict=False).by_mean.value == 1
    assert [found.value for found in disagreement_index([[8.3]], [7.8], 0.5)] == [0]


def test_exact_opposites_are_not_called_agreement() -> None:
    found = ccc([-1, 0, 1], [1, 0, -1])
    assert (found.value, found.reason) == (-1, "the readers are exactly opposite: there is no interval")
