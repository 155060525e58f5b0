"""A charter with three readers for each case: the mean of all three, no adjudication, the largest difference reported.

Expected values are worked out by hand, and again in numpy from the grades of scores.csv.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.errors import BadInput
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import why_not
from reading.charter.terms import Terms
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CaseStatus, Read, ReadKind
from scoring.consensus.discordance import Series
from scoring.consensus.panel import ChosenReaders, Panel
from scoring.consensus.sealed_result import opened_result
from scoring.models import CaseResult
from studies.models import Membership
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it
from tests.scoring.agreement_figures import with_figures
from tests.scoring.cdisc.transport_reader import read_transport
from tests.scoring.test_joint_pages import lines
from tests.scoring.test_randomisation import rows_of, unpacked
from tests.scoring.three_readers import add_third_reader, read_by_all

pytestmark = pytest.mark.django_db
Row = dict[str, str]
TERMS = {"readers_per_case": 3, "result_rule": "mean-of-all", "adjudication_threshold": 1, "concordant_share": 1.0}
# Changes to W52 of 2, 4 and 9, and of 5, 6 and 240/23: the third reader sees 23 of the 24 sites of the hands at S001's
# W52. The second reader cannot evaluate S001's W24.
TOTALS = {
    ("S000", "W00"): (0, 0, 0),
    ("S000", "W24"): (1, 1, 1),
    ("S000", "W52"): (2, 4, 9),
    ("S001", "W00"): (10, 8, 9),
    ("S001", "W24"): (12, None, 11),
    ("S001", "W52"): (15, 14, 19),
}


MISSING = {("S001", "W52", 2, "GR-PIP2")}


@pytest.fixture
def built_trial() -> BuiltTrial:
    built_trial = build_reading_trial(subjects=2)
    add_third_reader(built_trial)
    return built_trial


def test_two_closest_is_refused_with_three_readers(built_trial: BuiltTrial) -> None:
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    given = {name: value for name, value in Terms(readers_per_case=3).as_json().items() if value is not False}
    page = client.post("/trials/TWO/charter/write/", given)
    assert page.status_code == 400
    assert (
        "With three readers per case, the result cannot be “Mean of the two closest readers (change over the reference "
        "interval; tie: mean of all three)”. Choose “Mean of all three readers”: no case is adjudicated."
    ) in page.content.decode()
    assert client.post("/trials/TWO/charter/write/", given | {"result_rule": "mean-of-all"}).status_code == 302
    page = client.get("/trials/TWO/charter/")
    assert "3 readers for each case, no adjudication" in " ".join(page.content.decode().split())


def test_every_case_goes_to_three_different_qualified_readers(built_trial: BuiltTrial) -> None:
    """The coordinator reads how many are needed; fewer are refused, and no adjudicator is missed."""
    campaign = open_campaign_of(built_trial, **TERMS)
    Membership.objects.filter(role="adjudicator").delete()
    assert [obstacle.text for obstacle in why_not(campaign)] == []
    page = f"/trials/TWO/campaigns/{campaign.code}/assign/"
    client = Client()
    client.force_login(built_trial.people["coordinator"], backend=BACKEND)
    assert "Each case goes to 3 different readers." in " ".join(client.get(page).content.decode().split())
    three = [person for name, person in built_trial.people.items() if name.startswith("reader")]
    asked: dict[str, Any] = {
        "campaign": campaign,
        "actor": built_trial.actor("coordinator"),
        "name": "one",
        "due_on": None,
        "size": 9,
    }
    with pytest.raises(BadInput, match="requires 3 different readers for each case. You chose 2. Choose at least 3."):
        request_batch(**asked, readers=three[:2])
    request_batch(**asked, readers=three)
    run_due_jobs()
    for case in campaign.cases.all():
        assert set(case.reads.values_list("reader_id", flat=True)) == {person.pk for person in three}


def test_the_mean_of_three_decides_and_nobody_adjudicates(built_trial: BuiltTrial, tmp_path: Path) -> None:
    """Readers 7 points apart, above the threshold of 1: consensus; the same in every file that is delivered."""
    campaign = open_campaign_of(built_trial, **TERMS)
    read_by_all(built_trial, campaign, TOTALS, MISSING)
    assert {case.status for case in campaign.cases.all()} == {CaseStatus.CONSENSUS}
    assert not Read.objects.filter(kind=ReadKind.ADJUDICATION).exists()
    assert {result.rule for result in CaseResult.objects.all()} == {"mean-of-all"}
    agreement_page(built_trial, campaign)
    lock_it(built_trial, campaign)
    folder = unpacked(campaign, tmp_path / "copy")
    cases(folder)
    analysis(folder)
    for name in ("scores.csv", "totals.csv", "changes.csv"):
        column = "READER" if name == "scores.csv" else "SOURCE"
        assert "READER 3" in {row[column] for row in rows_of(folder / name)}
    assert "Every case has three readers." in (folder / "README.md").read_text()
    everything_in_numpy(folder)
    transfer(folder)
    other_pages(built_trial, campaign)


def agreement_page(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """SDC = 1.96 s_D / (sqrt(2) sqrt(3)) with s_D squared = 2 MSE, residuals of subjects x readers, in numpy."""
    client = Client()
    client.force_login(built_trial.people["statistician"], backend=BACKEND)
    address = f"/trials/TWO/results/{campaign.code}/agreement"
    data = with_figures(client, f"{address}.json").json()
    assert data["model"] == "Two-way model, absolute agreement: the same three readers read every case"
    assert data["sdc"]["value"] == pytest.approx(sdc_in_numpy())
    assert (data["n"], len(data["pairs"])) == (2, 3)
    page = " ".join(client.get(f"{address}/").content.decode().split())
    assert "mean of three readers" in page
    assert "No case is adjudicated under this charter" in page


def sdc_in_numpy() -> float:
    changes = np.array([[2, 4, 9], [5, 6, 240 / 23]])
    residual = changes - changes.mean(axis=1, keepdims=True) - changes.mean(axis=0) + changes.mean()
    return float(1.96 * np.sqrt(2 * (residual**2).sum() / 2) / np.sqrt(2 * 3))


def other_pages(built_trial: BuiltTrial, campaign: Campaign) -> None:
    """At left PIP 2 the reads of W52 have 2, 4 and 5, then 5 each: differences of 2, 3, 1, 0, 0 and 0."""
    client, address = Client(), f"/trials/TWO/results/{campaign.code}"
    client.force_login(built_trial.people["lead"], backend=BACKEND)
    rows = {row["Joint"]: row for row in lines(client, f"{address}/joints/")}
    figures = ("Pairs of reads with both grades", "Mean absolute difference (grades)", "Exact agreement")
    assert [rows["Left PIP 2"][name] for name in figures] == ["6", "1.000", "0.500"]
    (case,) = lines(client, f"{address}/joints/GL-PIP2/")
    assert sorted(case[f"Read {read}, W52"] for read in (1, 2, 3)) == ["2", "4", "5"]
    assert "2 cases compared between readers" in client.get(f"{address}/readers/").content.decode()
    assert client.get(f"{address}/checks/").status_code == 200
    differences_and_thresholds(client, address)


def differences_and_thresholds(client: Client, address: str) -> None:
    """Two of three readers of S000 differ by 2, 5 and 7; of S001 the first and the third by 5.4348, and only they
    could evaluate W24, so that each pair with the second asks for a third read at any threshold.
    """
    found = [
        row["Largest difference between two readers (score units)"] for row in lines(client, f"{address}/differences/")
    ]
    assert [float(one) for one in found] == pytest.approx([7, 240 / 23 - 5])
    page = " ".join(client.get(f"{address}/thresholds/").content.decode().split())
    assert "No case is adjudicated under this charter, so it has no threshold to mark." in page
    assert "Each pair of them is compared" in page
    rows = lines(client, f"{address}/thresholds/")
    cases = {float(row["Threshold (score units)"]): float(row["Cases adjudicated"]) for row in rows}
    assert [cases[threshold] for threshold in (4.5, 6, 20)] == pytest.approx([2 / 3 + 1, 1 / 3 + 2 / 3, 2 / 3])


def cases(folder: Path) -> None:
    """The largest difference of two readers over all pairs of visits: 9 - 2 from W00 to W52; then 240/23 - 5."""
    rows = rows_of(folder / "cases.csv")
    found = {row["USUBJID"]: [row[name] for name in ("LARGEST", "ONESIDED", "THRESHOLD", "OUTCOME")] for row in rows}
    assert found == {"S000": ["7.0000", "", "", "consensus"], "S001": ["5.4348", "2", "", "consensus"]}
    assert all(len(row["READERS"].split()) == 3 for row in rows)


def analysis(folder: Path) -> None:
    """(2 + 4 + 9) / 3 = 5 from 0. At S001's W24 the mean of two: (10 + 9) / 2 = 9.5 to (12 + 11) / 2 = 11.5."""
    rows = {(row["subject"], row["avisit"]): row for row in rows_of(folder / "analysis.csv")}
    expected = {
        ("S000", "W52"): ("0.0000", "5.0000", "5.0000", 3),
        ("S001", "W24"): ("9.5000", "11.5000", "2.0000", 2),
        ("S001", "W52"): ("9.1304", "16.2753", "7.1449", 3),
    }
    for key, (base, value, change, readers) in expected.items():
        row = rows[key]
        assert (row["base"], row["aval"], row["chg"], len(row["readers"].split())) == (base, value, change, readers)
    assert [rows["S001", "W24"][name] for name in ("status", "status_base")] == ["11.5000", "9.0000"]
    assert f"CHG <= {sdc_in_numpy():.4f} (SDC of this lock, interval W00 to W52)" in rows["S001", "W52"].values()


def everything_in_numpy(folder: Path) -> None:
    """Every base, value and change again from the grades alone, with the readers evaluable at both visits."""
    scores = rows_of(folder / "scores.csv")
    for row in rows_of(folder / "analysis.csv"):
        if row["avisit"] != "W00":
            own = [one for one in scores if one["USUBJID"] == row["subject"]]
            found = interval_in_numpy(own, row["avisit"])
            assert [float(row[name]) for name in ("base", "aval")] == pytest.approx(found[:2], abs=1e-4)
            assert sorted(row["readers"].split()) == found[2]


def interval_in_numpy(scores: list[Row], end: str) -> tuple[float, float, list[str]]:
    """Baseline and later value of the mean, and of whom: regions scaled by the sites that both visits share."""
    of_readers = {}
    for reader in sorted({row["READERID"] for row in scores}):
        ends = [regions_in_numpy(scores, reader, visit) for visit in ("W00", end)]
        both = [np.isfinite(first) & np.isfinite(second) for first, second in zip(*ends, strict=True)]
        if all(shared.sum() >= len(shared) / 2 for shared in both):
            of_readers[reader] = [
                sum(
                    np.nansum(region[shared]) * len(shared) / shared.sum()
                    for region, shared in zip(one, both, strict=True)
                )
                for one in ends
            ]
    base, value = np.mean(list(of_readers.values()), axis=0)
    return float(base), float(value), list(of_readers)


def regions_in_numpy(scores: list[Row], reader: str, visit: str) -> list[npt.NDArray[np.float64]]:
    """The grades of the hands and of the feet, NaN where there is none."""
    own = [row for row in scores if (row["READERID"], row["VISIT"]) == (reader, visit)]
    regions = [[row["AVAL"] for row in own if row["REGION"] == region] for region in ("hand", "foot")]
    return [np.array([float(value) if value else np.nan for value in region]) for region in regions]


def transfer(folder: Path) -> None:
    """ADXR has the same interval, and no BASE of other readers beside a status total; MK accepts who has a part."""
    rows = [row for row in read_transport(folder / "cdisc" / "adxr.xpt").rows if row["USUBJID"] == "S001"]
    assert "READER 3" in {row["EVALID"] for row in rows}
    result = {(row["AVISIT"], row["BASETYPE"]): row for row in rows if row["PARAMCD"] == "LATSA"}
    interval = result["W24", "CAMPAIGN C1 REPEAT 1 W00 TO W24"]
    assert [interval[name] for name in ("BASE", "AVAL", "CHG")] == [9.5, 11.5, 2.0]
    status = {visit: result[visit, "CAMPAIGN C1 REPEAT 1 STATUS"] for visit in ("W00", "W24", "W52")}
    assert [status[visit]["BASE"] for visit in ("W00", "W24", "W52")] == [9.0, None, 9.0]
    mk = [row for row in read_transport(folder / "cdisc" / "mk.xpt").rows if row["USUBJID"] == "S001"]
    accepted = {visit: {row["MKEVALID"] for row in mk if row["VISIT"] == visit and row["MKACPTFL"]} for visit in status}
    assert [len(accepted[visit]) for visit in ("W00", "W24", "W52")] == [3, 2, 3]


@pytest.mark.parametrize(
    ("rule", "outcome", "status", "change", "readers"),
    [
        ("third-read", CaseStatus.ADJUDICATED, "25/2", "3", (0, 2)),
        ("evaluable-readers", CaseStatus.CONSENSUS, "12", "2", (0,)),
        ("missing", CaseStatus.CONSENSUS, None, None, (0,)),
    ],
)
def test_a_visit_that_one_of_two_readers_could_evaluate_follows_the_charter(
    rule: str, outcome: str, status: str | None, change: str | None, readers: tuple[int, ...]
) -> None:
    """The example of the charter's form. Changes to W52 of 5, 6 and 10: the two closest are the primary readers."""
    built_trial = build_reading_trial(subjects=1)
    campaign = open_campaign_of(built_trial, partial_visits=rule, concordant_share=0.0)
    totals = {("S000", "W00"): (10, 8, 9), ("S000", "W24"): (12, None, 13), ("S000", "W52"): (15, 14, 19)}
    read_by_all(built_trial, campaign, totals)
    people = [built_trial.people[name].pk for name in ("reader", "reader.two", "adjudicator")]
    assert campaign.cases.get().status == outcome
    result = opened_result(CaseResult.objects.order_by("-version")[0])["numbers"]["result"]
    (week_24, week_52), at_24 = (one["total"] for one in result["changes"]), result["totals"][1]["total"]
    assert (at_24["value"], week_24["value"], week_52["value"]) == (status, change, "11/2")
    assert week_24["reason"] == ("" if change else "evaluable for only 1 of 2 readers")
    for kind, place in (("totals", 1), ("changes", 0)):
        assert set(result["readers"][kind][place]) == {people[reader] for reader in readers}
    assert set(result["readers"]["changes"][1]) == set(people[:2])


def test_fewer_than_two_of_three_readers_are_too_few() -> None:
    """After the third read one reader is left: missing. An adjudicator who replaces both decides alone."""
    values = np.zeros((1, 1))
    everyone = tuple(Series(reader, values, values > 0) for reader in (7, 8, 9))
    panel = Panel(everyone, (7, 8))
    assert panel.at([7, 8]) == panel.at([7, 8, 9]) == panel.at([]) == ChosenReaders((7, 8))
    assert panel.at([8, 9]) == ChosenReaders((8, 9))
    assert panel.at([9]) == ChosenReaders((9,), "evaluable for only 1 of 3 readers")
    assert Panel(everyone, (7, 8, 9), "evaluable-readers").at([8]).reason == "evaluable for only 1 of 3 readers"
    assert Panel(everyone, (7, 8, 9), "missing").at([7, 8]).reason == "evaluable for only 2 of 3 readers"
    assert Panel(everyone, (9,)).at([7, 8]) == ChosenReaders((9,))
