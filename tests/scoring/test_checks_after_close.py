"""What the true order and the partner's read show of a closed campaign: falls, surgery undone, timepoints exchanged."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

import instruments
from scoring.checks.order_rules import beside_the_partner, in_true_order
from scoring.checks.rules import RuleFinding
from tests.scoring.test_score_checks import ITEMS, SVDH, patient, read_of


def none() -> np.ndarray:
    return np.zeros((3, ITEMS), dtype=bool)


def test_a_fall_of_two_grades_is_a_finding_in_true_order_alone() -> None:
    grades = np.zeros((3, ITEMS))
    grades[:, 4] = [0, 2, 1]
    assert list(in_true_order(SVDH, grades, none())) == []
    grades[:, 4] = [2, 1, 0]
    assert list(in_true_order(SVDH, grades, none())) == [RuleFinding("decrease", "", (SVDH.items[4].key,))]
    assert list(in_true_order(SVDH, grades[::-1], none())) == []


def test_a_joint_that_was_operated_and_is_graded_later_is_a_finding() -> None:
    grades, operated = np.zeros((3, ITEMS)), none()
    grades[1, 6], operated[1, 6] = np.nan, True
    assert list(in_true_order(SVDH, grades, operated)) == [RuleFinding("prosthesis", "", (SVDH.items[6].key,))]
    grades[2, 6], operated[2, 6] = np.nan, True
    assert list(in_true_order(SVDH, grades, operated)) == []


def test_two_timepoints_exchanged_show_beside_the_partner() -> None:
    """Patients whose first and last timepoint differ by 10 grades or more; readers with an SDC of 1.2."""
    chance = np.random.default_rng(14)
    tried = 0
    while tried < 40:
        truth = patient(chance)
        truth[1:, chance.permutation(ITEMS)[:12]] += 1
        first, second = read_of(truth, 1.2, chance), read_of(truth, 1.2, chance)
        if all(np.abs(later - earlier).sum() >= 10 for earlier, later in pairwise(truth[:2])):
            tried += 1
            assert list(beside_the_partner(SVDH, first, second)) == []
            kinds = [one.kind for one in beside_the_partner(SVDH, first[[1, 0, 2]], second)]
            assert kinds == ["timepoints"]


def test_every_instrument_can_be_checked_in_true_order() -> None:
    for key in instruments.KEYS:
        instrument = instruments.get(key)
        grades = np.zeros((2, len(instrument.items)))
        assert list(in_true_order(instrument, grades, np.zeros(grades.shape, dtype=bool))) == []
