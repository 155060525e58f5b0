"""A reader beside the reference: every figure and interval equals another computation by the published formula."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from scoring.agreement.with_reference import BesideReference, Targets, all_met, figures_beside

NONE = Targets(None, None, None, None, 10)
ITEMS = ("first", "second", "never", "blind")


def beside(cases: int = 12) -> BesideReference:
    """Totals and changes that differ by small amounts; four joints, of which the last two cannot be judged alike."""
    generator = np.random.default_rng(8)
    reference = generator.integers(0, 60, cases).astype(float)
    change = generator.integers(-2, 12, cases).astype(float)
    grades = generator.integers(0, 5, (cases, 4)).astype(float)
    grades[:, 2] = 0
    own = np.clip(grades + generator.integers(-1, 2, grades.shape), 0, 5).astype(np.float64)
    own[:, 3] = 1
    own[0, 0] = np.nan
    return BesideReference(
        cases,
        status_cases=cases,
        change_cases=cases,
        status=np.column_stack([reference + generator.integers(-3, 5, cases), reference]),
        change=np.column_stack([change + generator.integers(-2, 3, cases), change]),
        own=own,
        reference=grades,
    )


def icc_by_hand(pairs: Any) -> tuple[float, float, float]:
    """ICC(2,1) from two-way mean squares in plain sums, and McGraw and Wong's 95 % limits from F quantiles."""
    n, k = len(pairs), 2
    grand = sum(a + b for a, b in pairs) / (2 * n)
    rows = [(a + b) / 2 for a, b in pairs]
    columns = [sum(pair[at] for pair in pairs) / n for at in range(2)]
    msr = k * sum((row - grand) ** 2 for row in rows) / (n - 1)
    msc = n * sum((column - grand) ** 2 for column in columns)
    whole = sum((value - grand) ** 2 for pair in pairs for value in pair)
    mse = (whole - msr * (n - 1) - msc) / (n - 1)
    r = (msr - mse) / (msr + mse + 2 * (msc - mse) / n)
    a, b = k * r / (n * (1 - r)), 1 + k * r * (n - 1) / (n * (1 - r))
    v = (a * msc + b * mse) ** 2 / ((a * msc) ** 2 + (b * mse) ** 2 / (n - 1))
    low, high = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    rest = k * msc + (k * n - k - n) * mse
    return r, n * (msr - low * mse) / (low * rest + n * msr), n * (high * msr - mse) / (rest + n * high * msr)


def kappa_by_hand(own: Any, reference: Any) -> float:
    """1 - the sum of |i - j| over the pairs, over what independent readers with the same grades would give."""
    n = len(own)
    seen = sum(abs(a - b) for a, b in zip(own, reference, strict=True)) / n
    chance = sum(abs(a - b) for a in own for b in reference) / n**2
    return float(1 - seen / chance)


def test_every_figure_equals_the_published_formula() -> None:
    pairs = beside()
    found = figures_beside(pairs, ITEMS, NONE)
    for name, table in (("status", pairs.status), ("change", pairs.change)):
        row = found[name]
        assert (row["value"], row["lower"], row["upper"]) == pytest.approx(icc_by_hand(table.tolist()), abs=1e-9)
        assert row["n"] == 12
        assert found[f"{name}_bias"] == pytest.approx(math.fsum(a - b for a, b in table.tolist()) / 12)
    differences = [a - b for a, b in pairs.change.tolist()]
    variance = sum((one - sum(differences) / 12) ** 2 for one in differences) / 11
    sdc = found["sdc"]
    assert sdc["value"] == pytest.approx(1.96 * math.sqrt(variance / 2), abs=1e-9)
    limits = [1.96 * math.sqrt(variance / 2 * 11 / stats.chi2.ppf(tail, 11)) for tail in (0.975, 0.025)]
    assert (sdc["lower"], sdc["upper"]) == pytest.approx(limits, abs=1e-9)
    known = ~np.isnan(pairs.own[:, 0])
    joint = found["joints"]["first"]
    assert joint["value"] == pytest.approx(kappa_by_hand(pairs.own[known, 0], pairs.reference[known, 0]), abs=1e-9)
    assert joint["n"] == 11
    assert joint["lower"] < joint["value"] < joint["upper"]


def test_a_joint_that_never_varies_is_left_out_and_one_grade_for_everything_agrees_by_chance() -> None:
    found = figures_beside(beside(), ITEMS, Targets(None, None, None, 0.1, 10))
    never, blind = found["joints"]["never"], found["joints"]["blind"]
    assert (never["value"], never["met"], never["reason"]) == (None, None, "only one grade in the reference")
    assert (blind["value"], blind["met"], blind["reason"]) == (0.0, False, "only one grade by the reader")
    assert (found["kappa"]["joint"], found["kappa"]["value"], found["kappa"]["met"]) == ("blind", 0.0, False)
    assert (found["kappa"]["n"], found["kappa"]["below"]) == (3, 1)
    assert not all_met(found)


@pytest.mark.parametrize("name", ["least_status", "least_change", "most_sdc", "least_kappa"])
def test_each_target_alone_decides_and_is_met_at_its_limit(name: str) -> None:
    pairs, key = beside(), name.removeprefix("least_").removeprefix("most_")
    value = figures_beside(pairs, ITEMS[:3], NONE)[key]["value"]
    beyond = -1e-6 if name == "most_sdc" else 1e-6
    for limit, met in ((value, True), (value + beyond, False)):
        found = figures_beside(pairs, ITEMS[:3], Targets(**vars(NONE) | {name: limit}))
        assert (found[key]["met"], found[key]["target"], all_met(found)) == (met, limit, met)
        assert [row["met"] for other, row in found.items() if other in {"status", "change", "sdc"} - {key}] == [
            None
        ] * len({"status", "change", "sdc"} - {key})


def test_with_too_few_cases_no_figure_is_given_and_no_target_is_met() -> None:
    found = figures_beside(beside(9), ITEMS, Targets(0.0, None, 448, 0.0, 10))
    assert {found[name]["value"] for name in ("status", "change", "sdc", "kappa")} == {None}
    assert found["status"]["reason"] == "too few cases: 9; 10 are needed"
    assert [found[name]["met"] for name in ("status", "change", "sdc", "kappa")] == [False, None, False, False]
    assert {row["value"] for row in found["joints"].values()} == {found["same"], found["status_bias"]} == {None}
    assert not all_met(found)


def test_a_figure_is_withheld_when_too_few_cases_have_it_and_a_joint_left_out_by_the_reader_misses_its_target() -> None:
    targets = Targets(0.0, 0.0, 448, 0.0, 10)
    pairs = replace(beside(), change_cases=2)
    found = figures_beside(pairs, ITEMS, targets)
    assert [found[name]["met"] for name in ("status", "change", "sdc")] == [True, False, False]
    assert found["change"]["reason"] == "too few cases: 2; 10 are needed"
    assert (found["change_bias"], found["status_bias"] is None) == (None, False)
    pairs.own[1:, :] = np.nan
    joints = figures_beside(pairs, ITEMS, targets)
    assert (joints["joints"]["first"]["met"], joints["joints"]["never"]["met"]) == (False, None)
    assert (joints["kappa"]["met"], joints["kappa"]["value"], joints["kappa"]["below"]) == (False, None, 3)
    assert joints["kappa"]["reason"] == "joints with too few grades by the reader: 3"
    assert figures_beside(pairs, ITEMS, NONE)["kappa"]["met"] is None
