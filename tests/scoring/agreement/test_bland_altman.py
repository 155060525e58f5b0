"""Limits of agreement and concordance of the peak flow meters of Bland and Altman 1986."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import linregress

from scoring.agreement.bland_altman import bland_altman
from scoring.agreement.concordance import ccc
from scoring.agreement.detectable import sem
from tests.scoring.agreement.published import MINI_1, MINI_2, WRIGHT_1, WRIGHT_2


def test_bias_and_limits_are_the_published_ones() -> None:
    """Lancet 1986;i:307: mean difference -2.1, SD 38.8 l/min; limits with the exact quantile -78.0959, 73.8606."""
    found = bland_altman(WRIGHT_1, MINI_1)
    values = [found.bias.value, found.sd.value, found.lower_limit.value, found.upper_limit.value]
    assert [round(value or 0, 4) for value in values] == [-2.1176, 38.7651, -78.0959, 73.8606]


def test_two_standard_deviations_give_the_limits_printed_in_1986() -> None:
    found = bland_altman(WRIGHT_1, MINI_1)
    assert (found.bias.value or 0) - 2 * (found.sd.value or 0) == pytest.approx(-79.65, abs=5e-3)
    assert (found.bias.value or 0) + 2 * (found.sd.value or 0) == pytest.approx(75.41, abs=5e-3)


def test_intervals_use_the_standard_errors_of_1986() -> None:
    """The paper: bias -22.0 to 17.8; standard error of a limit sqrt(3 s^2/n) = 16.3, times t = 2.12."""
    found = bland_altman(WRIGHT_1, MINI_1)
    assert (round(found.bias.lower or 0, 1), round(found.bias.upper or 0, 1)) == (-22.0, 17.8)
    reach = (found.lower_limit.value or 0) - (found.lower_limit.lower or 0)
    assert reach == pytest.approx(2.12 * (3 * 38.7651**2 / 17) ** 0.5, rel=1e-3)
    assert (found.upper_limit.upper or 0) - (found.upper_limit.value or 0) == pytest.approx(reach)


def test_within_subject_standard_deviations_of_each_meter() -> None:
    """Computed from the same table: sqrt of the mean within-pair variance, Wright 15.3067, Mini 19.9108."""
    for first, second, expected in ((WRIGHT_1, WRIGHT_2, 15.3067), (MINI_1, MINI_2, 19.9108)):
        found = sem(np.column_stack([first, second]), reader_effect=True)
        assert found.value == pytest.approx(expected, abs=5e-5)


def test_the_proportional_bias_is_the_slope_of_difference_on_mean() -> None:
    first, second = np.array(WRIGHT_1, dtype=float), np.array(MINI_1, dtype=float)
    fit = linregress((first + second) / 2, first - second)
    found = bland_altman(first, second)
    assert found.slope.value == pytest.approx(fit.slope)
    assert found.slope_p == pytest.approx(fit.pvalue)
    steep = bland_altman(2 * first + second / 100, first)
    assert steep.slope_p is not None
    assert steep.slope_p < 1e-6
    assert bland_altman(2 * first, first).slope.reason == "the differences are on one line: there is no interval"


def test_concordance_has_the_published_values_by_either_moments() -> None:
    """r .9433; Lin's coefficient .9427 with moments by n, .94275 by n - 1."""
    assert np.corrcoef(WRIGHT_1, MINI_1)[0, 1] == pytest.approx(0.9433, abs=5e-5)
    assert ccc(WRIGHT_1, MINI_1).value == pytest.approx(0.9427, abs=5e-5)
    assert ccc(WRIGHT_1, MINI_1, sample_moments=True).value == pytest.approx(0.94275, abs=5e-6)


def test_the_concordance_interval_covers_what_it_should() -> None:
    generator = np.random.default_rng(11)
    covered = 0
    for _ in range(200):
        truth = generator.normal(0, 2, 60)
        first, second = truth + generator.normal(0, 1, 60), truth + generator.normal(0, 1, 60)
        found = ccc(first, second)
        covered += (found.lower or 0) <= 0.8 <= (found.upper or 0)
    assert covered >= 180


def test_readers_swapped_mirror_the_limits_and_keep_the_concordance() -> None:
    there, back = bland_altman(WRIGHT_1, MINI_1), bland_altman(MINI_1, WRIGHT_1)
    assert there.upper_limit.value == pytest.approx(-(back.lower_limit.value or 0))
    assert ccc(WRIGHT_1, MINI_1).value == pytest.approx(ccc(MINI_1, WRIGHT_1).value)
