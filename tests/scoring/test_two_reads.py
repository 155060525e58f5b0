"""Two reads of a case on its films, for recalibration meetings: after the campaign's close, and for the lead alone."""

from __future__ import annotations

import csv
import io
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import (
    Campaign,
    CampaignStatus,
    Case,
    DisplayedTimepoint,
    Read,
    ReadStatus,
    SealedTimepoint,
)
from reading.seals import unseal
from scoring.checks.two_reads import compared_reads
from studies.models import ReaderImage, Visit
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through

pytestmark = pytest.mark.django_db
BASE = "/trials/TWO/results/C1/comparison/"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def is_first_visit(timepoint: DisplayedTimepoint) -> bool:
    sealed = SealedTimepoint.objects.get(timepoint=timepoint)
    visit = unseal(sealed.sealed, bound_to=f"timepoint {timepoint.token}")["visit"]
    return Visit.objects.get(pk=visit).code == "W00"


def by_first(timepoint: DisplayedTimepoint, item: Item) -> int:
    """Nothing anywhere."""
    return 0


def by_second(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    """Left PIP 2: eroded by 3 at week 24; right MCP 3: not assessable at the first visit."""
    if item.key == "EL-PIP2" and not is_first_visit(timepoint):
        return 3
    return None if item.key == "ER-MCP3" and is_first_visit(timepoint) else 0


def read_by_both(built: BuiltTrial) -> Campaign:
    campaign = open_campaign_of(built, instrument="svdh", concordant_share=0.0, adjudication_threshold=400)
    readers = [built.people["reader"], built.people["reader.two"]]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.filter(case__campaign=campaign, status=ReadStatus.ISSUED):
        read_through(read, by_first if read.reader == readers[0] else by_second)
    run_due_jobs()
    return campaign


def closed(built: BuiltTrial) -> Campaign:
    campaign = read_by_both(built)
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    campaign.refresh_from_db()
    return campaign


def browser(built: BuiltTrial, who: str = "lead") -> Client:
    client = Client()
    client.force_login(built.people[who], backend=BACKEND)
    return client


def address_of(case: Case, first: str = "reader", second: str = "reader.two") -> str:
    tokens = dict(case.reads.values_list("reader__name", "token"))
    return f"{BASE}{tokens[first]}/{tokens[second]}/"


def test_pairs_of_reads_are_listed_with_their_differences_once_the_campaign_is_closed(built: BuiltTrial) -> None:
    campaign, client = read_by_both(built), browser(built)
    case = campaign.cases.first()
    assert case is not None
    assert "compared once the campaign is closed" in client.get(BASE).content.decode()
    assert "/comparison/" not in client.get("/trials/TWO/progress/").content.decode()
    early = client.get(address_of(case))
    assert early.status_code == 409
    assert "Two reads of a case can be compared once campaign C1 is closed." in early.content.decode()
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    assert BASE in client.get("/trials/TWO/progress/").content.decode()
    text = b"".join(client.get(f"{BASE}?format=csv")).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert sorted(row["Case"] for row in rows) == ["1", "2"]
    for row in rows:
        people = (row["First reader"], row["Second reader"], row["Kinds of read"])
        assert people == ("reader", "reader.two", "Primary, primary")
        assert (row["Values that differ"], row["Largest difference (grades)"]) == ("2", "3")
    assert address_of(case) in client.get(BASE).content.decode()


def test_the_list_is_computed_again_only_after_a_change(built: BuiltTrial) -> None:
    closed(built)
    client = browser(built)
    shown = []
    for status in (CampaignStatus.CLOSED, CampaignStatus.CLOSED, CampaignStatus.LOCKED):
        Campaign.objects.update(status=status)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(BASE).content.count(b"Compare</a>") == 2
        shown.append(any("reading_signedvalues" in one["sql"] for one in queries))
    assert shown == [True, False, True]


def test_both_values_stand_at_the_joint_on_the_film_of_their_visit(built: BuiltTrial) -> None:
    ReaderImage.objects.update(joints={"PIP2": [10.0, 12.0], "MCP3": [5.0, 6.0]})
    campaign = closed(built)
    case = campaign.cases.first()
    assert case is not None
    page = browser(built).get(address_of(case))
    assert page["Cache-Control"] == "private, no-store"
    shown = page.context["visits"]
    assert [visit.code for visit in shown] == ["W00", "W24"], "in true order"
    marks = {(visit.code, film.name, mark.text) for visit in shown for film in visit.films for mark in film.marks}
    unassessable = next(one.second for one in page.context["compared"].different if one.item.key == "ER-MCP3")
    assert marks == {("W24", "Left hand", "0 | 3"), ("W00", "Right hand", f"0 | {unassessable}")}
    (mark,) = [mark for film in shown[1].films for mark in film.marks]
    assert (mark.x, mark.y) == (10.0, 12.0)
    text = page.content.decode()
    steps = re.findall(r'data-difference="([^"]+)" data-on="([^"]+)"', text)
    assert len(steps) == 2
    for difference, film in steps:
        assert f'<g data-mark="{difference}">' in text
        assert f'<figure data-film="{film}">' in text
    film = shown[1].films[0].token
    assert browser(built).get(f"/trials/TWO/results/C1/checks/films/{film}.jpg").status_code == 200


def test_films_stay_shut_once_the_subject_withdrew_consent_and_the_values_are_still_compared(built: BuiltTrial) -> None:
    campaign = closed(built)
    Case.objects.update(consent_withdrawn=True)
    case = campaign.cases.first()
    assert case is not None
    page = browser(built).get(address_of(case))
    assert "nobody can open the films" in page.content.decode()
    assert not [film for visit in page.context["visits"] for film in visit.films]
    assert len(page.context["compared"].different) == 2


def test_only_two_signed_reads_of_one_case_are_compared(built: BuiltTrial) -> None:
    campaign = closed(built)
    one, other = campaign.cases.all()
    client = browser(built)
    tokens = [case.reads.get(reader__name="reader").token for case in (one, other)]
    assert client.get(f"{BASE}{tokens[0]}/{tokens[1]}/").status_code == 404
    assert client.get(f"{BASE}{tokens[0]}/{tokens[0]}/").status_code == 404
    assert client.get(f"{BASE}none/{tokens[0]}/").status_code == 404
    for who in ("statistician", "coordinator", "sponsor", "auditor", "reader"):
        assert browser(built, who).get(BASE).status_code == 403


def test_the_comparison_takes_as_many_queries_for_two_cases_as_for_four() -> None:
    counts = []
    for number, code in ((2, "ONE"), (4, "FOUR")):
        campaign = read_by_both(build_reading_trial(subjects=number, visits=("W00", "W24"), code=code))
        with CaptureQueriesContext(connection) as queries:
            assert len(list(compared_reads(campaign))) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]
