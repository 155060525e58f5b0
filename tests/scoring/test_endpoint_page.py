"""The statistician's results of a dataset: hand-computed values on the page and in its files.

The changes at W52 are 264/23, 12, 13 (adjudicated), 12 and 0; at W24 12, 12, 12 and 0, and one subject has no film.
"""

from __future__ import annotations

import csv
import io
from copy import deepcopy
from xml.etree import ElementTree

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.sign_in import BACKEND
from config.cells import EXCEL_MARK
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from scoring.datasets.building import request_dataset
from scoring.endpoint.pooled import stored
from scoring.models import Dataset
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all
from tests.scoring.packages import package_of
from tests.scoring.test_analysis_table import read_and_locked, varied_trial
from tests.scoring.test_event_lists import browser

pytestmark = pytest.mark.django_db
PAGE = "/trials/TWO/results/C1/datasets/1/results/"
WEEK_52 = (11.4783, 12.0, 13.0, 12.0, 0.0)


@pytest.fixture(scope="module")
def built(once: Once) -> BuiltTrial:
    def build() -> BuiltTrial:
        built_trial = varied_trial()
        read_and_locked(built_trial)
        return built_trial

    return once(build)


@pytest.fixture
def locked(built: BuiltTrial) -> BuiltTrial:
    return deepcopy(built)


def rows_at(client: Client, name: str) -> list[dict[str, str]]:
    answer = client.get(f"{PAGE}{name}.csv")
    assert answer.status_code == 200
    assert f'filename="TWO-C1-1-{name}.csv"' in answer["Content-Disposition"]
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def test_the_results_of_a_dataset_are_the_values_worked_out_by_hand(locked: BuiltTrial) -> None:
    client = browser(locked)
    page = client.get(PAGE).content.decode()
    for heading in ("Disposition of cases", "Values by visit", "Change from baseline", "Subjects without progression"):
        assert f"<h2>{heading}</h2>" in page
    assert "No treatment arm is shown." in page
    assert "No intercurrent event was imported, so none is applied." in page
    changes(rows_at(client, "total_changes"))
    week_52 = [row for row in rows_at(client, "total_shares") if row["visit"] == "W52"]
    assert [(row["n"], row["without"], row["share"]) for row in week_52] == [("5", "1", "0.2")] * 3
    assert [round(float(week_52[0][key]), 4) for key in ("lower", "upper")] == [0.0362, 0.6245]
    assert rows_at(client, "total_missing") == [{"visit": "W24", "reason": "no film at this visit", "n": "1"}]
    found = [(row["what"], row["n"]) for row in rows_at(client, "disposition")]
    assert found == [
        ("Subjects with a case", "5"), ("Cases", "5"), ("Consensus of the readers", "4"), ("Adjudicated", "1"),
    ]  # fmt: skip


def changes(rows: list[dict[str, str]]) -> None:
    """Quartiles of 0, 11.4783, 12, 12 and 13 are 11.4783, 12 and 12."""
    week_24, week_52 = rows
    assert (week_24["visit"], week_24["n"], float(week_24["mean"])) == ("W24", "4", 9.0)
    expected = [np.mean(WEEK_52), np.std(WEEK_52, ddof=1), 11.4783, 12, 12]
    assert [float(week_52[key]) for key in ("mean", "sd", "q1", "median", "q3")] == pytest.approx(expected)


def test_a_figure_is_on_the_page_with_its_data_and_comes_as_svg_png_and_csv(locked: BuiltTrial) -> None:
    client = browser(locked)
    page = client.get(PAGE).content.decode()
    assert page.count("<img ") == 2, "mean change, and W52; W24 has four subjects"
    assert "W24: no cumulative probability. Too few subjects (4): at least 5 are needed." in page
    points = rows_at(client, "total_w52_cumulative")
    assert [(row["percent"], float(row["change"])) for row in points] == [
        ("10.0", 0), ("30.0", 11.4783), ("50.0", 12), ("70.0", 12), ("90.0", 13),
    ]  # fmt: skip
    svg = client.get(f"{PAGE}total_w52_cumulative.svg")
    assert svg["Content-Type"] == "image/svg+xml"
    ElementTree.fromstring(svg.content.decode())
    assert client.get(f"{PAGE}total_w52_cumulative.png").content.startswith(b"\x89PNG")
    for absent in ("total_w24_cumulative.svg", "total_w24_cumulative.png", "nothing.csv"):
        assert client.get(f"{PAGE}{absent}").status_code == 404


def test_lists_open_in_a_spreadsheet_and_the_files_of_a_dataset_hold_plain_text(locked: BuiltTrial) -> None:
    statistician, coordinator = browser(locked), Client()
    coordinator.force_login(locked.people["coordinator"], backend=BACKEND)
    statistician.get("/trials/TWO/results/C1/agreement/")
    run_due_jobs()
    lists = [
        statistician.get(f"{PAGE}total_changes.csv"),
        statistician.get("/trials/TWO/results/C1/agreement.csv?interval=W52"),
        statistician.get("/trials/TWO/results/C1/events/example.csv"),
        coordinator.get("/trials/TWO/set-up/import/subjects/example.csv"),
        coordinator.get("/trials/TWO/films/?format=csv"),
    ]
    mark = EXCEL_MARK.encode()
    assert [(answer.status_code, answer.getvalue().startswith(mark)) for answer in lists] == [(200, True)] * 5
    with package_of(Dataset.objects.get()) as archive:
        files = [name for name in archive.namelist() if name.endswith(".csv")]
        assert len(files) > 5
        assert [name for name in files if archive.read(name).startswith(mark)] == []


def test_the_page_asks_the_database_for_nothing_that_grows_with_the_trial(locked: BuiltTrial) -> None:
    stored.kept.results.clear()
    client = browser(locked)
    with CaptureQueriesContext(connection) as first:
        assert client.get(PAGE).status_code == 200
    asked = [one["sql"] for one in first]
    assert len(asked) < 15
    assert not [sql for sql in asked if "reading_case" in sql or "reading_read" in sql or "scoring_caseresult" in sql]


def test_a_score_that_the_instrument_does_not_have_is_refused(locked: BuiltTrial) -> None:
    answer = browser(locked).get(f"{PAGE}?score=erosion")
    assert answer.status_code == 400
    assert "The score cannot be “erosion”. Choose total." in answer.content.decode()


def test_a_dataset_that_is_still_being_built_has_no_results() -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"), code="NEW")
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    campaign.refresh_from_db()
    request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    answer = browser(built_trial).get(PAGE.replace("TWO", "NEW"))
    assert answer.status_code == 409
    assert "Dataset 1 is still being built. It has no results to show." in answer.content.decode()
