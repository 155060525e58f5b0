"""What is said of each visit: the state of its four views, its window, and every departure from the plan."""

from __future__ import annotations

from datetime import date

from studies.plan.absences import record_absence
from studies.plan.completeness import ViewStatus, VisitState, visit_states
from studies.plan.known_visits import subjects_with_visits
from studies.plan.visits import add_visit, mark_not_done
from tests.studies.planned import SETTING_UP, Planned, film_of

TODAY = date(2024, 12, 31)
BASELINE = date(2024, 3, 1)


def states(ra1: Planned, today: date = TODAY) -> dict[str, VisitState]:
    """The visits of the first subject by code."""
    subject = subjects_with_visits(ra1.trial).get(code="01-001")
    return {state.visit.code: state for state in visit_states(subject, today)}


def complete(ra1: Planned, code: str, day: date, status: str = "ready") -> None:
    """All four films of a visit."""
    for side, view in (("L", "hand"), ("R", "hand"), ("L", "foot"), ("R", "foot")):
        film_of(ra1.visit(0, code), side, view, film_date=day, status=status)


def test_a_visit_is_expected_until_its_window_has_passed_and_missing_afterwards(ra1: Planned) -> None:
    complete(ra1, "BL", BASELINE)
    assert {view.status for view in states(ra1, date(2024, 8, 1))["W24"].views} == {ViewStatus.EXPECTED}
    assert {view.status for view in states(ra1)["W24"].views} == {ViewStatus.OVERDUE}


def test_windows_are_counted_from_the_first_film_of_baseline(ra1: Planned) -> None:
    complete(ra1, "BL", BASELINE)
    assert states(ra1)["W24"].window == (date(2024, 8, 2), date(2024, 8, 30))


def test_without_a_baseline_film_no_window_is_known(ra1: Planned) -> None:
    assert states(ra1)["W24"].window is None
    assert states(ra1)["W24"].deviations == []


def test_a_film_after_the_window_is_flagged_with_its_days(ra1: Planned) -> None:
    complete(ra1, "BL", BASELINE)
    complete(ra1, "W24", date(2024, 9, 4))
    assert (states(ra1)["W24"].days_off, states(ra1)["W24"].deviations) == (5, ["5 days after the window"])


def test_a_film_before_the_window_counts_negative(ra1: Planned) -> None:
    complete(ra1, "BL", BASELINE)
    complete(ra1, "W24", date(2024, 8, 1))
    assert (states(ra1)["W24"].days_off, states(ra1)["W24"].deviations) == (-1, ["1 day before the window"])


def test_hands_and_feet_on_different_days_are_flagged(ra1: Planned) -> None:
    film_of(ra1.visit(), view="hand", film_date=BASELINE)
    film_of(ra1.visit(), view="foot", film_date=date(2024, 3, 3))
    assert "films on 2 days, 2024-03-01 to 2024-03-03" in states(ra1)["BL"].deviations


def test_a_film_of_both_sides_fills_two_views(ra1: Planned) -> None:
    film_of(ra1.visit(), side="B", view="foot", status="ready")
    found = {view.short: view.status for view in states(ra1)["BL"].views}
    assert (found["LF"], found["RF"]) == (ViewStatus.READY, ViewStatus.READY)


def test_of_several_films_of_a_view_the_furthest_is_shown(ra1: Planned) -> None:
    film_of(ra1.visit(), status="rejected", status_reason="cut off")
    film_of(ra1.visit(), status="deidentified")
    assert states(ra1)["BL"].views[0].status == ViewStatus.AT_DESK


def test_a_view_whose_only_film_was_rejected_is_wanted_again(ra1: Planned) -> None:
    film_of(ra1.visit(), status="rejected", status_reason="cut off")
    assert [(view.short, view.reason) for view in states(ra1)["BL"].wanted] == [("LH", "cut off")]


def test_a_visit_is_complete_when_every_view_is_accepted_or_known_not_to_come(ra1: Planned) -> None:
    for side, view in (("L", "hand"), ("R", "hand"), ("L", "foot")):
        film_of(ra1.visit(), side, view, status="accepted")
    assert not states(ra1)["BL"].complete
    record_absence(visit=ra1.visit(), side="R", view="foot", reason="amputated", actor=SETTING_UP)
    assert states(ra1)["BL"].complete
    assert states(ra1)["BL"].deviations == ["right foot not available: amputated"]


def test_a_visit_not_done_waits_for_nothing(ra1: Planned) -> None:
    mark_not_done(visit=ra1.visit(0, "W24"), reason="withdrew consent", actor=SETTING_UP)
    state = states(ra1)["W24"]
    assert (state.complete, state.wanted, state.deviations) == (True, [], ["visit not done: withdrew consent"])


def test_a_visit_outside_the_plan_says_so_and_misses_its_films_at_once(ra1: Planned) -> None:
    add_visit(subject=ra1.subjects[0], code="RES-1", kind="rescue", actor=SETTING_UP)
    state = states(ra1)["RES-1"]
    assert state.deviations[0] == "outside the plan: early escape or rescue"
    assert len(state.wanted) == 4


def test_a_film_whose_view_is_not_known_yet_is_counted_apart(ra1: Planned) -> None:
    film_of(ra1.visit(), side="", view="", status="received")
    assert len(states(ra1)["BL"].unplaced) == 1


def test_visits_stand_in_the_order_of_the_plan(ra1: Planned) -> None:
    add_visit(subject=ra1.subjects[0], code="AAA", kind="unscheduled", actor=SETTING_UP)
    assert list(states(ra1)) == ["BL", "W24", "AAA"]
