"""Drift of readers: the numbers of the chart, alarms in stable campaigns, and how soon a shift is found."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from statistics import median

import numpy as np
import pytest
from scipy.stats import binomtest

from scoring.monitoring.attribution import who_drifted
from scoring.monitoring.drift import BASELINE, drift_of
from tests.scoring.monitoring.simulated import DrawDifferences, Shift, heavy, normal, simulated

CASES, SHIFTED_AT, SOON = 200, 51, 30


def has_alarm(chance: np.random.Generator, readers: int, draw: DrawDifferences) -> bool:
    """Whether any reader of a stable campaign has an alarm."""
    campaign = simulated(chance, CASES, readers, draw=draw)
    return any(drift_of(campaign.of(reader)).alarm is not None for reader in range(readers))


def delay(chance: np.random.Generator, readers: int, size: float) -> int | None:
    """How many cases after the shift the reader's chart passes the limit; None if before it or never."""
    campaign = simulated(chance, CASES * readers, readers, Shift(0, SHIFTED_AT, size))
    alarm = drift_of(campaign.of(0)[: SHIFTED_AT + 99]).alarm
    return alarm - SHIFTED_AT + 1 if alarm is not None and alarm >= SHIFTED_AT else None


def test_the_chart_is_that_of_its_formula() -> None:
    differences = np.random.default_rng(8).normal(1, 2, 60)
    differences[45] = 99
    chart = drift_of(differences)
    mean, sd = np.mean(differences[:30]), np.std(differences[:30], ddof=1)
    assert chart.mean == pytest.approx(mean, abs=1e-9)
    assert chart.sd == pytest.approx(sd, abs=1e-9)
    average = 0.0
    for case, difference in enumerate(differences):
        z = min(max((difference - mean) / sd, -2.5), 2.5)
        average = 0.1 * z + 0.9 * average if case >= BASELINE else 0.0
        assert chart.standardised[case] == pytest.approx(z, abs=1e-9)
        assert chart.ewma[case] == pytest.approx(average, abs=1e-9)


def test_one_unusual_case_raises_no_alarm() -> None:
    steady = [(-1.0) ** case for case in range(80)]
    steady[50] = 1000.0
    assert drift_of(steady).alarm is None


def test_there_is_no_chart_below_forty_cases_or_without_spread() -> None:
    assert drift_of(np.arange(39.0)).reason == "too few cases; a chart needs 40"
    assert drift_of(np.arange(40.0)).reason == ""
    assert drift_of([0.0] * 50).reason == "the first 30 differences are all equal"


@pytest.mark.parametrize("readers", [2, 3])
def test_stable_campaigns_seldom_have_an_alarm(readers: int) -> None:
    chance = np.random.default_rng(20261129)
    assert sum(has_alarm(chance, readers, normal) for _ in range(150)) <= 0.05 * 150 + 3


def test_a_shift_is_found_within_thirty_cases() -> None:
    chance = np.random.default_rng(20261129)
    found = [delay(chance, 2, 1.5) for _ in range(60)]
    assert sum(one is not None and one <= SOON for one in found) >= 54


@pytest.mark.full
@pytest.mark.parametrize("draw", [normal, heavy])
@pytest.mark.parametrize("readers", [2, 3, 4, 6])
def test_at_most_one_stable_campaign_in_twenty_has_an_alarm(
    readers: int, draw: DrawDifferences, record_property: Callable[[str, object], None]
) -> None:
    """Drawn afresh in every run; 2,000 campaigns of 200 cases."""
    seed = secrets.randbits(32)
    chance = np.random.default_rng(seed)
    alarms = sum(has_alarm(chance, readers, draw) for _ in range(2000))
    record_property(f"campaigns with an alarm, {readers} readers, {draw.__name__}, seed {seed}", f"{alarms} of 2,000")
    assert alarms <= 100, seed


@pytest.mark.full
@pytest.mark.parametrize("readers", [2, 3])
@pytest.mark.parametrize("size", [0.5, 1.0, 1.5, 2.0])
def test_how_soon_shifts_are_found(readers: int, size: float, record_property: Callable[[str, object], None]) -> None:
    """A shift of 1.5 SD within 30 cases: the lower 95 % limit over 1,000 runs is at least 85 %."""
    seed = secrets.randbits(32)
    chance = np.random.default_rng(seed)
    delays = [delay(chance, readers, size) for _ in range(1000)]
    soon = sum(one is not None and one <= SOON for one in delays)
    interval = binomtest(soon, 1000).proportion_ci()
    known = [one for one in delays if one is not None]
    record_property(
        f"shift of {size} SD, {readers} readers, seed {seed}",
        f"within 30 cases {soon} of 1,000 ({interval.low:.3f} to {interval.high:.3f}), found within 100 {len(known)}, "
        f"median delay {median(known)}",
    )
    assert size < 1.5 or interval.low >= 0.85, seed


def named(chance: np.random.Generator, readers: int) -> int | None:
    """Who is named after reader 0 moved by 1.5 SD: 20 cases a reader before the alarm, 30 after the shift."""
    campaign = simulated(chance, 200 * readers, readers, Shift(0, SHIFTED_AT, 1.5))
    own = [place for place, pair in enumerate(campaign.pairs) if 0 in pair[:2]]
    start, end = own[SHIFTED_AT - 1], own[SHIFTED_AT + 29]
    return who_drifted(campaign.pairs[:start], campaign.pairs[start:end])


def test_who_drifted_is_named_with_three_readers_and_never_with_two() -> None:
    chance = np.random.default_rng(5)
    assert {named(chance, 2) for _ in range(10)} == {None}
    found = [named(chance, 3) for _ in range(60)]
    assert found.count(0) >= 48
    assert len(found) - found.count(0) - found.count(None) <= 2


def test_readers_who_share_no_partner_are_not_compared() -> None:
    before = [(0, 1, 0.0), (2, 3, 0.0)]
    assert who_drifted(before, [(0, 1, 3.0), (2, 3, 0.0)]) is None
