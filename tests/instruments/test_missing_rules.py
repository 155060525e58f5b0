"""Each missing rule by name, its parameters and its limits."""

from __future__ import annotations

import json

import numpy as np
import pytest

from instruments.change import change, change_series
from instruments.facts import Mark
from instruments.missing import DEFAULT, RULES, MissingRule, UnknownRule, get_rule, rule_from
from instruments.totals import as_row, score_one, score_series
from tests.instruments.building import SVDH, everywhere

FEET = [item.key for item in SVDH.items_of(feature="narrowing", region="foot")]


def without(keys: list[str], grade: int = 1) -> dict[str, int | None]:
    return {**everywhere(grade), **dict.fromkeys(keys)}


def test_the_default_is_paired_and_proportional_with_half_of_a_region_allowed_to_miss() -> None:
    assert get_rule().as_dict() == {"name": DEFAULT, "parameters": {"limit": 0.5, "whole_side": False}}


@pytest.mark.parametrize("name", RULES)
def test_a_rule_is_stored_and_read_back_with_its_parameters(name: str) -> None:
    rule = get_rule(name) if name == "none" else get_rule(name, limit=0.2, whole_side=True)
    assert rule_from(json.loads(json.dumps(rule.as_dict()))) == rule
    assert rule.kind.fact.mark is Mark.GENERAL


def test_a_total_is_given_at_the_limit_and_missing_beyond_it() -> None:
    assert score_one(SVDH, without(FEET[:6]), get_rule()).of(feature="narrowing", region="foot").value == 12
    beyond = score_one(SVDH, without(FEET[:7]), get_rule()).overall
    assert beyond.reason == "narrowing, feet: 7 of 12 sites not evaluable, at most 6 allowed"
    assert beyond.value is None


def test_a_limit_is_read_as_written() -> None:
    """0.25 of 12 sites is 3, 0.2 of 30 is 6, and 0.29 of 100 is 29 although its float is a little less."""
    assert [
        MissingRule(DEFAULT, limit=share).may_miss(sites) for share, sites in ((0.25, 12), (0.2, 30), (0.29, 100))
    ] == [3, 6, 29]


def test_a_whole_foot_missing_is_imputed_unless_the_charter_says_otherwise() -> None:
    left = [item.key for item in SVDH.items_of(region="foot", side="L")]
    assert score_one(SVDH, without(left), get_rule()).of(region="foot").value == 24
    strict = score_one(SVDH, without(left), get_rule(whole_side=True)).overall
    assert strict.reason == "erosion, feet: no site of one side evaluable"


def test_without_imputation_one_missing_site_is_enough() -> None:
    total = score_one(SVDH, without(FEET[:1]), get_rule("none"))
    assert total.overall.reason == "narrowing, feet: 1 of 12 sites not evaluable, at most 0 allowed"
    assert total.of(feature="erosion").value == 44


def test_an_operated_joint_at_its_maximum() -> None:
    values = {**everywhere(0), "EL-MTP2": None}
    total = score_one(SVDH, values, get_rule("operated-maximum"), operated=["EL-MTP2"])
    assert (total.value, total.overall.assessed, total.overall.imputed) == (10, 85, 1)
    assert score_one(SVDH, values, get_rule("operated-maximum")).value == 0


def test_an_operated_joint_keeps_the_last_score_before_the_operation() -> None:
    visits = [
        everywhere(0, EL_MTP2=3),
        everywhere(0, EL_MTP2=4),
        everywhere(0, EL_MTP2=None),
        everywhere(0, EL_MTP2=None),
    ]
    operated = [[], [], ["EL-MTP2"], ["EL-MTP2"]]
    rows = [as_row(SVDH, values, keys) for values, keys in zip(visits, operated, strict=True)]
    series, flags = np.array([[row for row, _ in rows]]), np.array([[flag for _, flag in rows]])
    totals = score_series(SVDH, series, get_rule("operated-carried"), flags)
    assert [total.values()[0] for total in totals] == [3, 4, 4, 4]
    changes = change_series(SVDH, series, get_rule("operated-carried"), flags)
    assert [found.values()[0] for found in changes] == [1, 1, 1]


def test_a_joint_operated_before_the_first_film_has_nothing_to_carry() -> None:
    values = everywhere(0, EL_MTP2=None)
    found = change(SVDH, values, values, get_rule("operated-carried"), (["EL-MTP2"], ["EL-MTP2"]))
    assert (found.value, found.overall.imputed) == (0, 1)


def test_a_site_missing_once_is_left_out_at_all_visits() -> None:
    """Feet, narrowing: the site that holds the points is left out everywhere, so its 4 points count nowhere."""
    visits = [without([], 0) | {"JL-MTP2": 4}, without([], 0) | {"JL-MTP2": 4}, without(["JL-MTP2"], 0)]
    series = np.array([[as_row(SVDH, values)[0] for values in visits]])
    assert [t.values()[0] for t in score_series(SVDH, series, get_rule("excluded-all-visits"))] == [0, 0, 0]
    assert [t.values()[0] for t in score_series(SVDH, series, get_rule())] == [4, 4, 0]


@pytest.mark.parametrize(
    ("name", "parameters", "message"),
    [
        ("median", {}, "The missing rule cannot be “median”. Give one of paired-proportional, "),
        ("none", {"limit": 0.5}, "The parameter of rule none cannot be “limit”. Give none."),
        (DEFAULT, {"limit": 1.5}, "The limit cannot be “1.5”. Give a number from 0 to 1."),
        (DEFAULT, {"whole_side": 1}, "The whole_side cannot be “1”. Give true or false."),
    ],
)
def test_a_rule_that_does_not_exist_is_refused(name: str, parameters: dict[str, object], message: str) -> None:
    with pytest.raises(UnknownRule) as refused:
        get_rule(name, **parameters)
    assert message in str(refused.value)
