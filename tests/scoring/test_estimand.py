"""Which film serves an analysis visit and what its value is, each case worked by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import instruments
from instruments.intercurrent_events import get_event_rule
from instruments.missing import get_rule
from scoring.consensus.discordance import Series
from scoring.consensus.panel import Panel
from scoring.endpoint.estimand import (
    AnalysisValue,
    CaseFilms,
    Estimand,
    SubjectEvent,
    baseline_value,
    deciding_event,
    serving_film,
    value_of,
)
from scoring.endpoint.films import CaseFilm, ChangePair, StatusTotal, pairs_of
from scoring.endpoint.visits import AnalysisVisits, PlannedVisit, analysis_visits

PAIRED = get_rule("paired-proportional")
PLAN = [("W00", 0, 14, 14), ("W24", 168, 14, 14), ("W52", 364, 14, 14)]
VISITS = analysis_visits(PLAN, ["W00", "W24", "W52"])
WEEK_24, WEEK_52 = VISITS.later
ESTIMAND = Estimand(PAIRED, 160)
STATUS = StatusTotal(Fraction(10), "", 32, 0)


def film(code: str, day: int, change: int | None = 0, base: int = 10, kind: str = "scheduled") -> CaseFilm:
    """A film with a change from this base; without a change it is not evaluable."""
    plan = code if kind == "scheduled" else None
    pair = (
        ChangePair(Fraction(base), Fraction(base + change), "", 32, 0)
        if change is not None
        else ChangePair(None, None, "x", 0, 0)
    )
    return CaseFilm(code, kind, "2025-01-01", plan, day, {"total": STATUS}, {"total": pair} if day else {})


def case(*films: CaseFilm, event: SubjectEvent | None = None) -> CaseFilms:
    return CaseFilms((film("W00", 0), *films), event=event)


def rescued(day: int, name: str = "linear-extrapolation", **parameters: object) -> SubjectEvent:
    return SubjectEvent("rescue", day, get_event_rule(name, **parameters))


def value(films: CaseFilms, visit: PlannedVisit, gap: str = "missing") -> AnalysisValue:
    return value_of(films, VISITS, visit, "total", replace(ESTIMAND, gap=gap))


def shown(found: AnalysisValue) -> tuple[object, ...]:
    return found.basetype, found.base, found.value, found.dtype


def test_a_visit_keeps_its_protocol_number_whatever_the_campaign_reads() -> None:
    visits = analysis_visits([("SCR", -28, 7, 7), *PLAN], ["W00", "W52"])
    assert [(visit.code, visit.number) for visit in visits.every] == [("W00", 2), ("W52", 4)]


def test_a_plan_without_day_0_begins_at_its_first_visit() -> None:
    assert analysis_visits([("V2", 100, 1, 1), ("V1", -7, 1, 1)], ["V1", "V2"]).baseline.code == "V1"


@pytest.mark.parametrize(
    ("days", "served"),
    [
        ({"W24": 170, "U1": 168}, "W24"),  # scheduled before unscheduled, though further from the target
        ({"W24": 190, "U1": 180}, "U1"),  # inside the window before scheduled
        ({"W24": 190, "U1": 200}, "W24"),  # a scheduled film outside the window still serves its visit
        ({"U1": 170, "U2": 167}, "U2"),  # nearest the target
        ({"U1": 170, "U2": 166}, "U2"),  # then earlier
        ({"U1": 183}, None),  # a film outside the plan serves nothing from outside a window
    ],
)
def test_a_film_serves_a_visit_in_the_stated_order(days: dict[str, int], served: str | None) -> None:
    films = [film(code, day, kind="scheduled" if code == "W24" else "unscheduled") for code, day in days.items()]
    found = serving_film(case(*films), VISITS, WEEK_24)
    assert (found.code if found else None) == served


def test_a_film_between_two_overlapping_windows_serves_the_nearer_visit_alone() -> None:
    wide = AnalysisVisits(VISITS.baseline, (replace(WEEK_24, days_after=150), replace(WEEK_52, days_before=150)))
    served = wide.served_by(film("U1", 280, kind="unscheduled"))
    assert served == wide.later[1]


def test_a_rescue_film_before_the_event_serves_the_visit_past_its_target_day() -> None:
    """Rescue on day 175, film on day 175, week 24 planned for day 168: observed, nothing is extrapolated."""
    films = case(film("R1", 175, 3, kind="rescue"), event=rescued(175))
    assert shown(value(films, WEEK_24)) == ("R1 PAIRED", 10, 13, "")
    assert shown(value(films, WEEK_52)) == ("R1 PAIRED", 10, 10 + 3 * Fraction(364, 175), "extrapolated")


def test_an_extrapolated_value_keeps_the_baseline_of_the_film_it_comes_from() -> None:
    """Change of 2 in 168 days from a paired baseline of 9: on day 364 it is 2 x 364/168 = 13/3, from 9 to 40/3."""
    films = case(film("W24", 168, 2, base=9), film("W52", 364, 50, base=12), event=rescued(200))
    assert shown(value(films, WEEK_24)) == ("W24 PAIRED", 9, 11, "")
    found = value(films, WEEK_52)
    assert shown(found) == ("W24 PAIRED", 9, Fraction(40, 3), "extrapolated")
    assert found.change == Fraction(13, 3)


def test_the_strategy_of_the_event_decides() -> None:
    films = [film("W24", 168, 2), film("W52", 364, 50)]
    for name, expected in (
        ("locf", ("W24 PAIRED", 10, 12, "carried")),
        ("observed", ("W52 PAIRED", 10, 60, "")),
        ("missing", ("W52 PAIRED", None, None, "")),
    ):
        assert shown(value(case(*films, event=rescued(200, name)), WEEK_52)) == expected
    missing = value(case(*films, event=rescued(200, "missing")), WEEK_52)
    assert missing.reason == "after the event: missing by the charter"


def test_a_film_lost_to_an_event_after_the_target_day_is_replaced_by_the_strategy() -> None:
    """Rescue on day 169, film of week 24 on day 175: the strategy applies though day 168 was before the event."""
    films = case(film("U1", 84, 1, kind="unscheduled"), film("W24", 175, 9), event=rescued(169))
    assert shown(value(films, WEEK_24)) == ("U1 PAIRED", 10, 12, "extrapolated")


def test_a_visit_without_a_film_stays_missing_or_is_made_by_the_charter() -> None:
    """Week 24 between a change of 1 on day 84 (baseline 10) and of 4 on day 364 (baseline 8): 1 + 3 x 84/280."""
    films = case(film("U1", 84, 1, kind="unscheduled"), film("W52", 364, 4, base=8))
    assert value(films, WEEK_24).reason == "no film at this visit"
    made = value(films, WEEK_24, "interpolated")
    assert (made.basetype, made.change, made.dtype) == ("W24 INTERPOLATED", Fraction(19, 10), "interpolated")
    assert (made.base, made.value) == (10 - Fraction(6, 10), 11 + Fraction(3, 10))
    assert shown(value(films, WEEK_24, "extrapolated")) == ("U1 PAIRED", 10, 12, "extrapolated")


@pytest.mark.parametrize("strategy", ["linear-extrapolation", "locf", "missing"])
def test_the_strategy_for_a_later_event_does_not_decide_a_visit_missed_before_it(strategy: str) -> None:
    """Change of 1 on day 84 and death on day 300: week 24 was missed and is 2 by the charter's extrapolation."""
    films = case(film("U1", 84, 1, kind="unscheduled"), event=rescued(300, strategy))
    assert shown(value(films, WEEK_24, "extrapolated")) == ("U1 PAIRED", 10, 12, "extrapolated")
    assert value(films, WEEK_24).reason == "no film at this visit"


def test_films_of_different_readers_are_not_interpolated_between() -> None:
    """Week 24 lies between a change of readers 1 and 2 and one of readers 1 and 3."""
    films = [film("U1", 84, 1, kind="unscheduled"), film("W52", 364, 4)]
    sets = [(1, 2), (1, 3)]
    whose = [
        replace(one, pairs={"total": replace(one.pairs["total"], readers=readers)})
        for one, readers in zip(films, sets, strict=True)
    ]
    made = value(case(*whose), WEEK_24, "interpolated")
    assert made.change is None
    assert made.reason == "the films before and after the missing visit were evaluable for different readers"
    assert value(case(*whose), WEEK_24, "extrapolated").readers == (1, 2)


def test_interpolation_begins_at_the_baseline_and_needs_a_film_after_the_visit() -> None:
    assert value(case(film("W52", 364, 4, base=8)), WEEK_24, "interpolated").change == 4 * Fraction(168, 364)
    last = value(case(film("W24", 168, 2)), WEEK_52, "interpolated")
    assert (last.value, last.reason) == (None, "no film after the missing visit to interpolate to")


def test_a_film_that_is_not_evaluable_is_no_source_and_says_why_its_visit_is_missing() -> None:
    films = case(film("W24", 168, None), event=rescued(200))
    assert value(films, WEEK_24).reason == "x"
    assert value(films, WEEK_52).reason == "no film after baseline and before the event or the missing visit"


def test_without_a_baseline_film_there_is_no_change() -> None:
    films = CaseFilms((film("W24", 168, 2),), anchored=False)
    assert value(films, WEEK_24).reason == "no baseline film"
    assert value(films, WEEK_52).film is None
    assert baseline_value(None, "total").reason == "no baseline film"


def test_a_visit_whose_film_is_older_than_the_baseline_film_has_no_change() -> None:
    older = replace(film("W24", -10), pairs={})
    found = value_of(CaseFilms((older, film("W00", 0))), VISITS, WEEK_24, "total", ESTIMAND)
    assert (found.value, found.reason) == (None, "the film of this visit was taken before the baseline film")


def test_a_baseline_imputed_the_same_for_every_visit_has_one_name() -> None:
    films = case(film("W24", 168, 2))
    for name, basetype in (("visit-proportional", "STATUS"), ("excluded-all-visits", "ALL VISITS")):
        found = value_of(films, VISITS, WEEK_24, "total", Estimand(get_rule(name), 160))
        assert found.basetype == basetype


def test_the_first_event_that_is_not_passed_over_decides() -> None:
    early, late = rescued(100, "observed"), rescued(200)
    assert deciding_event([late, early]) == late
    assert deciding_event([early]) == early
    death = SubjectEvent("death", 200, get_event_rule("missing"))
    assert deciding_event([late, death]) == death
    assert deciding_event([]) is None


def test_erosion_and_narrowing_add_up_to_the_total_for_the_same_readers() -> None:
    """SvdH, two readers; one erosion site of the hands is missing later, so the baseline of that change is imputed."""
    svdh = instruments.get("svdh")
    values = np.zeros((2, len(svdh.items)))
    erosions = [at for at, item in enumerate(svdh.items) if (item.feature, item.region) == ("erosion", "hand")]
    values[0, erosions], values[1, erosions] = 1, 2
    other = values.copy()
    values[1, erosions[0]] = np.nan
    operated = np.zeros(values.shape, dtype=bool)
    (pair,) = pairs_of(svdh, Panel((Series(1, values, operated), Series(2, other, operated)), (1, 2)), PAIRED, 0)
    hands = len(erosions)
    assert pair["erosion"].base == hands
    assert pair["narrowing"].value == 0
    for name in ("base", "value"):
        assert getattr(pair["total"], name) == getattr(pair["erosion"], name) + getattr(pair["narrowing"], name)
    assert (pair["total"].assessed, pair["total"].imputed) == (len(svdh.items) - 1, 1)


def test_a_reader_whose_total_is_missing_gives_no_erosion_either() -> None:
    """Reader 3 grades every erosion and no narrowing: readers 1 and 2 make total, erosion and narrowing."""
    svdh = instruments.get("svdh")
    erosions = np.array([item.feature == "erosion" for item in svdh.items])
    operated = np.zeros((2, len(svdh.items)), dtype=bool)
    grades = [np.where(erosions, grade, 0.0) * np.array([[0], [1]]) for grade in (1, 2, 4)]
    grades[2][1, ~erosions] = np.nan
    panel = Panel(tuple(Series(reader, one, operated) for reader, one in enumerate(grades, start=1)), (1, 2, 3))
    (pair,) = pairs_of(svdh, panel, PAIRED, 0)
    assert {name: one.value for name, one in pair.items()} == {
        "total": Fraction(3, 2) * erosions.sum(), "erosion": Fraction(3, 2) * erosions.sum(), "narrowing": 0,
    }  # fmt: skip
    assert {(one.readers, one.partial) for one in pair.values()} == {((1, 2), True)}
