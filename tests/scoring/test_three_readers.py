"""A charter with three readers for each case: the mean of all three, no adjudication, the largest difference reported.

Expected values are worked out by hand, and again in numpy from the grades of scores.csv.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.errors import BadInput
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import why_not
from reading.charter.terms import read_terms
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CaseStatus, Read, ReadKind
from scoring.models import CaseResult
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_house, open_campaign_of
from tests.reading.test_line import lock_it
from tests.scoring.cdisc.transport_reader import read_transport
from tests.scoring.test_joint_pages import lines
from tests.scoring.test_randomisation import rows_of, unpacked
from tests.scoring.three_readers import add_third_reader, read_by_all

pytestmark = pytest.mark.django_db
TERMS = {"readers_per_case": 3, "result_rule": "mean-of-all", "adjudication_threshold": 1, "concordant_share": 1.0}
# Changes to W52 of 2, 4 and 9, and of 5, 6 and 10.
TOTALS = {
    ("S000", "W00"): (0, 0, 0),
    ("S000", "W24"): (1, 1, 1),
    ("S000", "W52"): (2, 4, 9),
    ("S001", "W00"): (10, 8, 9),
    ("S001", "W24"): (12, 9, 11),
    ("S001", "W52"): (15, 14, 19),
}


@pytest.fixture
def house() -> BuiltTrial:
    house = build_house(subjects=2)
    add_third_reader(house)
    return house


def test_two_closest_is_refused_with_three_readers() -> None:
    with pytest.raises(BadInput) as refused:
        read_terms({"readers_per_case": 3})
    assert str(refused.value) == (
        "With three readers per case, the result rule cannot be “two-closest”. "
        "Choose “mean-of-all”: no case is adjudicated."
    )
    assert refused.value.field == "result_rule"
    assert not read_terms(TERMS).adjudicates


def test_every_case_goes_to_three_different_qualified_readers(house: BuiltTrial) -> None:
    """The coordinator reads how many are needed; fewer are refused, and no adjudicator is missed."""
    campaign = open_campaign_of(house, **TERMS)
    Membership.objects.filter(role="adjudicator").delete()
    assert [obstacle.text for obstacle in why_not(campaign)] == []
    page = f"/trials/TWO/campaigns/{campaign.code}/assign/"
    client = Client()
    client.force_login(house.people["coordinator"], backend=BACKEND)
    assert "Each case goes to 3 different readers." in " ".join(client.get(page).content.decode().split())
    three = [person for name, person in house.people.items() if name.startswith("reader")]
    asked = {"campaign": campaign, "actor": house.actor("coordinator"), "name": "one", "due_on": None, "size": 9}
    with pytest.raises(BadInput, match="requires 3 different readers for each case. You chose 2. Choose at least 3."):
        request_batch(**asked, readers=three[:2])
    request_batch(**asked, readers=three)
    run_due_jobs()
    for case in campaign.cases.all():
        assert set(case.reads.values_list("reader_id", flat=True)) == {person.pk for person in three}


def test_the_mean_of_three_decides_and_nobody_adjudicates(house: BuiltTrial, tmp_path: Path) -> None:
    """Readers 7 points apart, above the threshold of 1: consensus; the same in every file that is delivered."""
    campaign = open_campaign_of(house, **TERMS)
    read_by_all(house, campaign, TOTALS)
    assert {case.status for case in campaign.cases.all()} == {CaseStatus.CONSENSUS}
    assert not Read.objects.filter(kind=ReadKind.ADJUDICATION).exists()
    assert {result.rule for result in CaseResult.objects.all()} == {"mean-of-all"}
    agreement_page(house, campaign)
    lock_it(house, campaign)
    folder = unpacked(campaign, tmp_path / "copy")
    cases(folder)
    analysis(folder)
    for name in ("scores.csv", "totals.csv", "changes.csv"):
        column = "READER" if name == "scores.csv" else "SOURCE"
        assert "READER 3" in {row[column] for row in rows_of(folder / name)}
    assert "Every case has three readers." in (folder / "README.md").read_text()
    assert "READER 3" in {row["EVALID"] for row in read_transport(folder / "cdisc" / "adxr.xpt").rows}
    other_pages(house, campaign)


def agreement_page(house: BuiltTrial, campaign: Campaign) -> None:
    """Residuals of the changes are 0.5, 0, -0.5 and their opposites: MSE 0.5, s_D 1, SDC 1.96 / sqrt(2) / sqrt(3)."""
    client = Client()
    client.force_login(house.people["statistician"], backend=BACKEND)
    address = f"/trials/TWO/results/{campaign.code}/agreement"
    data = client.get(f"{address}.json").json()
    assert data["model"] == "Two-way model, absolute agreement: the same three readers read every case"
    assert data["sdc"]["value"] == pytest.approx(1.96 / 6**0.5)
    assert (data["n"], len(data["pairs"])) == (2, 3)
    page = " ".join(client.get(f"{address}/").content.decode().split())
    assert "mean of three readers" in page
    assert "No case is adjudicated under this charter" in page


def other_pages(house: BuiltTrial, campaign: Campaign) -> None:
    """At left PIP 2 the reads of W52 have 2, 4 and 5, then 5 each: differences of 2, 3, 1, 0, 0 and 0."""
    client, address = Client(), f"/trials/TWO/results/{campaign.code}"
    client.force_login(house.people["lead"], backend=BACKEND)
    rows = {row["Joint"]: row for row in lines(client, f"{address}/joints/")}
    figures = ("Pairs of reads with both grades", "Mean absolute difference (grades)", "Exact agreement")
    assert [rows["Left PIP 2"][name] for name in figures] == ["6", "1.000", "0.500"]
    (case,) = lines(client, f"{address}/joints/GL-PIP2/")
    assert sorted(case[f"Read {read}, W52"] for read in (1, 2, 3)) == ["2", "4", "5"]
    assert "2 cases compared between readers" in client.get(f"{address}/readers/").content.decode()
    assert client.get(f"{address}/checks/").status_code == 200


def cases(folder: Path) -> None:
    """The largest difference of two readers over all pairs of visits: 9 - 2 from W00 to W52; then 10 - 5."""
    rows = rows_of(folder / "cases.csv")
    found = {row["USUBJID"]: (row["RULE"], row["LARGEST"], row["THRESHOLD"], row["OUTCOME"]) for row in rows}
    assert found == {
        "S000": ("mean-of-all", "7.0000", "", "consensus"),
        "S001": ("mean-of-all", "5.0000", "", "consensus"),
    }
    assert all(len(row["READERS"].split()) == 3 for row in rows)


def analysis(folder: Path) -> None:
    """(2 + 4 + 9) / 3 = 5 from 0; (5 + 6 + 10) / 3 = 7 from 9."""
    rows = {(row["subject"], row["avisit"]): row for row in rows_of(folder / "analysis.csv")}
    for subject, base, value, change in (
        ("S000", "0.0000", "5.0000", "5.0000"),
        ("S001", "9.0000", "16.0000", "7.0000"),
    ):
        row = rows[subject, "W52"]
        assert (row["base"], row["aval"], row["chg"]) == (base, value, change)
        assert "CHG <= 0.8002 (SDC of this lock, interval W00 to W52)" in row.values()
