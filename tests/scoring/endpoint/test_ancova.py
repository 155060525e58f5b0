"""Analysis of covariance against independent least squares and closed forms; tests/equal_to_r compares it with R."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pytest

from scoring.endpoint.by_arm.ancova import ancova, rank_ancova
from scoring.endpoint.by_arm.linear import least_squares
from scoring.endpoint.by_arm.permutation import Permutations, permutation_p, statistics
from scoring.endpoint.by_arm.sample import Sample, design_of

Array = npt.NDArray[np.float64]
ARMS = ("placebo", "low", "high")


def drawn(number: int = 60, seed: int = 3, arms: tuple[str, ...] = ARMS) -> Sample:
    """Arms, a skewed baseline and two factors that matter."""
    generator = np.random.default_rng(seed)
    arm = generator.permutation(np.arange(number) % len(arms))
    base = generator.exponential(20, number).round(1)
    region, erosive = generator.integers(0, 3, number), generator.integers(0, 2, number)
    values = 2.0 - arm + 0.05 * base + 0.8 * region - 0.4 * erosive + generator.normal(0, 1 + arm, number)
    factors = tuple((f"r{one}", f"e{two}") for one, two in zip(region.tolist(), erosive.tolist(), strict=True))
    return Sample(arms, arm, values.round(2), base, factors)


def dummy_design(sample: Sample) -> Array:
    """Treatment coding, as R's lm makes it: another parametrisation of the same model."""
    columns = [np.ones(len(sample.arm)), *((sample.arm == place) * 1.0 for place in range(1, len(sample.arms)))]
    columns.append(sample.base)
    for place in range(2):
        levels = [own[place] for own in sample.factors]
        columns += [np.array([one == level for one in levels], dtype=float) for level in sorted(set(levels))[1:]]
    return np.column_stack(columns)


def closed_form(x: Array, y: Array) -> tuple[Array, Array]:
    """Coefficients and HC3 written out: (X'X)^-1 X' diag(e^2 / (1 - h)^2) X (X'X)^-1."""
    inverse = np.linalg.inv(x.T @ x)
    beta = inverse @ x.T @ y
    hat = np.diag(x @ inverse @ x.T)
    meat = x.T @ np.diag((y - x @ beta) ** 2 / (1 - hat) ** 2) @ x
    return beta, inverse @ meat @ inverse


def test_differences_are_those_of_independent_least_squares_with_hc3() -> None:
    sample = drawn()
    beta, covariance = closed_form(dummy_design(sample), sample.values)
    direct = np.linalg.lstsq(dummy_design(sample), sample.values, rcond=None)[0]
    found = ancova(sample)
    assert found.n == 60
    for place, effect in enumerate(found.differences, start=1):
        assert effect.estimate == pytest.approx(direct[place], abs=1e-10)
        assert effect.estimate == pytest.approx(beta[place], abs=1e-10)
        assert effect.se == pytest.approx(math.sqrt(covariance[place, place]), rel=1e-10)
        assert effect.df == 60 - 7


def test_least_squares_means_predict_at_the_mean_baseline_with_equal_weights_for_the_levels() -> None:
    sample = drawn()
    x = dummy_design(sample)
    beta, covariance = closed_form(x, sample.values)
    for place, effect in enumerate(ancova(sample).means):
        arm = [float(place == one) for one in range(1, 3)]
        weights = np.array([1, *arm, sample.base.mean(), 1 / 3, 1 / 3, 1 / 2])
        assert effect.estimate == pytest.approx(weights @ beta, abs=1e-10)
        assert effect.se == pytest.approx(math.sqrt(weights @ covariance @ weights), rel=1e-9)
        assert effect.p is None


def test_hc3_of_two_means_has_its_closed_form() -> None:
    """Without covariates, the variance of a mean under HC3 is sum of squares / (n - 1)^2."""
    design = np.column_stack([np.ones(7), [0, 0, 0, 1, 1, 1, 1]])
    fit = least_squares(design, np.array([1.0, 2, 6, 0, 4, 5, 7]))
    assert fit.beta.tolist() == pytest.approx([3, 1])
    assert fit.covariance[1, 1] == pytest.approx(14 / 2**2 + 26 / 3**2)
    effect = fit.contrast(np.array([0.0, 1]))
    # t quantile of 5 degrees of freedom from the table: 2.570582.
    assert effect.upper == pytest.approx(1 + 2.570582 * math.sqrt(14 / 4 + 26 / 9), abs=1e-5)


def test_the_rank_analysis_is_the_same_model_on_mid_ranks() -> None:
    sample = drawn()
    ranked = Sample(ARMS, sample.arm, counted_ranks(sample.values), counted_ranks(sample.base), sample.factors)
    beta, covariance = closed_form(dummy_design(ranked), ranked.values)
    for place, effect in enumerate(rank_ancova(sample).differences, start=1):
        assert effect.estimate == pytest.approx(beta[place], abs=1e-9)
        assert effect.se == pytest.approx(math.sqrt(covariance[place, place]), rel=1e-9)


def counted_ranks(values: Array) -> Array:
    """Mid-ranks by counting: those below, and half of the ties."""
    return np.array([(values < one).sum() + ((values == one).sum() + 1) / 2 for one in values])


def test_the_statistic_of_a_permutation_is_the_t_of_the_whole_model() -> None:
    sample = drawn()
    design = design_of(sample)
    others = np.delete(design, 2, axis=1)
    found = statistics(others, design[:, [2]], sample.values)[0]
    effect = ancova(sample).differences[1]
    assert effect.estimate is not None
    assert effect.se is not None
    assert found == pytest.approx(effect.estimate / effect.se, rel=1e-9)


def test_the_permutation_p_is_near_that_of_every_possible_deal() -> None:
    """All 252 ways to choose 5 of 10 subjects, against 4,000 random ones."""
    generator = np.random.default_rng(11)
    arm = np.array([0, 1] * 5)
    values = np.array(generator.normal(0, 1, 10) + arm)
    sample = Sample(("a", "b"), arm, values, generator.normal(20, 5, 10), ((),) * 10)
    design = design_of(sample)
    others = np.delete(design, 1, axis=1)
    deals = np.zeros((10, 252))
    for at, chosen in enumerate(combinations(range(10), 5)):
        deals[list(chosen), at] = 1
    every = np.abs(statistics(others, deals, values))
    exact = float((every >= abs(statistics(others, design[:, [1]], values)[0]) * (1 - 1e-9)).mean())
    found = permutation_p(sample, design, 1, Permutations(4000, seed=5))
    assert found == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4000))


def test_the_same_seed_gives_the_same_p_and_strata_keep_their_arms() -> None:
    sample = drawn()
    first, again = (ancova(sample, Permutations(200, seed=9)).permutation for _ in range(2))
    assert first == again
    assert all(p is not None and 1 / 201 <= p <= 1 for p in first)
    # One arm to each stratum: no deal changes anything, so every deal is as far from zero as the observed one.
    sealed = Sample(("a", "b"), np.arange(12) % 2, sample.values[:12], sample.base[:12], (("x",), ("y",)) * 6)
    design = np.column_stack([np.ones(12), sealed.arm])
    assert permutation_p(sealed, design, 1, Permutations(50)) == 1


def test_a_subject_without_a_status_baseline_is_left_out() -> None:
    sample = drawn()
    base = sample.base.copy()
    base[[4, 9]] = np.nan
    found = ancova(sample.with_values(sample.values, base))
    kept = np.isfinite(base)
    assert found.n == 58
    assert found.differences == ancova(sample.where(kept)).differences


@pytest.mark.parametrize(
    ("sample", "reason"),
    [
        (drawn(12), "Too few subjects in an arm (placebo 4, low 4, high 4): at least 5 in each are needed."),
        (
            Sample(
                ("a", "b"), np.arange(10) % 2, np.arange(10.0), np.arange(10.0), tuple((f"s{n}",) for n in range(10))
            ),
            "the model has 12 coefficients and only 10 subjects",
        ),
        (
            Sample(("a", "b"), np.arange(12) % 2, np.arange(12.0), np.full(12, 3.0), ((),) * 12),
            "the covariates and factors determine one another or an arm, so the model has no single solution",
        ),
        (
            Sample(
                ("a", "b"), np.arange(12) % 2, np.arange(12.0) ** 2, np.sqrt(np.arange(12)), (("x",),) * 11 + (("y",),)
            ),
            "one subject alone determines a level of a factor, so HC3 is not defined",
        ),
    ],
)
def test_a_model_that_cannot_be_estimated_says_why(sample: Sample, reason: str) -> None:
    found = ancova(sample, Permutations(10))
    assert {effect.reason for effect in (*found.means, *found.differences)} == {reason}
    assert set(found.permutation) == {None}
