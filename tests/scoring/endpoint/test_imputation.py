"""Multiple imputation: Rubin's rules by hand, draws that keep what was observed, and the tipping point."""

from __future__ import annotations

import math

import numpy as np
import pytest

from scoring.endpoint.by_arm.ancova import ancova
from scoring.endpoint.by_arm.imputation import Imputations, compared, impute, pooled, tipping_point
from scoring.endpoint.by_arm.sample import Sample, design_of


def drawn(number: int = 80, effect: float = -2.0) -> Sample:
    """Two arms and a baseline."""
    generator = np.random.default_rng(4)
    arm = np.arange(number) % 2
    base = generator.exponential(15, number)
    values = 2 + effect * arm + 0.05 * base + generator.normal(0, 1.5, number)
    return Sample(("placebo", "active"), arm, values, base, ((),) * number)


def test_copies_are_pooled_by_rubins_rules() -> None:
    """Estimates 1, 2, 3 with variances 0.5, 0.7, 0.6: within 0.6, between 1, total 0.6 + 4/3.

    Fraction (4/3)/total = 0.689655; df of Barnard and Rubin with 40 complete: 1/(0.689655^2/2 + 1/(41/43*40*0.310345)).
    """
    found = pooled(np.array([1.0, 2, 3]), np.array([0.5, 0.7, 0.6]), 40)
    total = 0.6 + 4 / 3
    share = (4 / 3) / total
    df = 1 / (share**2 / 2 + 1 / (41 / 43 * 40 * (1 - share)))
    assert found.estimate == 2
    assert found.se == pytest.approx(math.sqrt(total))
    assert found.df == pytest.approx(df)
    assert df == pytest.approx(3.1027, abs=1e-4)


def test_copies_that_are_equal_give_the_analysis_of_one() -> None:
    sample = drawn()
    found = compared(sample, np.repeat(sample.values[None], 5, axis=0), 1)
    one = ancova(sample).differences[0]
    assert found.estimate == pytest.approx(one.estimate)
    assert found.se == pytest.approx(one.se)
    assert found.p == pytest.approx(one.p, rel=1e-6)


def test_observed_changes_stay_and_imputed_ones_follow_the_model() -> None:
    """Changes missing at random at the second visit, by the first: the mean over copies is near the whole data's."""
    sample = drawn(400)
    generator = np.random.default_rng(8)
    second = sample.values * 1.5 + generator.normal(0, 0.5, 400)
    gone = sample.values > np.quantile(sample.values, 0.7)
    changes = np.column_stack([sample.values, np.where(gone, np.nan, second)])
    copies = impute(design_of(sample), changes, Imputations(40, seed=1))
    assert not isinstance(copies, str)
    assert np.isfinite(copies).all()
    assert (copies[:, ~gone, 1] == second[~gone]).all()
    assert copies[:, gone, 1].std(axis=0).min() > 0
    assert float(copies[:, gone, 1].mean()) == pytest.approx(float(second[gone].mean()), abs=0.25)
    again = impute(design_of(sample), changes, Imputations(40, seed=1))
    assert not isinstance(again, str)
    assert (copies == again).all()


def test_imputation_says_why_it_is_not_possible() -> None:
    sample = drawn(12)
    changes = np.full((12, 1), np.nan)
    changes[:3, 0] = 1
    assert impute(design_of(sample), changes, Imputations(3)) == "the model has 3 coefficients and only 3 subjects"


def test_the_tipping_point_is_where_p_first_exceeds_five_percent() -> None:
    sample = drawn()
    missing = np.arange(80) % 4 == 1
    copies = impute(design_of(sample), np.where(missing, np.nan, sample.values)[:, None], Imputations(20, seed=2))
    assert not isinstance(copies, str)
    own = copies[:, :, 0]
    found = tipping_point(sample, own, missing, 1, 448)
    assert found.delta is not None
    moved = (missing & (sample.arm == 1)) * 1.0
    at, before = (compared(sample, own + delta * moved, 1).p for delta in (found.delta, found.delta - 0.011))
    assert at is not None
    assert before is not None
    assert before <= 0.05 < at


@pytest.mark.parametrize(
    ("effect", "imputed_arm", "largest", "reason"),
    [
        (-2.0, 0, 448, "no change of this arm was imputed"),
        (0.0, 1, 448, "not significant without a delta"),
        (2.0, 1, 448, "the arm progressed more than the reference, so there is nothing to tip"),
        (-9.0, 1, 0.1, "significant up to a delta of 0.1, the largest total"),
    ],
)
def test_a_result_that_cannot_tip_says_why(effect: float, imputed_arm: int, largest: float, reason: str) -> None:
    sample = drawn(effect=effect)
    imputed = (np.arange(80) < 20) & (sample.arm == imputed_arm)
    copies = np.repeat(sample.values[None], 3, axis=0)
    found = tipping_point(sample, copies, imputed, 1, largest)
    assert (found.delta, found.reason) == (None, reason)
