"""Values after an intercurrent event, each case worked by hand."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from instruments.extrapolation import DatedScore, Filled, extrapolated, value_at
from instruments.facts import Mark
from instruments.intercurrent_events import EVENT_RULES, EventRule, get_event_rule

BASELINE = DatedScore(0, 10)


def at_168(
    later: list[DatedScore],
    event_day: int | None = None,
    rule: EventRule | None = None,
    baseline: DatedScore | None = BASELINE,
) -> Filled:
    observed = next((film for film in later if film.day >= 160), None)
    return value_at(
        baseline=baseline,
        later=later,
        target_day=168,
        observed=observed,
        event_day=event_day,
        rule=rule or get_event_rule(),
        maximum=448,
    )


def test_rescue_at_week_16_replaces_the_film_of_week_24() -> None:
    """10 at day 0 and 12 at day 112: 2/112 a day, so day 168 is 10 + 3 = 13; the film of day 170 shows 11."""
    found = at_168([DatedScore(112, 12), DatedScore(170, 11)], event_day=112)
    assert (found.value, found.origin) == (Fraction(13), "extrapolated")
    assert found.films == (BASELINE, DatedScore(112, 12))


def test_a_film_before_the_event_stands_as_observed() -> None:
    found = at_168([DatedScore(112, 12), DatedScore(166, 11)], event_day=200)
    assert (found.value, found.origin) == (Fraction(11), "observed")


def test_no_event_and_a_film_is_simply_observed() -> None:
    assert at_168([DatedScore(170, 14)]).value == 14


def test_actual_film_days_count_not_planned_ones() -> None:
    """Week 16 taken on day 119: 2 x 168/119 = 48/17."""
    assert at_168([DatedScore(119, 12), DatedScore(170, 11)], event_day=119).value == 10 + Fraction(48, 17)


def test_one_film_only_gives_nothing() -> None:
    only_baseline = at_168([], event_day=100)
    assert only_baseline.value is None
    assert only_baseline.reason == "no film after baseline and before the event or the missing visit"
    only_later = at_168([DatedScore(84, 12)], event_day=100, baseline=None)
    assert (only_later.value, only_later.reason) == (None, "no baseline film")


def test_a_film_after_the_event_is_no_film_before_it() -> None:
    assert at_168([DatedScore(113, 12)], event_day=112).value is None


def test_grace_days_take_in_the_film_of_the_rescue_visit() -> None:
    within = at_168([DatedScore(119, 12), DatedScore(170, 11)], event_day=112, rule=get_event_rule(grace_days=7))
    assert within.value == 10 + Fraction(48, 17)
    assert at_168([DatedScore(120, 12)], event_day=112, rule=get_event_rule(grace_days=7)).value is None


def test_an_early_film_is_too_near_to_extrapolate_from() -> None:
    rule = get_event_rule(minimum_interval=56)
    found = at_168([DatedScore(20, 12)], event_day=21, rule=rule)
    assert found.value is None
    assert found.reason == "the last film before the event is 20 days after baseline, at least 56 needed"
    assert at_168([DatedScore(56, 12)], event_day=60, rule=rule).value == 16


def test_a_negative_rate_extrapolates_too() -> None:
    """10 to 8 over 84 days is -2/84 a day: day 168 is 6."""
    assert at_168([DatedScore(84, 8)], event_day=84).value == 6


def test_a_value_is_capped_only_if_the_charter_says_so() -> None:
    falling, rising = [DatedScore(28, 5)], [DatedScore(28, 110)]
    assert at_168(falling, event_day=28).value == -20
    assert at_168(falling, event_day=28, rule=get_event_rule(cap=True)).value == 0
    assert at_168(rising, event_day=28).value == 610
    assert at_168(rising, event_day=28, rule=get_event_rule(cap=True)).value == 448


def test_a_missing_visit_is_made_from_the_last_film_before_it() -> None:
    assert at_168([DatedScore(84, 11)]).value == 12
    assert (
        value_at(
            baseline=BASELINE,
            later=[DatedScore(300, 50)],
            target_day=168,
            observed=None,
            event_day=None,
            rule=EventRule(),
            maximum=448,
        ).value
        is None
    )


def test_a_visit_missed_before_an_event_is_not_made_from_a_film_after_it() -> None:
    """Day 84 was missed: 10 to 12 over 56 days makes it 13, whatever the film of day 140 shows."""
    films = [DatedScore(56, 12), DatedScore(140, 30)]
    found = value_at(
        baseline=BASELINE, later=films, target_day=84, observed=None, event_day=150, rule=EventRule(), maximum=448
    )
    assert found.value == 13


@pytest.mark.parametrize("strategy", ["linear-extrapolation", "locf", "missing"])
def test_a_visit_missed_before_an_event_is_extrapolated_whatever_the_strategy_for_the_event(strategy: str) -> None:
    """Day 168 was missed, death on day 300: 10 to 12 over 112 days is 13 on day 168; after the event the rule decides.

    On day 336 the strategies give 10 + 2 x 336/112 = 16, the 12 of the last film, or nothing.
    """
    values = [
        value_at(
            baseline=BASELINE,
            later=[DatedScore(112, 12)],
            target_day=day,
            observed=None,
            event_day=300,
            rule=get_event_rule(strategy),
            maximum=448,
        ).value
        for day in (168, 336)
    ]
    assert values == [13, {"linear-extrapolation": 16, "locf": 12, "missing": None}[strategy]]


def test_the_last_of_several_films_before_the_event_is_used_whatever_their_order() -> None:
    films = [DatedScore(112, 12), DatedScore(56, 30), DatedScore(84, 20)]
    assert at_168(films, event_day=112).value == at_168(films[::-1], event_day=112).value == 13


def test_the_last_value_carried_forward_is_a_named_sensitivity_rule() -> None:
    found = at_168([DatedScore(112, 12), DatedScore(170, 11)], event_day=112, rule=get_event_rule("locf"))
    assert (found.value, found.origin) == (Fraction(12), "carried")
    assert at_168([], event_day=112, rule=get_event_rule("locf")).value is None


def test_the_observed_rule_ignores_events_and_makes_nothing() -> None:
    assert (
        at_168([DatedScore(112, 12), DatedScore(170, 11)], event_day=112, rule=get_event_rule("observed")).value == 11
    )
    assert at_168([DatedScore(112, 12)], rule=get_event_rule("observed")).reason == "no film at this visit"


def test_values_that_are_fractions_stay_exact() -> None:
    assert extrapolated(DatedScore(0, Fraction(1, 3)), DatedScore(3, Fraction(4, 3)), 6) == Fraction(7, 3)


def test_event_rules_carry_their_mark_and_refuse_what_they_do_not_take() -> None:
    assert {fact.mark for fact in EVENT_RULES.values()} == {Mark.GENERAL}
    assert get_event_rule(cap=True).as_dict()["parameters"] == {"minimum_interval": 1, "grace_days": 0, "cap": True}
    for name, parameters, message in (
        ("bocf", {}, "The event rule cannot be “bocf”. Give one of linear-extrapolation, "),
        ("locf", {"grace_days": -1}, "grace_days cannot be “-1”. Give a whole number of days, 0 or more."),
        ("locf", {"minimum_interval": 0}, "The parameter minimum_interval cannot be “0”."),
        ("locf", {"window": 3}, "The parameter cannot be “window”. Give minimum_interval, grace_days or cap."),
        ("locf", {"cap": "yes"}, "The parameter cap cannot be “yes”. Give true or false."),
    ):
        with pytest.raises(ValueError, match=r".") as refused:
            get_event_rule(name, **parameters)
        assert message in str(refused.value)


def test_extrapolation_keeps_the_mean_and_widens_the_spread() -> None:
    """OSKIRA-1 (PubMed 27044884): with 10 to 90 % missing the mean stays 0.32-0.36 while SD grows from 2.39 to 4.45."""
    generator = np.random.default_rng(1)
    n = 4000
    halfway = generator.normal(0.18, 1.4, n)
    final = 2 * halfway + generator.normal(0, 1.4, n)
    spreads = []
    for share in (0.0, 0.3, 0.9):
        values = np.where(generator.random(n) < share, [le(change) for change in halfway], final)
        assert values.mean() == pytest.approx(0.36, abs=0.15)
        spreads.append(values.std())
    missing_all = np.array([le(change) for change in halfway])
    assert missing_all.mean() == pytest.approx(2 * halfway.mean())
    assert missing_all.std() == pytest.approx(2 * halfway.std())


def le(change: float) -> float:
    return float(extrapolated(DatedScore(0, 0), DatedScore(84, Fraction(change)), 168))


def test_a_rescue_film_before_the_event_and_inside_the_window_serves_the_visit_past_its_target_day() -> None:
    film = DatedScore(175, 13)
    found = value_at(
        baseline=BASELINE,
        later=[film],
        target_day=168,
        observed=None,
        event_day=175,
        rule=EventRule(),
        maximum=448,
        others=[film],
        window=(154, 182),
    )
    assert (found.value, found.origin) == (Fraction(13), "observed")


def test_a_film_with_its_own_baseline_extrapolates_from_that_baseline() -> None:
    """9 to 11 over 84 days, the baseline of the change being 9 and not 10: day 168 is 13."""
    found = at_168([DatedScore(84, 11, 9), DatedScore(170, 30, 12)], event_day=100)
    assert (found.value, found.base) == (Fraction(13), Fraction(9))
