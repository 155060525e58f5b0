"""The numbers over all visits are those of the visits themselves, though few of them are loaded."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from studies.models import FilmStatus, Visit
from studies.models.film import FOUND_GOOD
from studies.plan.absences import EXPECTED, record_absence
from studies.plan.completeness import VisitState, visit_states
from studies.plan.consent import record_withdrawal
from studies.plan.known_visits import subjects_with_visits
from studies.plan.subjects import enrol
from studies.plan.tally import States, tally_of
from studies.plan.visits import add_visit, mark_not_done
from tests.studies.planned import SETTING_UP, Planned, film_of

BASELINE = date(2024, 3, 1)
STATUSES = list(FilmStatus)


def one_by_one(ra1: Planned, today: date) -> list[VisitState]:
    """Every visit with all its films."""
    return [state for subject in subjects_with_visits(ra1.trial) for state in visit_states(subject, today)]


def arrive(visit: Visit, day: date, dice: random.Random) -> None:
    """All films, one of both sides, or some in any status, two for the same view among them."""
    fate = dice.choice(("complete", "complete", "some", "bilateral"))
    if fate == "bilateral":
        film_of(visit, "B", "hand", film_date=day, status="ready")
        return
    good = dice.choice(sorted(FOUND_GOOD))
    for side, view in EXPECTED if fate == "complete" else dice.sample(EXPECTED * 2, 5):
        status = good if fate == "complete" else dice.choice(STATUSES)
        film_of(visit, side, view, film_date=day + timedelta(days=dice.choice((0, 0, 0, 1))), status=status)


def happen(visit: Visit, dice: random.Random) -> None:
    """Something that can become of a visit."""
    target = visit.plan.target_day if visit.plan else 100
    fate = dice.choice(("films", "films", "films", "nothing", "not done", "absent"))
    if fate == "films":
        arrive(visit, BASELINE + timedelta(days=target + dice.choice((0, 0, 0, -20, 20, 40))), dice)
    elif fate == "not done":
        mark_not_done(visit=visit, reason="moved away", actor=SETTING_UP)
    elif fate == "absent":
        record_absence(visit=visit, side="L", view="hand", reason="lost", actor=SETTING_UP)


@pytest.mark.parametrize("seed", range(8))
def test_the_numbers_over_all_visits_are_those_of_each_visit(ra1: Planned, seed: int) -> None:
    dice = random.Random(seed)
    for number in range(4):
        enrol(trial=ra1.trial, site=ra1.sites[0], code=f"more-{number}", actor=SETTING_UP)
    for place, subject in enumerate(ra1.trial.subjects.all()):
        if place % 3 == 0:
            add_visit(subject=subject, code="UNS-1", kind="unscheduled", actor=SETTING_UP)
    for visit in Visit.objects.filter(subject__trial=ra1.trial).select_related("plan", "subject__trial"):
        happen(visit, dice)
    for subject in dice.sample(list(ra1.trial.subjects.all()), 3):
        day = BASELINE + timedelta(days=dice.choice((5, 150, 300)))
        record_withdrawal(subject=subject, withdrawn_on=day, statement="All", instruction="", actor=SETTING_UP)
    today = BASELINE + timedelta(days=dice.choice((10, 180, 400)))
    expected, found = one_by_one(ra1, today), States(ra1.trial, today)
    assert found.tally() == tally_of(expected)
    assert [state.visit.pk for state in found] == [state.visit.pk for state in expected]
    assert found[3:7] == expected[3:7]
    assert found[2] == expected[2]
    assert len(found) == len(expected)
