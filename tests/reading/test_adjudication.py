"""A discordant case finds its adjudicator: when the first declines, when nobody was able, however often it is asked."""

from __future__ import annotations

from collections import Counter

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.models import Event
from audit.trail import Actor
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from jobs.models import Job
from reading.campaigns.opening import close_campaign
from reading.issuing.adjudication import ask_adjudicators, unadjudicated
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.issuing.declining import decline_read
from reading.issuing.eligible import may_not_adjudicate, may_not_read
from reading.issuing.replacing import replace_reader
from reading.models import Campaign, CaseStatus, Qualification, Read, ReadKind, ReadStatus
from studies.models import Membership
from tests.reading.builders import (
    BuiltTrial,
    build_reading_trial,
    fill_read,
    hashed_password,
    open_campaign_of,
    read_through,
    sign,
)

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/campaigns/C1/"


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


def adjudicator(built_trial: BuiltTrial, name: str) -> User:
    user = User.objects.create(email=f"{name}@two.example", name=name, password=hashed_password())
    Membership.objects.create(trial=built_trial.trial, user=user, role=Role.ADJUDICATOR, reason="test")
    Qualification.objects.create(trial=built_trial.trial, reader=user, instrument="larsen-1995", evidence="test set")
    return user


def discordant(built_trial: BuiltTrial, cases: int = 1) -> Campaign:
    """Two readers who are far apart on every case, in a campaign that mixes no controls."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    asking = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=asking, name="one", due_on=None, readers=readers, size=cases)
    run_due_jobs()
    for read in Read.objects.order_by("pk"):
        if read.reader == built_trial.people["reader.two"]:
            fill_read(read, lambda timepoint, item: timepoint.position % 2)
        else:
            fill_read(read)
        sign(read)
    run_due_jobs()
    return campaign


def thirds() -> list[Read]:
    return list(Read.objects.filter(kind=ReadKind.ADJUDICATION).order_by("pk"))


def decline(read: Read) -> None:
    decline_read(read=read, actor=Actor(read.reader_id, str(read.reader), "adjudicator"), reason="I know this patient")


def coordinator(built_trial: BuiltTrial) -> Client:
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    return client


def test_a_declined_adjudication_goes_to_somebody_who_never_had_the_case_and_the_campaign_closes(
    built_trial: BuiltTrial,
) -> None:
    campaign = discordant(built_trial)
    (first,) = thirds()
    second = adjudicator(built_trial, "second")
    decline(first)
    client = coordinator(built_trial)
    assert "Cases without an adjudicator" in client.get("/").content.decode()
    page = client.get(PAGE)
    assert [case.number for case in page.context["unadjudicated"]] == [1]
    assert "Adjudications requested: 1." in client.post(f"{PAGE}adjudicators/", follow=True).content.decode()
    run_due_jobs()
    assert [read.reader for read in thirds()] == [first.reader, second]
    assert not client.get(PAGE).context["unadjudicated"]
    assert "Cases without an adjudicator" not in client.get("/").content.decode()
    read_through(thirds()[1])
    run_due_jobs()
    assert campaign.cases.get().status == CaseStatus.ADJUDICATED
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))


def test_asked_twice_before_the_read_is_there_it_is_issued_once(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    adjudicator(built_trial, "second")
    adjudicator(built_trial, "third")
    decline(thirds()[0])
    asking = built_trial.actor("coordinator")
    assert ask_adjudicators(campaign=campaign, actor=asking) == (1, 0)
    assert unadjudicated(campaign.cases.all()) == [], "it is requested, though not issued yet"
    assert ask_adjudicators(campaign=campaign, actor=asking) == (0, 0)
    run_due_jobs()
    assert len(thirds()) == 2


def test_where_nobody_is_able_the_coordinator_is_informed_until_somebody_is(built_trial: BuiltTrial) -> None:
    Qualification.objects.filter(reader=built_trial.people["adjudicator"]).delete()
    campaign = discordant(built_trial)
    assert thirds() == []
    client = coordinator(built_trial)
    recorded = client.post(f"{PAGE}adjudicators/", follow=True).content.decode()
    assert "Cases still without an adjudicator: 1; no qualified adjudicator is left" in recorded
    late = adjudicator(built_trial, "late")
    assert ask_adjudicators(campaign=campaign, actor=built_trial.actor("coordinator")) == (1, 0)
    run_due_jobs()
    assert [read.reader for read in thirds()] == [late]


def test_an_adjudication_given_to_another_by_hand_is_not_asked_for_again(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    second = adjudicator(built_trial, "second")
    adjudicator(built_trial, "third")
    asking = built_trial.actor("coordinator")
    replace_reader(read=thirds()[0], actor=asking, new_reader=second, reason="on leave")
    assert unadjudicated(campaign.cases.all()) == []
    run_due_jobs()
    assert [read.reader for read in thirds()][1:] == [second]


def test_who_declined_a_case_gets_it_by_no_way_again(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    second = adjudicator(built_trial, "second")
    (first,) = thirds()
    decline(first)
    ask_adjudicators(campaign=campaign, actor=built_trial.actor("coordinator"))
    run_due_jobs()
    with pytest.raises(BadInput, match="neither has nor has declined this case"):
        replace_reader(
            read=thirds()[1], actor=built_trial.actor("coordinator"), new_reader=first.reader, reason="on leave"
        )
    assert thirds()[1].reader == second


def test_a_case_issued_again_comes_neither_to_who_declined_it_nor_to_one_of_its_readers(
    built_trial: BuiltTrial,
) -> None:
    campaign = discordant(built_trial)
    (first,) = thirds()
    second = adjudicator(built_trial, "second")
    built_trial.people["reader"].memberships.create(trial=built_trial.trial, role=Role.ADJUDICATOR, reason="test")
    decline(first)
    case = campaign.cases.get()
    again = void_and_reissue(case=case, **built_trial.signs("coordinator"), reason="a name on a film")
    assert again is not None
    assert {first.reader_id, built_trial.people["reader"].pk} <= may_not_adjudicate(again)
    assert second.pk not in may_not_adjudicate(again)
    assert first.reader_id in may_not_read(again)


def test_a_case_voided_before_its_adjudication_is_issued_comes_before_nobody(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    adjudicator(built_trial, "second")
    decline(thirds()[0])
    ask_adjudicators(campaign=campaign, actor=built_trial.actor("coordinator"))
    void_and_reissue(case=campaign.cases.get(), **built_trial.signs("coordinator"), reason="a name on a film")
    run_due_jobs()
    assert [read.status for read in thirds()] == [ReadStatus.DECLINED]


def test_many_cases_at_once_are_spread_over_the_adjudicators_and_the_trail_names_who_asked() -> None:
    built_trial = build_reading_trial(subjects=4, visits=("W00", "W24"))
    Qualification.objects.filter(reader=built_trial.people["adjudicator"]).delete()
    campaign = discordant(built_trial, cases=4)
    people = {adjudicator(built_trial, name).pk for name in ("second", "third")}
    assert ask_adjudicators(campaign=campaign, actor=built_trial.actor("coordinator")) == (4, 0)
    asked = Event.objects.get(action="reading.adjudication.requested")
    assert "coordinator" in asked.actor_label
    run_due_jobs()
    assert Counter(read.reader_id for read in thirds()) == dict.fromkeys(people, 2)


def test_a_request_that_failed_leaves_its_case_among_those_that_wait(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    adjudicator(built_trial, "second")
    decline(thirds()[0])
    asking = built_trial.actor("coordinator")
    ask_adjudicators(campaign=campaign, actor=asking)
    failed = Job.objects.filter(key__startswith="adjudication-", status=Job.Status.QUEUED)
    failed.update(status=Job.Status.FAILED, finished_at=timezone.now())
    assert len(unadjudicated(campaign.cases.all())) == 1
    assert ask_adjudicators(campaign=campaign, actor=asking) == (1, 0)
    run_due_jobs()
    Job.objects.filter(status=Job.Status.FAILED).update(status=Job.Status.QUEUED, finished_at=None)
    run_due_jobs()
    assert len(thirds()) == 2, "tried again after another was issued, it issues none"


def test_a_closed_campaign_asks_nobody(built_trial: BuiltTrial) -> None:
    campaign = discordant(built_trial)
    decline(thirds()[0])
    Campaign.objects.filter(pk=campaign.pk).update(status="closed")
    campaign.refresh_from_db()
    with pytest.raises(WrongState, match="closed"):
        ask_adjudicators(campaign=campaign, actor=built_trial.actor("coordinator"))
