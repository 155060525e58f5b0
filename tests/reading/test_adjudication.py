"""A discordant case finds its adjudicator: when the first declines, when nobody was able, however often it is asked."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from accounts.sign_in import BACKEND
from audit.trail import Actor
from config.errors import BadInput, WrongState
from jobs.carrying import run_due_jobs
from reading.adjudication import ask_adjudicators, unadjudicated
from reading.assignments import request_batch
from reading.campaigns import close_campaign
from reading.declining import decline_read
from reading.models import Campaign, CaseStatus, Qualification, Read, ReadKind
from reading.replacing import replace_reader
from studies.models import Membership
from tests.reading.builders import House, build_house, fill_read, hashed_password, open_campaign_of, read_through, sign

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/campaigns/C1/"


@pytest.fixture
def house() -> House:
    return build_house(subjects=1, visits=("W00", "W24"))


def adjudicator(house: House, name: str) -> User:
    user = User.objects.create(email=f"{name}@two.example", name=name, password=hashed_password())
    Membership.objects.create(trial=house.trial, user=user, role=Role.ADJUDICATOR, reason="test")
    Qualification.objects.create(trial=house.trial, reader=user, instrument="larsen-1995", evidence="test set")
    return user


def discordant(house: House) -> Campaign:
    """Two readers who are far apart, in a campaign that mixes no controls."""
    campaign = open_campaign_of(house, concordant_share=0.0, adjudication_threshold=0)
    readers = [house.people["reader"], house.people["reader.two"]]
    request_batch(campaign=campaign, actor=house.actor("coordinator"), name="one", due_on=None, readers=readers, size=1)
    run_due_jobs()
    first, second = Read.objects.order_by("pk")
    fill_read(first)
    fill_read(second, lambda exposure, item: exposure.position % 2)
    for read in (first, second):
        sign(read)
    run_due_jobs()
    return campaign


def thirds() -> list[Read]:
    return list(Read.objects.filter(kind=ReadKind.ADJUDICATION).order_by("pk"))


def decline(read: Read) -> None:
    decline_read(read=read, actor=Actor(read.reader_id, str(read.reader), "adjudicator"), reason="I know this patient")


def coordinator(house: House) -> Client:
    client = Client()
    client.force_login(house.people["coordinator"], backend=BACKEND)
    return client


def test_a_declined_adjudication_goes_to_somebody_who_never_had_the_case_and_the_campaign_closes(house: House) -> None:
    campaign = discordant(house)
    (first,) = thirds()
    second = adjudicator(house, "second")
    decline(first)
    client = coordinator(house)
    assert "Cases without an adjudicator" in client.get("/").content.decode()
    page = client.get(PAGE)
    assert [case.number for case in page.context["unadjudicated"]] == [1]
    assert "Adjudications being issued: 1." in client.post(f"{PAGE}adjudicators/", follow=True).content.decode()
    run_due_jobs()
    assert [read.reader for read in thirds()] == [first.reader, second]
    assert not client.get(PAGE).context["unadjudicated"]
    assert "Cases without an adjudicator" not in client.get("/").content.decode()
    read_through(thirds()[1])
    run_due_jobs()
    assert campaign.cases.get().status == CaseStatus.ADJUDICATED
    close_campaign(campaign=campaign, actor=house.actor("coordinator"))


def test_asked_twice_before_the_read_is_there_it_is_issued_once(house: House) -> None:
    campaign = discordant(house)
    adjudicator(house, "second")
    adjudicator(house, "third")
    decline(thirds()[0])
    asking = house.actor("coordinator")
    assert ask_adjudicators(campaign=campaign, actor=asking) == (1, 0)
    assert unadjudicated(campaign.cases.all()) == [], "it is asked for, though not there yet"
    assert ask_adjudicators(campaign=campaign, actor=asking) == (0, 0)
    run_due_jobs()
    assert len(thirds()) == 2


def test_where_nobody_is_able_the_coordinator_is_told_until_somebody_is(house: House) -> None:
    Qualification.objects.filter(reader=house.people["adjudicator"]).delete()
    campaign = discordant(house)
    assert thirds() == []
    client = coordinator(house)
    told = client.post(f"{PAGE}adjudicators/", follow=True).content.decode()
    assert "Cases still without an adjudicator: 1; nobody is qualified" in told
    late = adjudicator(house, "late")
    assert ask_adjudicators(campaign=campaign, actor=house.actor("coordinator")) == (1, 0)
    run_due_jobs()
    assert [read.reader for read in thirds()] == [late]


def test_an_adjudication_given_to_another_by_hand_is_not_asked_for_again(house: House) -> None:
    campaign = discordant(house)
    second = adjudicator(house, "second")
    adjudicator(house, "third")
    asking = house.actor("coordinator")
    replace_reader(read=thirds()[0], actor=asking, new_reader=second, reason="on leave")
    assert unadjudicated(campaign.cases.all()) == []
    run_due_jobs()
    assert [read.reader for read in thirds()][1:] == [second]


def test_who_declined_a_case_gets_it_by_no_way_again(house: House) -> None:
    campaign = discordant(house)
    second = adjudicator(house, "second")
    (first,) = thirds()
    decline(first)
    ask_adjudicators(campaign=campaign, actor=house.actor("coordinator"))
    run_due_jobs()
    with pytest.raises(BadInput, match="neither has this case nor declined it"):
        replace_reader(read=thirds()[1], actor=house.actor("coordinator"), new_reader=first.reader, reason="on leave")
    assert thirds()[1].reader == second


def test_a_closed_campaign_asks_nobody(house: House) -> None:
    campaign = discordant(house)
    decline(thirds()[0])
    Campaign.objects.filter(pk=campaign.pk).update(status="closed")
    campaign.refresh_from_db()
    with pytest.raises(WrongState, match="closed"):
        ask_adjudicators(campaign=campaign, actor=house.actor("coordinator"))
