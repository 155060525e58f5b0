"""A qualification that has expired: nothing new is given to its reader, and what they hold is still waited for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import why_not
from reading.campaigns.outstanding import outstanding_in
from reading.charter.versions import disqualify_reader
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.models import Qualification, Read, ReadKind
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def test_an_expired_reader_is_named_gets_nothing_new_and_finishes_what_they_have(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=1)
    run_due_jobs()
    yesterday = timezone.localdate() - timedelta(days=1)
    Qualification.objects.filter(reader=readers[0]).update(expires_on=yesterday)
    sentence = f"The qualification of reader expired on {yesterday:%Y-%m-%d}."
    assert sentence in [obstacle.text for obstacle in why_not(campaign)]
    assert outstanding_in(campaign).reads == 2
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    page = client.get("/trials/TWO/campaigns/C1/assign/").content.decode()
    assert sentence in page
    assert 'href="/trials/TWO/qualifications/"' in page
    assert sentence in client.get("/trials/TWO/qualifications/").content.decode()
    assert client.post("/trials/TWO/campaigns/C1/assign/", batch_form(readers)).status_code == 400
    new = void_and_reissue(case=campaign.cases.get(), **built_trial.signs("coordinator"), reason="a wrong film")
    run_due_jobs()
    assert new is not None
    assert [read.reader for read in Read.objects.filter(case=new, kind=ReadKind.PRIMARY)] == [readers[1]]


def test_a_read_is_not_issued_to_a_reader_whose_qualification_ended_after_it_was_requested(
    built_trial: BuiltTrial,
) -> None:
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=1)
    held = Qualification.objects.filter(reader=readers[0], instrument="larsen-1995").get()
    disqualify_reader(qualification=held, actor=coordinator, reason="The evidence was of somebody else")
    run_due_jobs()
    assert [read.reader for read in Read.objects.filter(case__campaign=campaign)] == [readers[1]]


def batch_form(readers: list[User]) -> dict[str, object]:
    """A batch of one case for these people."""
    return {"name": "two", "size": 1, "readers": [one.pk for one in readers], "release": "1"}
