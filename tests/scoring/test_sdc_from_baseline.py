"""The smallest detectable change of a lock and of a page is that of the changes from the baseline."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read
from scoring.consensus.signed_series import visits_of
from scoring.endpoint.analysis_rows import planned_analysis
from scoring.endpoint.criteria import detectable_changes
from scoring.ratings.campaign import ratings_of
from scoring.ratings.from_baseline import numbers_from_baseline
from scoring.ratings.repeats import RepeatPair, ratings_twice
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
from tests.scoring.agreement_figures import with_figures
from tests.scoring.test_first_signed import build_campaign, make_built_trial
from tests.tracking import record_new_rows

pytestmark = pytest.mark.django_db
# Points that the first reader sees and the second does not, by subject.
AT_W00 = {"S000": 1, "S001": 1, "S002": 1}
AT_W24 = {"S000": 1, "S001": 3, "S002": 5}
BEFORE = {"S000": 5, "S001": 0, "S002": 3}
PAGE = "/trials/TWO/results/C1/agreement"


def grades_of(read: Read) -> GradeOf:
    """One site has all points of the first reader; the second reader sees none."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}
    points = {"W-4": BEFORE, "U1": BEFORE, "W00": AT_W00, "W24": AT_W24, "W52": AT_W00}

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


def with_early_film(subject: str) -> BuiltTrial:
    """Three subjects with W00 and W24; one of them has an unscheduled film ten days before W00."""
    built_trial = build_reading_trial(subjects=3, visits=("W00", "W24"))
    (owner,) = [one for one in built_trial.subjects if one.code == subject]
    visit = Visit.objects.create(subject=owner, code="U1", kind="unscheduled")
    for side, view in VIEWS:
        add_ready_film(visit, side, view, date(2025, 1, 1) - timedelta(days=10))
    record_new_rows(built_trial.trial.code)
    built_trial.visits.append("U1")
    return built_trial


def detectable_of(campaign: Campaign) -> dict[str, str]:
    """The SDC of the total in a lock, by the visit that ends the interval."""
    analysis = planned_analysis(campaign)
    assert analysis is not None
    return dict(detectable_changes(campaign, ("total",), analysis.visits)["total"])


def page_of(built_trial: BuiltTrial, path: str = PAGE, **choice: str) -> str:
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    return " ".join(with_figures(client, f"{path}/", **choice).content.decode().split())


def test_a_visit_planned_before_day_0_is_no_baseline_of_the_smallest_detectable_change() -> None:
    """The readers' changes from W00 to W24 differ by 0, 2 and 4: s = 2 and the SDC 0.98 x 2."""
    campaign = read_by_two(build_reading_trial(subjects=3, visits=("W-4", "W00", "W24")))
    assert detectable_of(campaign) == {"W24": "1.9600"}


def test_a_film_outside_the_plan_before_the_baseline_leaves_its_case_in_the_smallest_detectable_change() -> None:
    """S002 begins with U1; without its difference of 4 the readers would differ by 0 and 2: s = sqrt(2)."""
    campaign = read_by_two(with_early_film("S002"))
    assert detectable_of(campaign) == {"W24": "1.9600"}
    ratings = ratings_of(campaign)
    assert ratings.visits.ends == ("W24", "U1")
    first, second = ratings.changes[:, 0].T
    assert sorted(abs(first - second)) == [0, 2, 4]
    assert np.isnan(ratings.changes[:, 1]).all()


def test_a_campaign_that_does_not_read_the_baseline_has_no_change_on_the_page_or_in_the_lock() -> None:
    """The readers' changes from W24 to W52 would differ by 0, 2 and 4; the baseline of the plan is W00."""
    built_trial = build_reading_trial(subjects=3, visits=("W00", "W24", "W52"))
    built_trial.visits = ["W24", "W52"]
    campaign = read_by_two(built_trial)
    assert detectable_of(campaign) == {"W24": "", "W52": ""}
    page = page_of(built_trial, interval="W52")
    assert "Total, change from W00 to W52: 0 of 3 cases have a change" in page
    assert "Too few cases: none has a change scored by two readers over this interval" in page


def test_the_agreement_page_begins_at_the_baseline_of_the_analysis() -> None:
    """From W-4 the readers' changes would differ by -4, 1 and -2; to W24, W00 begins the interval that is shown."""
    built_trial = build_reading_trial(subjects=3, visits=("W-4", "W00", "W24"))
    read_by_two(built_trial)
    page = page_of(built_trial)
    assert "Total, change from W00 to W24: 3 of 3 cases have a change" in " ".join(page.split())
    assert '<option value="W24" selected>W00 to W24</option>' in page
    assert 'value="W-4"' not in page
    assert "W-4 to" not in page
    assert "1.960" in page
    assert "The end of the interval cannot be “W-4”. Choose W24." in page_of(built_trial, interval="W-4")
    joints = page_of(built_trial, "/trials/TWO/results/C1/joints")
    assert "W-4" not in joints


def test_a_reader_agrees_with_their_own_repeat_over_the_interval_of_the_page() -> None:
    """The two reads of S002 stand for a first read and its repeat: changes of 4 and 0 from W00, of 2 and 0 from U1."""
    campaign = read_by_two(with_early_film("S002"))
    (case,) = [one for one in campaign.cases.all() if ratings_begin_early(campaign, one.pk)]
    first, repeat = sorted(case.reads.all(), key=lambda read: read.reader.name)
    cube = ratings_twice(campaign, [RepeatPair(first, repeat)])
    assert cube.visits == ("W00", "W24", "U1")
    assert cube.changes is not None
    assert cube.changes[0, 0].tolist() == [4, 0]


def ratings_begin_early(campaign: Campaign, case: int) -> bool:
    return bool(ratings_of(campaign).visits.start(case))


def test_changes_computed_again_are_those_first_signed() -> None:
    """The first reader signs a change of 4 and corrects it to 1: stored or computed again, agreement uses the 4."""
    campaign = build_campaign(make_built_trial())
    stored = ratings_of(campaign)
    assert stored.changes[0, 0].tolist() == [4, 0]
    cases = list(campaign.cases.all())
    assert not list(numbers_from_baseline(campaign, cases, stored.visits, {cases[0].pk: stored.people}))
    later = replace(stored.visits, planned=("W52",), earlier=("W00",))
    again = list(numbers_from_baseline(campaign, cases, later, {cases[0].pk: stored.people}))
    by_reader = {reader: numbers["totals"][1]["total"]["value"] for _, reader, numbers in again}
    assert [by_reader[reader] for reader in stored.people] == ["4", "0"]
