"""Who progressed: readers' tables, the mean's status, disagreement with the accepted value, and probability points."""

from __future__ import annotations

import numpy as np
import pytest

from scoring.agreement.disagreement import disagreement_index
from scoring.agreement.probability import cumulative_probability
from scoring.agreement.progressors import progressor_agreement

CHANGES: list[list[float]] = [[0, 0], [1, 0], [0, 2], [3, 3], [0.5, 0.5], [-1, 0]]


def test_each_reader_s_own_change_makes_the_table_and_the_mean_the_status() -> None:
    found = progressor_agreement(CHANGES, 0.5)
    table = found.pairs[0]
    assert (table.both, table.only_first, table.only_second, table.neither) == (1, 1, 1, 3)
    assert [share.value for share in found.by_reader] == pytest.approx([2 / 6, 2 / 6])
    assert found.by_mean.value == pytest.approx(2 / 6)
    assert table.agreement.pabak.value == pytest.approx(2 * 4 / 6 - 1)
    assert table.agreement.unweighted.value == pytest.approx((4 / 6 - 5 / 9) / (1 - 5 / 9))


def test_strict_and_not_strict_differ_at_the_threshold_and_say_so() -> None:
    strict, loose = progressor_agreement(CHANGES, 0.5), progressor_agreement(CHANGES, 0.5, strict=False)
    assert (strict.definition, loose.definition) == ("change > 0.5", "change >= 0.5")
    assert loose.pairs[0].both == strict.pairs[0].both + 1


def test_three_readers_have_three_tables() -> None:
    found = progressor_agreement(np.random.default_rng(0).normal(size=(20, 3)), 0)
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (1, 2)]


def test_disagreement_counts_cases_decided_against_a_reader_among_those_he_read() -> None:
    """Published index: cases in which the adjudicator disagreed with the reader / all cases read by him."""
    values: list[list[float]] = [[10, 30], [10, 12], [np.nan, 5], [40, 10]]
    first, second = disagreement_index(values, [28, 11, 5, 12], 5)
    assert first.value == pytest.approx(2 / 3)
    assert (first.n, first.dropped) == (3, 1)
    assert (second.value, second.n) == (0, 4)
    assert second.upper == pytest.approx(1 - 0.025 ** (1 / 4))


def test_probability_points_are_sorted_with_the_plotting_position_named() -> None:
    line = cumulative_probability([2, np.nan, 0, 1])[0]
    assert line.percent.tolist() == pytest.approx([100 / 6, 50, 500 / 6])
    assert (line.change.tolist(), line.position, line.dropped) == ([0, 1, 2], "(rank - 0.5)/n", 1)
    assert cumulative_probability([2, 0, 1], position="rank/n")[0].percent.tolist() == pytest.approx(
        [100 / 3, 200 / 3, 100]
    )


def test_one_line_a_group_in_the_order_of_names() -> None:
    lines = cumulative_probability([1, 2, 3, 4], groups=["b", "a", "b", "a"])
    assert [(line.group, line.change.tolist()) for line in lines] == [("a", [2, 4]), ("b", [1, 3])]


def test_an_unknown_plotting_position_is_refused() -> None:
    with pytest.raises(ValueError, match="plotting position: 'mean' was given"):
        cumulative_probability([1], position="mean")
