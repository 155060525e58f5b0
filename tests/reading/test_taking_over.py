"""A reader who continues in another window: recorded in the audit trail, by the domain, for reads in progress only."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from audit.models import Event
from config.errors import NotAllowed
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Read
from reading.room.sessions import open_read
from reading.room.taking_over import take_over_read
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.servers import ROOT

database = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def read(built_trial: BuiltTrial) -> Read:
    """The first reader's read of the one case, not started."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    return Read.objects.select_related("case__campaign__charter", "case__campaign__trial", "reader").get(
        reader=built_trial.people["reader"]
    )


def recorded(read: Read) -> list[tuple[int | None, str]]:
    """Who continued the read in another window, in which role."""
    events = Event.objects.filter(action="reading.read.taken-over", subject_id=str(read.pk))
    return list(events.values_list("actor_id", "role"))


@database
def test_a_read_that_is_continued_in_another_window_is_one_event_of_its_reader(
    built_trial: BuiltTrial, read: Read
) -> None:
    open_read(read=read, actor=built_trial.actor("reader"))
    take_over_read(read=read, actor=built_trial.actor("reader"))
    assert recorded(read) == [(built_trial.people["reader"].pk, "reader")]


@database
def test_only_people_who_read_cases_continue_a_read(built_trial: BuiltTrial, read: Read) -> None:
    open_read(read=read, actor=built_trial.actor("reader"))
    with pytest.raises(NotAllowed):
        take_over_read(read=read, actor=built_trial.actor("coordinator"))
    assert recorded(read) == []


@database
def test_a_read_that_takes_no_entries_is_not_continued_in_another_window(built_trial: BuiltTrial, read: Read) -> None:
    client = Client()
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    answer = client.post(f"/read/{read.token}/take-over", "{}", content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (
        409,
        "This read is not started, so it accepts no entries now.",
    )
    assert recorded(read) == []


def test_no_page_of_reading_writes_to_the_audit_trail_itself() -> None:
    pages = sorted((ROOT / "reading" / "views").glob("*.py"))
    assert [page.name for page in pages if re.search(r"\b(record|audited_atomic)\(", page.read_text("utf-8"))] == []
