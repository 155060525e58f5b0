"""Kappa and its companions against published figures and small tables worked by hand."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.kappa import WEIGHTS, agreement, joint_agreement, kappa
from tests.scoring.agreement.published import ANXIETY


@pytest.mark.parametrize(("weights", "published"), [("unweighted", 0.1195), ("linear", 0.1892), ("quadratic", 0.2968)])
def test_kappas_of_the_anxiety_data_are_those_of_irr(weights: str, published: float) -> None:
    """irr: kappa2(anxiety[, 1:2], "unweighted" | "equal" | "squared")."""
    assert kappa(ANXIETY[:, 0], ANXIETY[:, 1], weights).value == pytest.approx(published, abs=5e-5)


def test_cohen_s_table_of_1960() -> None:
    """Fleiss, Cohen and Everitt (1969) and many since: 44, 7, 16, 33 of 100 give (.77 - .5072) / (1 - .5072)."""
    first = [1] * 51 + [0] * 49
    second = [1] * 44 + [0] * 7 + [1] * 16 + [0] * 33
    expected = (51 * 60 + 49 * 40) / 100**2
    assert kappa(first, second).value == pytest.approx((0.77 - expected) / (1 - expected))


def test_with_two_grades_all_weights_agree() -> None:
    first, second = [0, 0, 1, 1, 1, 0], [0, 1, 1, 1, 0, 0]
    values = {kappa(first, second, weights).value for weights in WEIGHTS}
    assert len({round(value or 0, 12) for value in values}) == 1


def test_an_unused_grade_still_counts_as_a_step() -> None:
    """Grades 0, 1 and 5: a disagreement of 4 steps weighs four times one of one step."""
    near = kappa([0, 0, 1, 5], [0, 1, 1, 5], "linear").value
    far = kappa([0, 1, 1, 5], [0, 5, 1, 5], "linear").value
    assert near is not None
    assert far is not None
    assert near > far


def test_a_constant_reader_leaves_kappa_undefined_but_not_the_rest() -> None:
    found = agreement([0, 0, 0, 0], [0, 0, 0, 1])
    assert (found.unweighted.value, found.unweighted.reason) == (
        None,
        "undefined: one reader gave the same grade throughout",
    )
    assert (found.agreement.value, found.pabak.value, found.n_nonzero) == (0.75, 0.5, 1)
    assert found.positive.value == 0


def test_positive_agreement_pabak_and_the_number_not_zero_by_hand() -> None:
    """Both above zero 2, one of them 1 and 1, neither 4: 4/6, 2 x 6/8 - 1, and 4 subjects not zero."""
    found = agreement([1, 2, 1, 0, 0, 0, 0, 0], [1, 1, 0, 3, 0, 0, 0, 0])
    assert found.positive.value == pytest.approx(4 / 6)
    assert found.pabak.value == pytest.approx(0.5)
    assert found.n_nonzero == 4


def test_most_joints_are_zero_for_everybody_and_that_is_said() -> None:
    found = agreement([0] * 30, [0] * 30)
    assert found.positive.reason == "zero for both readers in every subject"
    assert (found.agreement.value, found.n_nonzero) == (1, 0)


def test_per_joint_results_are_those_of_each_joint_alone() -> None:
    generator = np.random.default_rng(4)
    first, second = generator.integers(0, 3, (2, 50, 5)).astype(float)
    first[3, 2] = np.nan
    together = joint_agreement(first, second, bootstrap=Bootstrap(200))
    for joint, found in enumerate(together):
        assert found == agreement(first[:, joint], second[:, joint], bootstrap=Bootstrap(200), stream=joint)
    assert (together[2].linear.n, together[2].linear.dropped) == (49, 1)


def test_the_bootstrap_interval_covers_what_it_should() -> None:
    """100 samples from one table: the 95 % interval holds the true kappa in most of them."""
    generator = np.random.default_rng(7)
    true = (0.8 - 0.5) / 0.5
    covered = 0
    for _ in range(100):
        first = generator.integers(0, 2, 150)
        second = np.where(generator.random(150) < 0.8, first, 1 - first)
        found = kappa(first, second, bootstrap=Bootstrap(300))
        covered += (found.lower or 0) <= true <= (found.upper or 0)
    assert covered >= 88


def test_unknown_weights_are_refused() -> None:
    with pytest.raises(ValueError, match="weights: 'cubic' was given; allowed: unweighted, linear, quadratic"):
        kappa([0, 1], [0, 1], "cubic")


def test_a_scale_of_very_many_values_is_no_scale_of_grades() -> None:
    assert agreement(range(100), range(100)).unweighted.reason == "100 different values: not a scale of grades"
