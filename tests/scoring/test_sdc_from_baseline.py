"""The smallest detectable change of a lock is that of the changes from the baseline, wherever cases begin."""

from __future__ import annotations

import numpy as np
import pytest

from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read
from scoring.consensus.signed_series import visits_of
from scoring.endpoint.analysis_rows import planned_analysis
from scoring.endpoint.criteria import detectable_changes
from scoring.ratings.campaign import ratings_of
from scoring.ratings.from_baseline import from_baseline
from studies.models import Visit
from tests.reading.builders import BuiltTrial, GradeOf, build_reading_trial, open_campaign_of, read_through
from tests.scoring.test_first_signed import build_campaign, make_built_trial

pytestmark = pytest.mark.django_db
# Points that the first reader sees and the second does not, by subject.
AT_W00 = {"S000": 1, "S001": 1, "S002": 1}
AT_W24 = {"S000": 1, "S001": 3, "S002": 5}
BEFORE = {"S000": 5, "S001": 0, "S002": 3}


def grades_of(read: Read) -> GradeOf:
    """One site has all points of the first reader; the second reader sees none."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}
    points = {"W-4": BEFORE, "W00": AT_W00, "W24": AT_W24}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int:
        visit = shown[timepoint.token]
        seen = item.key == "GL-PIP2" and read.reader.name == "reader"
        return points[visit.code][visit.subject.code] if seen else 0

    return grade


def read_by_two(built_trial: BuiltTrial) -> Campaign:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.all():
        read_through(read, grades_of(read))
    run_due_jobs()
    return campaign


def test_a_visit_planned_before_day_0_is_no_baseline_of_the_smallest_detectable_change() -> None:
    """The readers' changes from W00 to W24 differ by 0, 2 and 4: s = 2 and the SDC 0.98 x 2."""
    campaign = read_by_two(build_reading_trial(subjects=3, visits=("W-4", "W00", "W24")))
    analysis = planned_analysis(campaign)
    assert analysis is not None
    assert detectable_changes(campaign, ("total",), analysis.visits) == {"total": {"W24": "1.9600"}}


def test_changes_computed_again_are_those_first_signed() -> None:
    """The first reader signs a change of 4 and corrects it to 1: where cases begin at the baseline nothing changes."""
    campaign = build_campaign(make_built_trial())
    stored = ratings_of(campaign)
    again = from_baseline(campaign, {"total": stored}, "W00")["total"]
    assert stored.changes[0, 0].tolist() == [4, 0]
    assert np.array_equal(again.changes, stored.changes, equal_nan=True)
