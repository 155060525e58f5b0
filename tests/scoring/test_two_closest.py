"""The two closest of three readers are found by their changes from the baseline of the analysis."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.campaigns.frozen_films import FrozenCase, Timepoint
from reading.charter.terms import Terms
from reading.issuing.assignments import request_batch
from reading.models import DisplayedTimepoint, Read, ReadKind
from scoring.consensus.case_result import reference_interval
from scoring.consensus.sealed_result import opened_result
from scoring.consensus.signed_series import visits_of
from scoring.datasets.case_rows import checked_result
from scoring.datasets.loading import loaded
from scoring.models import CaseResult
from scoring.reader_codes import reader_codes
from studies.models import Visit
from tests.reading.builders import (
    VIEWS,
    BuiltTrial,
    GradeOf,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
)
from tests.tracking import record_new_rows

pytestmark = pytest.mark.django_db
# One site of S000. Changes to W24: 3, 3 and 5 from W00, but 5, 0 and 5 from the visit before it.
POINTS = {"reader": (0, 2, 5), "reader.two": (4, 1, 4), "adjudicator": (0, 0, 5)}


def grades_of(read: Read) -> GradeOf:
    visits = {visit.pk: visit.code for visit in Visit.objects.all()}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int:
        place = {"W00": 1, "W24": 2}.get(shown[timepoint.token], 0)
        return POINTS[read.reader.name][place] if item.key == "GL-PIP2" else 0

    return grade


def with_planned_visit() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W-4", "W00", "W24"))


def with_unscheduled_film() -> BuiltTrial:
    """An unscheduled film ten days before W00."""
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    visit = Visit.objects.create(subject=built_trial.subjects[0], code="U1", kind="unscheduled")
    for side, view in VIEWS:
        add_ready_film(visit, side, view, date(2025, 1, 1) - timedelta(days=10))
    record_new_rows(built_trial.trial.code)
    built_trial.visits.append("U1")
    return built_trial


@pytest.mark.parametrize("build", [with_planned_visit, with_unscheduled_film])
def test_a_film_before_the_baseline_does_not_decide_which_two_readers_are_closest(
    build: Callable[[], BuiltTrial],
) -> None:
    """From the first film the first reader and the adjudicator would be closest: 5 and 5."""
    built_trial = build()
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=4)
    people = built_trial.people
    readers = [people["reader"], people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=1)
    run_due_jobs()
    for kind in (ReadKind.PRIMARY, ReadKind.ADJUDICATION):
        for read in Read.objects.filter(kind=kind):
            read_through(read, grades_of(read))
        run_due_jobs()
    stored = opened_result(CaseResult.objects.get(outcome="adjudicated"))
    assert set(stored["readers"]) == {people["reader"].pk, people["reader.two"].pk}
    (data,) = loaded([campaign.cases.get().pk], reader_codes(campaign))
    assert checked_result(data)[1].readers == tuple(stored["readers"])
    assert stored["interval"] == [1, 2], "kept, so that a visit planned later changes nothing"


def test_the_reference_interval_runs_from_the_baseline_to_the_reference_visit_of_a_case() -> None:
    visits = build_reading_trial(subjects=1, visits=("W-4", "W00", "W24", "W52")).subjects[0].visits
    places = {visit.code: Timepoint(visit.pk, "2025-01-01", {}) for visit in visits.all()}

    def interval(*codes: str, reference: str = "W24") -> tuple[int, int]:
        case = FrozenCase(1, tuple(places[code] for code in codes))
        return reference_interval(Terms(reference_visit=reference), case, "W00")

    assert interval("W-4", "W00", "W24", "W52") == (1, 2)
    assert interval("W-4", "W00", "W52") == (1, 2), "no reference visit: the last one"
    assert interval("W-4", "W00", "W24", reference="W-4") == (1, 2), "the reference visit is before the baseline"
    assert interval("W-4", "W24", "W52") == (0, 1), "no baseline: the first visit"
    assert interval("W-4", "W00") == (1, 1), "no visit after the baseline"
