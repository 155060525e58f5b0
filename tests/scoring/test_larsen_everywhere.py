"""A trial read by Larsen, which grades each area once: every page and file serves it, in words that are its own."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from copy import deepcopy
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

import instruments
from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.models import Campaign, DisplayedTimepoint
from scoring.arms.reports import ask_for_report
from scoring.arms.unsealing import receive_arms
from scoring.models import ArmsReport, ArmsRequest, Dataset
from tests.once_per_file import Once
from tests.pages import begun_with, found_by_links, kind_of
from tests.reading.builders import build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.routes import every_route
from tests.scoring.agreement_figures import compute_figures
from tests.scoring.packages import package_of
from tests.scoring.transferred import asked
from tests.scoring.unsealing_cast import Opening
from tests.studies.arms_cast import make_holders

pytestmark = pytest.mark.django_db
# What only instruments with erosion and narrowing scores have.
OF_OTHERS = re.compile(r"erosion|narrow|\bjsn\b|sharp|heijde|\bmtss\b|\bsvdh\b", re.IGNORECASE)
PICTURE = re.compile(r'src="(/trials/[^"]*)"')
TEXTS = (".csv", ".md", ".json", ".xml", ".R", ".sas", ".html", ".ndjson", ".svg")
LARSEN = instruments.get("larsen-1995")
PLACES = LARSEN.positions
# The published texts of its grades speak of erosions and narrowed joint spaces.
OWN = {text for wording in LARSEN.wordings.values() for grades in wording.values() for text in grades.values()}
PAGES = {
    "statistician": [
        "scoring:results",
        "scoring:agreement",
        "scoring:agreement_csv",
        "scoring:agreement_json",
        "scoring:figure",
        "scoring:joints",
        "scoring:joints as CSV",
        "scoring:joint_cases",
        "scoring:differences",
        "scoring:thresholds",
        "scoring:datasets",
        "scoring:dataset",
        "scoring:endpoint",
        "scoring:endpoint_table",
        "scoring:transfers",
        "scoring:transfer",
        "scoring:findings",
        "scoring:arms_request",
        "scoring:by_arm",
        "scoring:by_arm_report",
        "scoring:by_arm_table",
    ],
    "lead": [
        "scoring:checks",
        "scoring:comparisons",
        "scoring:readers",
        "scoring:reader",
        "scoring:scores",
        "scoring:score_cell",
    ],
    "auditor": ["scoring:scores", "scoring:scores as CSV", "scoring:score_cell"],
    "signer": ["scoring:locks"],
}


def graded(timepoint: DisplayedTimepoint, item: Item) -> int:
    """Some areas with grade 1 or 2, other ones at other timepoints, alike in number."""
    place = (PLACES[item.key] + timepoint.pk) % 9
    return place if place <= 2 else 0


@pytest.fixture(scope="module")
def built(once: Once, tmp_path_factory: pytest.TempPathFactory) -> Opening:
    """Four cases read, transferred before and after the lock, with opened arms and a report by arm."""
    return once(lambda: from_reads_to_the_report(tmp_path_factory.mktemp("opening")))


def from_reads_to_the_report(folder: Any) -> Opening:
    built_trial = build_reading_trial(subjects=4, visits=("W00", "W52"))
    holders = make_holders(
        built_trial.trial, built_trial.actor("coordinator"), built_trial.people["coordinator"], folder, custodians=2
    )
    campaign = open_campaign_of(built_trial, concordant_share=0.0, arms_may_be_opened=True, adjudication_threshold=40)
    read_all(built_trial, campaign, graded)
    for purpose in ("test", "test", "review"):
        asked(built_trial, purpose)
    lock_it(built_trial, campaign)
    holders.seal({one.code: ("Active", "Placebo")[place % 2] for place, one in enumerate(built_trial.subjects)})
    opening = Opening(built_trial, holders, Campaign.objects.get(pk=campaign.pk), folder)
    request = opening.ask()
    for number in range(2):
        opening.give(request, number)
    run_due_jobs()
    signs = built_trial.signs("statistician")
    request.refresh_from_db()
    receive_arms(asked=request, **signs)
    ask_for_report(asked=request, actor=signs["actor"], user=signs["user"], reference="Placebo", by_site=True)
    run_due_jobs()
    compute_figures(Campaign.objects.get(pk=campaign.pk))
    return opening


@pytest.fixture
def opening(built: Opening) -> Opening:
    return deepcopy(built)


def foreign_words(texts: dict[str, str]) -> dict[str, set[str]]:
    """By name of the file or page, the words in it that belong to other instruments."""
    found = {}
    for name, text in texts.items():
        for own in OWN:
            text = text.replace(own, "")
        found[name] = set(OF_OTHERS.findall(text))
    return {name: words for name, words in found.items() if words}


@pytest.mark.parametrize("who", PAGES)
def test_every_page_shows_a_trial_read_by_larsen_without_a_word_of_other_instruments(
    opening: Opening, who: str
) -> None:
    client, texts, drawn = Client(), dict[str, str](), set[str]()
    client.force_login(opening.built_trial.people[who], backend=BACKEND)

    def get(client: Client, path: str) -> Any:
        answer = client.get(path)
        if answer.status_code == 200 and "zip" not in answer["Content-Type"]:
            texts[path] = b"".join(answer).decode(errors="replace")
            for picture in map(unescape, PICTURE.findall(texts[path])):
                if kind_of(picture) not in drawn:
                    drawn.add(str(kind_of(picture)))
                    get(client, picture)
        return answer

    given = {"code": "TWO", "slug": "C1", "version": 1}
    elsewhere = [name for name in every_route() if not name.startswith("scoring:")]
    found = found_by_links(client, begun_with(who, given), get, elsewhere)
    missing = set(PAGES[who]) - set(found) - drawn
    assert missing == set(), missing
    assert foreign_words(texts) == {}


def test_the_map_and_the_tables_have_the_32_areas_and_totals_alone(opening: Opening) -> None:
    client = Client()
    client.force_login(opening.built_trial.people["statistician"], backend=BACKEND)
    joints = client.get(reverse("scoring:joints", args=["TWO", "C1"]), {"format": "csv"})
    assert len(list(csv.DictReader(io.StringIO(b"".join(joints).decode("utf-8-sig"))))) == 32
    archive = package_of(Dataset.objects.get())

    def column(file: str, name: str) -> set[str]:
        (path,) = [one for one in archive.namelist() if one.endswith(f"/{file}") and "cdisc" not in one]
        return {row[name] for row in csv.DictReader(io.StringIO(archive.read(path).decode()))}

    assert len(column("scores.csv", "PARAMCD")) == 32
    assert column("scores.csv", "FEATURE") == {"grade"}
    assert column("analysis.csv", "param") == {"total"}
    assert {group.partition("-")[0] for group in column("totals.csv", "GROUP")} == {"total", "grade"}


def test_no_file_of_a_dataset_or_of_a_report_by_arm_speaks_of_other_instruments(opening: Opening) -> None:
    archives = [package_of(Dataset.objects.get())]
    report, client = ArmsReport.objects.get(), Client()
    client.force_login(opening.built_trial.people["statistician"], backend=BACKEND)
    token = ArmsRequest.objects.get().token
    answer = client.get(reverse("scoring:by_arm_zip", args=["TWO", token, report.number]))
    archives.append(zipfile.ZipFile(io.BytesIO(b"".join(answer))))
    read = {
        name: archive.read(name).decode(errors="replace")
        for archive in archives
        for name in archive.namelist()
        if name.endswith(TEXTS)
    }
    assert len(read) > 20
    assert foreign_words(read) == {}
    tables = [name for name in read if "/tables/" in name]
    assert tables
