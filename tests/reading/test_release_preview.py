"""Before a release, the coordinator sees what it would contain, the load of each reader, and who reads with whom."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import create_campaign, open_campaign
from reading.issuing.assignments import plan_batch, request_batch
from reading.models import Campaign, Qualification
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, scanned

pytestmark = pytest.mark.django_db


@pytest.fixture
def built() -> BuiltTrial:
    """A trial with a third reader."""
    built = build_reading_trial(subjects=3, visits=("W00", "W24"))
    third = User.objects.create(email="third@two.example", name="third")
    Membership.objects.create(trial=built.trial, user=third, role="reader", reason="test")
    Qualification.objects.create(trial=built.trial, reader=third, instrument="larsen-1995", evidence="test set")
    built.people["third"] = third
    return built


def second_campaign(built: BuiltTrial, first: Campaign) -> Campaign:
    """Another open campaign of the same subjects."""
    coordinator = built.actor("coordinator")
    made = create_campaign(trial=built.trial, actor=coordinator, charter=first.charter, code="C2", title="Second")
    scanned(made)
    open_campaign(campaign=made, actor=coordinator, subjects=built.subjects, visits=built.visits)
    made.refresh_from_db()
    return made


def shown(built: BuiltTrial, campaign: Campaign, names: list[str], size: int) -> Any:
    """The preview on the page of a campaign."""
    client = Client()
    client.force_login(built.people["coordinator"], backend=BACKEND)
    sent = {"name": "B", "size": size, "readers": [built.people[name].pk for name in names], "preview": 1}
    answer = client.post(f"/trials/TWO/campaigns/{campaign.code}/assign/", sent)
    assert "Cases that two readers share" in answer.content.decode()
    return answer.context["preview"]


def issue(built: BuiltTrial, campaign: Campaign, names: list[str], size: int) -> None:
    people = [built.people[name] for name in names]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=people, size=size)
    run_due_jobs()


def test_the_preview_counts_the_reads_and_the_cases_that_readers_share(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built, concordant_share=0.0)
    issue(built, campaign, ["reader", "reader.two"], 1)
    preview = shown(built, campaign, ["reader", "reader.two"], 2)
    assert (preview.cases, preview.first_reads, preview.repeats) == (2, 4, 0)
    assert [(pair.readers, pair.together, pair.added) for pair in preview.pairs] == [("reader and reader.two", 1, 2)]
    among_three = shown(built, campaign, ["reader", "reader.two", "third"], 2)
    assert len(among_three.pairs) == 3
    assert sum(pair.added for pair in among_three.pairs) == 2, "each case has one pair"


def test_a_reader_with_open_reads_in_another_campaign_gets_fewer(built: BuiltTrial) -> None:
    first = open_campaign_of(built, concordant_share=0.0)
    issue(built, first, ["reader", "reader.two"], 3)
    second = second_campaign(built, first)
    everybody = [built.people[name] for name in ("reader", "reader.two", "third")]
    planned = plan_batch(second, everybody, 3)
    assert [one.reader for one in planned].count(built.people["third"].pk) == 3
    preview = shown(built, second, ["reader", "third"], 1)
    loads = {share.reader: (share.here, share.everywhere, share.added) for share in preview.shares}
    assert loads == {"reader": (0, 3, 1), "third": (0, 0, 1)}
