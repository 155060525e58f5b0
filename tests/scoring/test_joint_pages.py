"""Agreement by joint as its readers see it: figures of the signed grades, the drawing's data, and the cases."""

from __future__ import annotations

import csv
import io
import json
from copy import deepcopy
from typing import Any

import numpy as np
import pytest
from django.test import Client

import instruments
from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CampaignStatus, DisplayedTimepoint, Read, ReadStatus
from scoring.ratings.joints import JointGrades, fill
from scoring.ratings.visits import CaseVisits
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/joints/"


def make_built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=5, visits=("W00", "W24"))


def build_campaign(built_trial: BuiltTrial) -> Campaign:
    """Every case is read twice: left PIP 2 has grades 2 and 1, right MCP 3 none and 1, every other joint 0."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.filter(status=ReadStatus.ISSUED):
        read_through(read, first if read.reader == readers[0] else second)
    return campaign


@pytest.fixture(scope="module")
def built(once: Once) -> tuple[BuiltTrial, Campaign]:
    def build() -> tuple[BuiltTrial, Campaign]:
        made = make_built_trial()
        return made, build_campaign(made)

    return once(build)


@pytest.fixture
def built_trial(built: tuple[BuiltTrial, Campaign]) -> BuiltTrial:
    return deepcopy(built[0])


@pytest.fixture
def campaign(built: tuple[BuiltTrial, Campaign]) -> Campaign:
    return deepcopy(built[1])


def first(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    return {"GL-PIP2": 2, "GR-MCP3": None}.get(item.key, 0)


def second(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    return {"GL-PIP2": 1, "GR-MCP3": 1}.get(item.key, 0)


def browser(built_trial: BuiltTrial, who: str = "statistician") -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def lines(client: Client, address: str) -> list[dict[str, str]]:
    """The list of a page as its CSV file."""
    text = b"".join(client.get(f"{address}?format=csv")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def drawn(page: str) -> dict[tuple[str, str], dict[str, Any]]:
    """The data of the drawing, by side and joint."""
    text = page.split('<script id="joint-map-data" type="application/json">')[1].split("</script>")[0]
    return {(joint["side"], joint["joint"]): joint for joint in json.loads(text)}


def test_every_joint_has_its_figures_in_the_list_and_in_the_drawing(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    client = browser(built_trial)
    rows = {row["Joint"]: row for row in lines(client, PAGE)}
    pip, mcp = rows["Left PIP 2"], rows["Right MCP 3"]
    assert pip["Mean absolute difference (grades)"] == "1.000"
    assert (pip["Exact agreement"], pip["Positive agreement"], pip["Of these, with damage"]) == ("0.000", "1.000", "5")
    assert (mcp["Cases graded by both"], mcp["Not assessable"]) == ("0", "0.500")
    joints = drawn(client.get(PAGE).content.decode())
    assert joints["L", "PIP2"]["strength"] == 4
    assert joints["L", "PIP3"]["strength"] == 0
    assert joints["R", "MCP3"]["strength"] is None
    assert joints["L", "PIP2"]["text"] == "Left PIP 2: mean absolute difference (grades) 1.000"


def test_single_cases_are_shown_once_the_campaign_is_closed(built_trial: BuiltTrial, campaign: Campaign) -> None:
    client, address = browser(built_trial, "lead"), f"{PAGE}GL-PIP2/"
    assert "once the campaign is closed" in client.get(address).content.decode()
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    rows = lines(client, f"{address}")
    assert [row["Case"] for row in rows] == ["1", "2", "3", "4", "5"]
    assert {tuple(sorted((row["Read 1, W24"], row["Read 2, W24"]))) for row in rows} == {("1", "2")}
    assert lines(client, f"{PAGE}GL-PIP3/") == []


def test_what_does_not_exist_is_refused_and_a_campaign_without_reads_says_so(built: object, db: None) -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"), code="NEW")
    open_campaign_of(built_trial)
    client, page = browser(built_trial), PAGE.replace("TWO", "NEW")
    assert "No case with two visits has a signed primary read yet" in client.get(page).content.decode()
    assert client.get(f"{page}GL-XYZ/").status_code == 400


def test_the_page_takes_as_many_queries_for_five_cases_as_for_one(
    built_trial: BuiltTrial, campaign: Campaign, django_assert_max_num_queries: Any
) -> None:
    client = browser(built_trial)
    client.get(PAGE)
    with django_assert_max_num_queries(24):
        client.get(PAGE)


def test_a_joint_without_a_film_is_neither_graded_nor_not_assessable() -> None:
    svdh = instruments.get("svdh")
    shape = (1, 2, 1, len(svdh.items))
    found = JointGrades(svdh, [], CaseVisits({}, ("W00",), ()), np.full(shape, np.nan), np.zeros(shape, dtype=bool))
    fill(svdh, found, (0, 0, 0), {"EL-PIP2": [None, "ABSENT", False], "EL-PIP3": [None, "PROJECTION", False]})
    assert [bool(found.shown[0, 0, 0, svdh.positions[key]]) for key in ("EL-PIP2", "EL-PIP3")] == [False, True]
