"""The signature of the charter fixes the windows of visits: a later change does not alter a campaign's analysis."""

from __future__ import annotations

from datetime import date
from operator import itemgetter

import pytest

from jobs.carrying import run_due_jobs
from reading.campaigns.amending import amend_campaign
from reading.campaigns.opening import create_campaign, open_campaign
from reading.charter.planned_windows import windows_of_analysis, windows_when_signed
from reading.charter.versions import draft_charter, sign_charter
from reading.issuing.assignments import request_batch
from reading.models import Campaign, Read
from scoring.datasets.transfer_facts import transfer_of
from scoring.endpoint.analysis_rows import planned_analysis
from scoring.ratings.visits import case_visits
from studies.models import Visit, VisitPlan
from studies.plan.visits import change_plan, plan_visit
from tests.reading.builders import (
    BuiltTrial,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
    scanned,
)
from tests.tracking import record_new_rows

pytestmark = pytest.mark.django_db
SIGNED = [("W00", 0, 14, 14), ("W24", 168, 14, 14), ("W52", 364, 14, 14)]


def amend(built_trial: BuiltTrial, code: str, target_day: int, days: int) -> None:
    """Another target day, with a window of so many days on either side."""
    plan = VisitPlan.objects.get(trial=built_trial.trial, code=code)
    change_plan(
        plan=plan,
        label=plan.label,
        target_day=target_day,
        days_before=days,
        days_after=days,
        reason="Amendment 2",
        actor=built_trial.actor("coordinator"),
    )


def windows_of(campaign: Campaign) -> list[tuple[str, int, tuple[int, int]]]:
    """Code, number and window of every analysis visit of a campaign."""
    analysis = planned_analysis(campaign)
    assert analysis is not None
    return [(visit.code, visit.number, visit.window) for visit in analysis.visits.every]


def test_a_window_changed_after_the_signature_leaves_the_analysis_of_the_campaign() -> None:
    """Changed twice, W24 would be planned for day 400, after W52, and W00 would be no baseline on day 0."""
    built_trial = build_reading_trial(subjects=2)
    campaign = open_campaign_of(built_trial)
    expected = [("W00", 1, (-14, 14)), ("W24", 2, (154, 182)), ("W52", 3, (350, 378))]
    assert windows_of(campaign) == expected
    amend(built_trial, "W24", 180, 3)
    amend(built_trial, "W24", 400, 1)
    amend(built_trial, "W00", 7, 2)
    assert windows_of(campaign) == expected
    assert windows_when_signed(campaign.charter) == SIGNED
    assert case_visits(campaign, list(campaign.cases.all())).planned == ("W00", "W24", "W52")
    shared = transfer_of(campaign, None)
    assert shared.numbers == {"W00": 1, "W24": 2, "W52": 3}
    assert shared.days == {"W00": 0, "W24": 168, "W52": 364}


def test_the_next_charter_has_the_windows_of_its_own_signature() -> None:
    built_trial = build_reading_trial(subjects=1)
    first = open_campaign_of(built_trial).charter
    amend(built_trial, "W24", 180, 3)
    coordinator = built_trial.actor("coordinator")
    draft = draft_charter(trial=built_trial.trial, actor=coordinator, terms={"instrument": "larsen-1995"})
    assert windows_when_signed(draft)[1] == ("W24", 180, 3, 3)
    second = sign_charter(charter=draft, **built_trial.signs("coordinator"))
    amend(built_trial, "W24", 190, 5)
    assert [windows_when_signed(charter)[1] for charter in (first, second)] == [SIGNED[1], ("W24", 180, 3, 3)]


def test_a_visit_planned_after_the_signature_keeps_the_window_with_which_it_was_planned() -> None:
    built_trial = build_reading_trial(subjects=1)
    charter = open_campaign_of(built_trial).charter
    plan_visit(
        trial=built_trial.trial, code="W76", label="Week 76", target_day=532, actor=built_trial.actor("coordinator")
    )
    amend(built_trial, "W76", 500, 1)
    assert windows_when_signed(charter) == [*SIGNED, ("W76", 532, 14, 14)]


@pytest.mark.parametrize(("code", "target_day"), [("W12", 84), ("BL", 0)])
def test_a_visit_planned_after_the_signature_leaves_numbers_and_baseline_unless_a_case_shows_it(
    code: str, target_day: int
) -> None:
    built_trial = build_reading_trial(subjects=2)
    campaign = open_campaign_of(built_trial)
    coordinator = built_trial.actor("coordinator")
    plan_visit(trial=built_trial.trial, code=code, label=code, target_day=target_day, actor=coordinator)
    assert windows_when_signed(campaign.charter) == sorted([*SIGNED, (code, target_day, 14, 14)], key=itemgetter(1, 0))
    assert windows_of_analysis(campaign) == SIGNED
    assert [(name, number) for name, number, _ in windows_of(campaign)] == [("W00", 1), ("W24", 2), ("W52", 3)]
    assert transfer_of(campaign, None).numbers == {"W00": 1, "W24": 2, "W52": 3}
    assert case_visits(campaign, list(campaign.cases.all())).planned == ("W00", "W24", "W52")


def test_a_visit_planned_after_the_signature_belongs_to_the_analysis_of_a_campaign_that_shows_it() -> None:
    built_trial = build_reading_trial(subjects=1)
    coordinator, terms = built_trial.actor("coordinator"), {"instrument": "larsen-1995"}
    draft = draft_charter(trial=built_trial.trial, actor=coordinator, terms=terms)
    charter = sign_charter(charter=draft, **built_trial.signs("coordinator"))
    plan_visit(trial=built_trial.trial, code="W12", label="W12", target_day=84, actor=coordinator)
    plan_visit(trial=built_trial.trial, code="W76", label="W76", target_day=532, actor=coordinator)
    add_ready_film(Visit.objects.get(code="W12"), "L", "hand", date(2025, 3, 26))
    record_new_rows("TWO")
    campaign = create_campaign(trial=built_trial.trial, actor=coordinator, charter=charter, code="C1", title="First")
    scanned(campaign)
    visits = ["W00", "W12", "W24", "W52"]
    open_campaign(campaign=campaign, actor=coordinator, subjects=built_trial.subjects, visits=visits)
    assert [window.code for window in windows_of_analysis(campaign)] == visits


def test_a_later_version_of_the_charter_leaves_the_windows_once_a_read_is_signed() -> None:
    built_trial = build_reading_trial(subjects=2)
    campaign = open_campaign_of(built_trial)
    readers, coordinator = (
        [built_trial.people[name] for name in ("reader", "reader.two")],
        built_trial.actor("coordinator"),
    )
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=1)
    run_due_jobs()
    read_through(Read.objects.earliest("pk"))
    amend(built_trial, "W24", 180, 3)
    terms = {**campaign.charter.terms, "cases_per_day": 40}
    signs = built_trial.signs("coordinator")
    later = sign_charter(charter=draft_charter(trial=built_trial.trial, actor=signs["actor"], terms=terms), **signs)
    amend_campaign(campaign=campaign, charter=later, reason="pace", **signs)
    assert campaign.charter == later
    assert windows_of_analysis(campaign) == SIGNED
    assert windows_when_signed(later)[1] == ("W24", 180, 3, 3)
