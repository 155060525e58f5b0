"""Differences of shares: published intervals, and the restricted shares against a direct search."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.endpoint.by_arm.miettinen_nurminen import difference_of_shares, restricted_share, variances

# Newcombe (1998), Stat Med 17:873, table II, method 6 (Miettinen and Nurminen).
NEWCOMBE = [
    ((56, 70, 48, 80), 0.0528, 0.3382),
    ((9, 10, 3, 10), 0.1700, 0.8406),
    ((6, 7, 2, 7), 0.0342, 0.8534),
    ((5, 56, 0, 29), -0.0326, 0.1933),
    ((0, 10, 0, 20), -0.1658, 0.2844),
    ((0, 10, 0, 10), -0.2879, 0.2879),
    ((10, 10, 0, 20), 0.7156, 1.0),
    ((10, 10, 0, 10), 0.6636, 1.0),
]


@pytest.mark.parametrize(("counts", "lower", "upper"), NEWCOMBE)
def test_an_interval_is_the_published_one(counts: tuple[int, ...], lower: float, upper: float) -> None:
    found = difference_of_shares([counts])
    assert found.estimate == pytest.approx(counts[0] / counts[1] - counts[2] / counts[3])
    assert [found.lower, found.upper] == pytest.approx([lower, upper], abs=5e-5)


def test_strata_are_weighted_by_their_sizes_as_in_the_example_of_the_r_package_cicalc() -> None:
    """7/10 against 5/10 and 5/10 against 4/10: 0.15 (-0.1606 to 0.4338)."""
    found = difference_of_shares([[7, 10, 5, 10], [5, 10, 4, 10]])
    assert found.estimate == pytest.approx(0.15)
    assert [found.lower, found.upper] == pytest.approx([-0.1606, 0.4338], abs=5e-5)


def test_the_test_of_no_difference_is_the_pooled_one_with_n_minus_1() -> None:
    """At D = 0 both shares are 104/150; z = 0.2 / sqrt(p q (1/70 + 1/80) 150/149)."""
    pooled = 104 / 150
    z = 0.2 / np.sqrt(pooled * (1 - pooled) * (1 / 70 + 1 / 80) * 150 / 149)
    found = difference_of_shares([[56, 70, 48, 80]])
    assert found.p == pytest.approx(float(2 * (1 - normal(z))), rel=1e-9)


def normal(z: float) -> float:
    """The normal distribution function from the error function."""
    from math import erf, sqrt

    return (1 + erf(z / sqrt(2))) / 2


def test_the_interval_of_the_opposite_difference_is_its_mirror() -> None:
    one, other = (
        difference_of_shares([[8, 31, 20, 44], [3, 9, 4, 30]]),
        difference_of_shares([[20, 44, 8, 31], [4, 30, 3, 9]]),
    )
    assert one.lower is not None
    assert one.upper is not None
    assert [other.lower, other.upper] == pytest.approx([-one.upper, -one.lower])
    assert one.p == pytest.approx(other.p)


@pytest.mark.parametrize("difference", [-0.7, -0.2, 0.0, 0.13, 0.6])
def test_the_restricted_shares_have_the_largest_likelihood(difference: float) -> None:
    table = np.array([[5.0, 12, 9, 20], [0, 7, 3, 9], [6, 6, 1, 11]])
    found = restricted_share(table, difference)
    grid = np.linspace(max(0, -difference), min(1, 1 - difference), 400_001)
    for (x1, n1, x0, n0), own in zip(table, found, strict=True):
        with np.errstate(divide="ignore", invalid="ignore"):
            likelihood = log(x1, grid + difference) + log(n1 - x1, 1 - grid - difference)
            likelihood += log(x0, grid) + log(n0 - x0, 1 - grid)
        assert own == pytest.approx(float(grid[np.nanargmax(likelihood)]), abs=1e-5)
    assert (variances(table, difference) >= 0).all()


def log(
    count: float, share: np.ndarray[tuple[int, ...], np.dtype[np.float64]]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return count * np.log(np.clip(share, 0, 1)) if count else np.zeros(len(share))


def test_a_stratum_with_one_arm_alone_has_no_weight() -> None:
    alone = difference_of_shares([[56, 70, 48, 80], [3, 5, 0, 0]])
    assert alone == difference_of_shares([[56, 70, 48, 80]])
    assert difference_of_shares([[3, 5, 0, 0]]).reason == "no stratum has subjects of both arms"
