"""The lists around a campaign can be downloaded: its readers, batches, image problems, changed films, and trainings."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.campaigns.image_problems import report_problem, settle_problem
from reading.campaigns.opening import create_campaign
from reading.campaigns.training import make_training
from reading.charter.versions import current_charter
from reading.issuing.assignments import request_batch
from reading.models import Batch, Read
from tests.reading.builders import BuiltTrial, build_reading_trial, fill_read, open_campaign_of, read_through

pytestmark = pytest.mark.django_db
CAMPAIGN = "/trials/TWO/campaigns/C1/"


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


def browser(built: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built.people[who], backend=BACKEND)
    return client


def rows_of(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def issued(built: BuiltTrial) -> None:
    campaign = open_campaign_of(built, concordant_share=0.0)
    readers = [built.people["reader"], built.people["reader.two"]]
    coordinator = built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="Spring", due_on=None, readers=readers, size=9)
    run_due_jobs()


def test_each_empty_list_of_a_campaign_says_what_is_not_there(built: BuiltTrial) -> None:
    client = browser(built, "coordinator")
    open_campaign_of(built, concordant_share=0.0)
    page = client.get(CAMPAIGN).content.decode()
    for empty in ("No read has been issued.", "No batch has been issued.", "No reader has reported an image problem."):
        assert empty in page
    assert "Every case shows the current films." in page


def test_the_lists_of_a_campaign_are_downloaded_and_a_resolved_problem_stays_in_them(built: BuiltTrial) -> None:
    client = browser(built, "coordinator")
    issued(built)
    first, second = Read.objects.filter(reader=built.people["reader"]).order_by("case__number")
    read_through(first)
    fill_read(second)
    for note in ("too dark", "cut off"):
        report_problem(read=second, actor=built.actor("reader"), film_token="", reason="other", note=note)
    assert [row["State"] for row in rows_of(client, f"{CAMPAIGN}?problems-format=csv")] == ["Open", "Open"]
    dark = second.problems.get(note="too dark")
    settle_problem(problem=dark, actor=built.actor("coordinator"), settlement="The site sent it again.")
    rows = rows_of(client, f"{CAMPAIGN}?problems-format=csv")
    assert [(row["Note"], row["State"], row["How it was resolved"]) for row in rows] == [
        ("cut off", "Open", ""),
        ("too dark", "Resolved", "The site sent it again."),
    ]
    assert client.get(CAMPAIGN).content.decode().count("/settle/") == 1
    readers = rows_of(client, f"{CAMPAIGN}?readers-format=csv")
    assert [(row["Reader"], row["Signed"]) for row in readers] == [("reader", "1 of 2"), ("reader.two", "0 of 2")]
    assert [row["Batch"] for row in rows_of(client, f"{CAMPAIGN}?batches-format=csv")] == ["Spring"]
    assert rows_of(client, f"{CAMPAIGN}?late-format=csv") == []


def test_the_lead_downloads_the_training_campaigns_and_the_campaigns_with_results(built: BuiltTrial) -> None:
    open_campaign_of(built, concordant_share=0.0)
    client, coordinator = browser(built, "lead"), built.actor("coordinator")
    assert "The coordinator has not set up a training campaign." in client.get("/trials/TWO/training/").content.decode()
    charter = current_charter(built.trial)
    assert charter is not None
    made = create_campaign(trial=built.trial, actor=coordinator, charter=charter, code="T1", title="Ten cases")
    make_training(campaign=made, actor=coordinator, least_status=0.8, least_change=None)
    (row,) = rows_of(client, "/trials/TWO/training/?campaigns-format=csv")
    assert list(row.values()) == ["Ten cases", "T1", "Draft", "0"]
    assert {row["Reader"] for row in rows_of(client, "/trials/TWO/training/?format=csv")} >= {"reader", "reader.two"}
    for who, page in (("lead", "Score checks"), ("statistician", "Datasets")):
        own = browser(built, who)
        rows = rows_of(own, "/trials/TWO/results/?format=csv")
        assert [row["Campaign"] for row in rows] == ["C1 First", "T1 Ten cases"]
        assert page in own.get("/trials/TWO/results/").content.decode()


def test_the_page_of_campaigns_lists_what_is_due_and_when(built: BuiltTrial) -> None:
    client, today = browser(built, "coordinator"), timezone.localdate()
    campaign = open_campaign_of(built, concordant_share=0.0)
    page = "/trials/TWO/campaigns/"
    assert "No batch of an open campaign has been issued." in client.get(page).content.decode()
    readers, coordinator = [built.people["reader"], built.people["reader.two"]], built.actor("coordinator")
    for name, days in (("Later", 30), ("Sooner", 2)):
        due = today + timedelta(days=days)
        request_batch(campaign=campaign, actor=coordinator, name=name, due_on=due, readers=readers, size=1)
        run_due_jobs()
    read_through(Read.objects.filter(batch__name="Sooner").order_by("reader")[0])
    rows = rows_of(client, f"{page}?due-format=csv")
    assert [(row["Batch"], row["Reads signed"], row["State"]) for row in rows] == [
        ("Sooner", "1 of 2", "Due soon"),
        ("Later", "0 of 2", "Due later"),
    ]
    Batch.objects.filter(name="Later").update(due_on=today - timedelta(days=1))
    assert [row["State"] for row in rows_of(client, f"{page}?due-format=csv")] == ["Overdue", "Due soon"]
    Batch.objects.filter(name="Sooner").update(due_on=None)
    assert [row["State"] for row in rows_of(client, f"{page}?due-format=csv")] == ["Overdue", "No due date"]
    Read.objects.update(status="signed")
    assert {row["State"] for row in rows_of(client, f"{page}?due-format=csv")} == {"All signed"}
