"""Damage over the visits of a trial: known exactly, never falling, spread as in trials."""

from __future__ import annotations

import numpy as np
import pytest

from instruments import get
from rehearsal.course import TREATED, UNTREATED, course
from rehearsal.film import draw_foot
from rehearsal.truth import PLACES, Truth, true_value

WEEKS = (0, 24, 52)
PEOPLE = range(250)


def place(feature: str, side: str, joint: str, part: str = "") -> Truth:
    found = next(at for at in PLACES if (at.feature, at.side, at.joint, at.part) == (feature, side, joint, part))
    return Truth({found: 3})


def larsen(truth: Truth, key: str) -> int:
    return true_value(truth, get("larsen-1995").item(key))


def test_the_same_person_has_the_same_course() -> None:
    assert course(5, WEEKS) == course(5, WEEKS)
    assert course(5, WEEKS) != course(6, WEEKS)


def test_a_visit_does_not_depend_on_which_others_are_asked_for() -> None:
    for person in range(20):
        assert course(person, (52,))[0] == course(person, WEEKS)[2]


def test_damage_never_heals_at_any_site() -> None:
    for person in PEOPLE:
        first, *later = course(person, WEEKS)
        for truth in later:
            assert all(truth.grades.get(site, 0) >= grade for site, grade in first.grades.items())


def test_the_true_total_is_the_sum_of_the_items_of_the_instrument() -> None:
    svdh = get("svdh")
    for person in range(40):
        truth = course(person, (52,))[0]
        values = {item.key: true_value(truth, item) for item in svdh.items}
        assert sum(values.values()) == truth.total()
        assert truth.total() == truth.total("erosion") + truth.total("narrowing")
        assert all(values[item.key] in item.allowed for item in svdh.items)


def test_svdh_with_whole_and_with_two_sided_feet_add_up_to_the_same() -> None:
    for person in range(40):
        truth = course(person, (24,))[0]
        sums = [sum(true_value(truth, item) for item in get(key).items) for key in ("svdh", "svdh-two-sides")]
        assert sums[0] == sums[1] == truth.total()


def test_most_people_do_not_change_and_a_few_change_much() -> None:
    changes = np.array([late.total() - first.total() for first, late in (course(p, (0, 24)) for p in PEOPLE)])
    assert 0.6 < (changes <= 0).mean() < 0.85
    assert 0.4 < changes.mean() < 1.6
    assert changes.max() > 8


def test_treated_people_progress_less() -> None:
    gains = [
        np.mean([late.total() - first.total() for first, late in (course(p, (0, 52), progression=arm) for p in PEOPLE)])
        for arm in (UNTREATED, TREATED)
    ]
    assert gains[1] < 0.7 * gains[0]


def test_first_films_are_spread_as_in_trials() -> None:
    totals = np.array([course(person, (0,))[0].total() for person in PEOPLE])
    assert 15 < totals.mean() < 30
    assert 20 < totals.std() < 50
    assert (totals == 0).any()


def test_what_is_true_is_what_is_drawn() -> None:
    truth = course(2, (52,))[0]
    drawn = {(side, region): truth.damage(side, region) for side in ("L", "R") for region in ("hand", "foot")}
    sides = [value if isinstance(value, tuple) else (value,) for d in drawn.values() for value in d.erosion.values()]
    assert sum(map(sum, sides)) == truth.total("erosion")
    assert sum(sum(d.narrowing.values()) for d in drawn.values()) == truth.total("narrowing")
    assert draw_foot("L", drawn["L", "foot"], 2, 1, 0.2).sites


@pytest.mark.parametrize(
    ("feature", "joint", "part", "key", "grade"),
    [
        ("erosion", "PIP3", "", "GL-PIP3", 3),
        ("erosion", "MTP4", "D", "GL-MTP4", 3),
        ("narrowing", "PIP3", "", "GL-PIP3", 1),
        ("erosion", "LUNAT", "", "GL-WRIST-4", 3),
        ("narrowing", "RADCA", "", "GL-WRIST-3", 1),
        ("erosion", "LUNAT", "", "GL-WRIST-3", 0),
    ],
)
def test_larsen_grades_follow_from_erosion_and_narrowing(
    feature: str, joint: str, part: str, key: str, grade: int
) -> None:
    assert larsen(place(feature, "L", joint, part), key) == grade
    assert larsen(place(feature, "R", joint, part), key) == 0


def test_sens_counts_a_damaged_site_once() -> None:
    truth = place("erosion", "L", "MTP5", "P")
    assert sum(true_value(truth, item) for item in get("sens").items) == 1
