"""The p-chart of discordance and the numbers of a reader from what was signed."""

from __future__ import annotations

import math

import pytest

from scoring.monitoring.discordance_chart import GROUP, groups_of


def test_limits_are_three_standard_errors_around_the_share_of_the_campaign() -> None:
    (group,) = groups_of([True] * 9 + [False] * 11, 0.15)
    reach = 3 * math.sqrt(0.15 * 0.85 / 20)
    assert group.lower == 0.0
    assert group.upper == pytest.approx(0.15 + reach, abs=1e-9)
    assert (group.first, group.last, group.discordant, group.share) == (1, 20, 9, 0.45)
    assert group.beyond


def test_only_full_groups_have_a_point() -> None:
    assert groups_of([True] * (GROUP - 1), 0.5) == []
    assert [(one.first, one.last) for one in groups_of([False] * 59, 0.5)] == [(1, 20), (21, 40)]


def test_limits_stay_between_none_and_all() -> None:
    assert [(one.lower, one.upper, one.beyond) for one in groups_of([True] * 20, 1.0)] == [(1.0, 1.0, False)]
    (group,) = groups_of([False] * 20, 0.95)
    assert group.lower == pytest.approx(0.803799, abs=1e-6)
    assert group.upper == 1.0
