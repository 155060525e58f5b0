"""Score checks: what one signed read shows by itself, the same for every order of its timepoints; simulated slips."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from itertools import permutations

import numpy as np
import pytest
from scipy.stats import binomtest

import instruments
from scoring.checks.rules import Checks, RuleFinding, Sheet

SVDH = instruments.get("svdh")
CHECKS = Checks(SVDH)
ITEMS = len(SVDH.items)
PLACES = SVDH.positions
TIMEPOINTS = 3


def sheet(grades: np.ndarray) -> Sheet:
    return Sheet(grades, np.ones(grades.shape, dtype=bool), np.zeros(grades.shape, dtype=bool))


def kinds(found: list[RuleFinding]) -> set[str]:
    return {one.kind for one in found}


def patient(chance: np.random.Generator) -> np.ndarray:
    """Damage of a patient with established disease, a little more at each timepoint."""
    severity = chance.gamma(2.0, 0.6)
    weights = chance.gamma(0.7, 1.0, ITEMS)
    most = np.array([max(item.allowed) for item in SVDH.items])
    first = np.minimum(chance.poisson(severity * weights), most)
    steps = chance.random((TIMEPOINTS - 1, ITEMS)) < 0.02
    grades: np.ndarray = np.minimum(np.vstack([first, first + np.cumsum(steps, axis=0)]), most).astype(float)
    return grades


def read_of(truth: np.ndarray, sdc: float, chance: np.random.Generator) -> np.ndarray:
    """A read with this smallest detectable change of the total: 1.96 x sqrt(2) x its standard error."""
    share = (sdc / (1.96 * 2**0.5)) ** 2 / ITEMS
    wrong = chance.random(truth.shape) < share
    most = np.array([max(item.allowed) for item in SVDH.items])
    read: np.ndarray = np.where(wrong, np.clip(truth + chance.choice([-1, 1], truth.shape), 0, most), truth)
    return read


def exchange(read: np.ndarray, pairs: dict[str, tuple[list[int], list[int]]], chance: np.random.Generator) -> bool:
    """At one timepoint the columns of some joints are exchanged: at least four values change. False if none can be."""
    at = chance.integers(len(read))
    able = {
        where: differ
        for where, (one, other) in pairs.items()
        if len(differ := [pair for pair in zip(one, other, strict=True) if read[at, pair[0]] != read[at, pair[1]]]) >= 2
    }
    if not able:
        return False
    joints = able[chance.choice(sorted(able))]
    for one, other in chance.permutation(joints)[: chance.integers(2, len(joints) + 1)]:
        read[at, [one, other]] = read[at, [other, one]]
    return True


def features(read: np.ndarray, chance: np.random.Generator) -> bool:
    return exchange(read, CHECKS.feature_pairs, chance)


def sides(read: np.ndarray, chance: np.random.Generator) -> bool:
    return exchange(read, CHECKS.side_pairs, chance)


def wrong_grades(read: np.ndarray, chance: np.random.Generator) -> bool:
    """At one timepoint four values or more are at least three grades from what was seen."""
    at = chance.integers(len(read))
    for column in chance.permutation(ITEMS)[: chance.integers(4, 10)]:
        allowed = [grade for grade in SVDH.items[column].allowed if abs(grade - read[at, column]) >= 3]
        read[at, column] = chance.choice(allowed) if allowed else read[at, column]
    return True


def impossible(read: np.ndarray, chance: np.random.Generator) -> bool:
    read[chance.integers(len(read)), chance.permutation(ITEMS)[:4]] = 11
    return True


def blank(read: np.ndarray, chance: np.random.Generator) -> bool:
    """A fifth of a timepoint and more is given up as not assessable."""
    read[chance.integers(len(read)), chance.permutation(ITEMS)[: ITEMS // 5 + 1]] = np.nan
    return True


def timepoints(read: np.ndarray, chance: np.random.Generator) -> bool:
    """Two timepoints are exchanged: no read can show it by itself."""
    read[[0, 1]] = read[[1, 0]]
    return True


Slip = Callable[[np.ndarray, np.random.Generator], bool]
SLIPS: dict[str, Slip] = {
    "difference": wrong_grades,
    "features": features,
    "sides": sides,
    "impossible": impossible,
    "not-assessable": blank,
}


def caught(slip: Slip, kind: str, number: int, sdc: float, seed: int) -> int:
    """Of so many reads with this slip, how many have a finding of its kind."""
    chance = np.random.default_rng(seed)
    hits = made = 0
    while made < number:
        read = read_of(patient(chance), sdc, chance)
        if slip(read, chance):
            made += 1
            hits += kind in kinds(CHECKS.of(sheet(read)))
    return hits


def false_alarms(number: int, sdc: float, seed: int) -> Counter[str]:
    """Findings in so many reads without a slip, by kind."""
    chance = np.random.default_rng(seed)
    return Counter(
        kind for _ in range(number) for kind in kinds(CHECKS.of(sheet(read_of(patient(chance), sdc, chance))))
    )


@pytest.mark.parametrize("kind", SLIPS)
def test_a_slip_that_one_read_can_show_is_found_nine_times_out_of_ten(kind: str) -> None:
    assert caught(SLIPS[kind], kind, 60, sdc=1.2, seed=20261129) >= 54


@pytest.mark.full
@pytest.mark.parametrize("sdc", [1.2, 3.0])
def test_a_thousand_slips_of_each_kind_and_the_false_alarms(
    sdc: float, record_property: Callable[[str, object], None]
) -> None:
    """Drawn afresh in every run; the seed is reported, so that a run can be repeated."""
    seed = secrets.randbits(32)
    record_property(f"false alarms in 1,000 reads at SDC {sdc}, seed {seed}", dict(false_alarms(1000, sdc, seed)))
    for kind, slip in SLIPS.items():
        hits = caught(slip, kind, 1000, sdc, seed)
        interval = binomtest(hits, 1000).proportion_ci()
        record_property(f"{kind} at SDC {sdc}", f"{hits} of 1,000 ({interval.low:.3f} to {interval.high:.3f})")
        assert hits >= 900, (kind, seed, interval)


def test_reads_without_a_slip_are_left_alone() -> None:
    assert sum(false_alarms(100, 1.2, seed=4).values()) <= 5


@pytest.mark.parametrize("kind", SLIPS)
def test_no_order_of_the_timepoints_changes_a_finding(kind: str) -> None:
    """Otherwise a finding would tell which timepoint is the first."""
    chance = np.random.default_rng(11)
    for _ in range(20):
        read = read_of(patient(chance), 3.0, chance)
        SLIPS[kind](read, chance)
        found = CHECKS.of(sheet(read))
        assert all(CHECKS.of(sheet(read[list(order)])) == found for order in permutations(range(TIMEPOINTS)))


def test_timepoints_exchanged_are_no_finding_because_no_read_can_show_it() -> None:
    chance = np.random.default_rng(12)
    read = read_of(patient(chance), 1.2, chance)
    before = CHECKS.of(sheet(read))
    timepoints(read, chance)
    assert CHECKS.of(sheet(read)) == before


def test_an_increase_and_a_decrease_of_three_grades_are_the_same_finding() -> None:
    read = np.zeros((2, ITEMS))
    read[0, 5] = 3
    (finding,) = CHECKS.of(sheet(read))
    assert finding == RuleFinding("difference", "", (SVDH.items[5].key,))
    assert CHECKS.of(sheet(read[::-1])) == [finding]
    read[0, 5] = 2
    assert CHECKS.of(sheet(read)) == []


def test_absent_films_are_not_counted_as_not_assessable() -> None:
    read = np.zeros((2, ITEMS))
    read[0, : ITEMS // 2] = np.nan
    shown, none = np.ones(read.shape, dtype=bool), np.zeros(read.shape, dtype=bool)
    assert kinds(CHECKS.of(Sheet(read, shown, none))) == {"not-assessable"}
    shown[0, : ITEMS // 2] = False
    assert CHECKS.of(Sheet(read, shown, none)) == []
    assert CHECKS.of(Sheet(np.full((2, ITEMS), np.nan), none, none)) == []


def test_a_grade_and_a_reason_that_the_item_does_not_have_are_impossible() -> None:
    read = np.zeros((2, ITEMS))
    strange = np.zeros(read.shape, dtype=bool)
    read[0, 2], strange[1, 7] = 1.5, True
    (finding,) = CHECKS.of(Sheet(read, np.ones(read.shape, dtype=bool), strange))
    assert finding == RuleFinding("impossible", "", (SVDH.items[2].key, SVDH.items[7].key))


def test_every_instrument_can_be_checked() -> None:
    for key in instruments.KEYS:
        instrument = instruments.get(key)
        checks = Checks(instrument)
        assert checks.of(sheet(np.zeros((3, len(instrument.items))))) == []
        assert checks.side_pairs
