"""The commands on scores.csv of a dataset: the same totals as the dataset, the same agreement as the page."""

from __future__ import annotations

import csv
import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import DisplayedTimepoint, Read, ReadKind, ReadStatus
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through
from tests.reading.test_line import lock_it
from tests.scoring.agreement_figures import with_figures
from tests.scoring.test_randomisation import put_rows, rows_of, unpacked

INSTRUMENT = "larsen-1995"
VISITS = ("W00", "W24", "W52")


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=4, visits=VISITS)


@pytest.fixture
def folder(built_trial: BuiltTrial, tmp_path: Path) -> Path:
    """A locked dataset of four cases with sites that are not assessable, most of them adjudicated."""
    return read_and_locked(built_trial, tmp_path, adjudication_threshold=3)


def read_and_locked(built_trial: BuiltTrial, tmp_path: Path, **terms: object) -> Path:
    """The dataset of a campaign whose every read, third reads included, was signed."""
    campaign = open_campaign_of(built_trial, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for _ in range(2):
        read_all_issued()
    assert Read.objects.filter(kind=ReadKind.ADJUDICATION, status=ReadStatus.SIGNED).exists()
    lock_it(built_trial, campaign)
    return unpacked(campaign, tmp_path / "copy")


def read_all_issued() -> None:
    """Signs every read that was issued, then computes results, which may issue adjudications."""
    for read in Read.objects.filter(status=ReadStatus.ISSUED):
        read_through(read, grade)
    run_due_jobs()


def grade(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    """A grade drawn from reader, case, letter and item, the same in every run; one in nine is not assessable."""
    read = timepoint.step.read
    drawn = crc32(f"{read.reader.email} {read.case.number} {timepoint.letter} {item.key}".encode())
    return None if drawn % 9 == 0 else drawn % 3


def command(name: str, *arguments: object) -> str:
    out = io.StringIO()
    call_command(name, *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def totals_of(folder: Path) -> list[dict[str, str]]:
    """The readers' totals of the dataset, without the result."""
    return [row for row in rows_of(folder / "totals.csv") if row["SOURCE"] != "RESULT"]


@pytest.mark.django_db
def test_the_exported_scores_give_the_totals_of_the_dataset_and_the_agreement_of_the_page(
    built_trial: BuiltTrial, folder: Path
) -> None:
    compare_totals(folder)
    compare_agreement(built_trial, folder)


@pytest.mark.django_db
def test_a_third_read_of_a_concordant_case_is_in_the_scores_and_counts_for_nothing(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    terms = {"adjudication_threshold": 400, "partial_visits": "missing"}  # nothing asks for a third read
    folder = read_and_locked(built_trial, tmp_path, concordant_share=1.0, **terms)
    reads = {(row["READER"], row["COUNTFL"]) for row in rows_of(folder / "scores.csv")}
    assert reads == {("READER 1", "Y"), ("READER 2", "Y"), ("ADJUDICATOR", "")}
    compare_totals(folder)


def compare_totals(folder: Path) -> None:
    """Every reader's total at every visit, as an exact fraction; a receipt for each of them and for each change."""
    rows = csv.DictReader(io.StringIO(command("totals", "--instrument", INSTRUMENT, folder / "scores.csv")))
    computed = {
        (row["subject"], row["visit"], row["reader"]): Fraction(
            int(row["total_numerator"]), int(row["total_denominator"])
        )
        for row in rows
    }
    stored = {
        (row["USUBJID"], row["VISIT"], row["READERID"]): Fraction(row["EXACT"])
        for row in totals_of(folder)
        if row["GROUP"] == "total"
    }
    assert computed == stored
    assert len(stored) >= 4 * 3 * 2
    receipts = command("totals", "--instrument", INSTRUMENT, folder / "scores.csv", "--receipt", "--baseline", "W00")
    assert receipts.count("\nSubject ") + 1 == len(stored) + sum(visit != "W00" for _, visit, _ in stored)


def compare_agreement(built_trial: BuiltTrial, folder: Path) -> None:
    """SDC, ICC and bias of each interval, for a group of sites."""
    browser = Client()
    browser.force_login(built_trial.people["statistician"], backend=BACKEND)
    options = ("--instrument", INSTRUMENT, "--missing", "paired-proportional:limit=0.5", "--sites", "grade-hand")
    found = json.loads(command("agreement", folder / "scores.csv", *options, "--json", "--replicates", 0))
    for visit in VISITS[1:]:
        address = "/trials/TWO/results/C1/agreement.json"
        shown: dict[str, Any] = with_figures(browser, address, group="grade-hand", interval=visit).json()
        (pair,) = shown["pairs"]
        (sdc,) = [row for row in found["sdc"]["each"] if row["visit"] == visit]
        assert found["readers"] == shown["readers"]
        assert sdc["value"] == pytest.approx(shown["sdc"]["value"], rel=1e-12)
        icc = {row["form"]: row["value"] for row in found["icc"] if (row["of"], row["visit"]) == ("change", visit)}
        assert icc["ICC(2,1)"] == pytest.approx(pair["icc"]["value"], rel=1e-12)
        (status,) = [row for row in found["bland_altman"]["each"] if (row["of"], row["visit"]) == ("status", visit)]
        assert status["bias"] == pytest.approx(pair["bland_altman"]["status"]["bias"], rel=1e-12)


LINE = {
    "STUDYID": "TWO",
    "USUBJID": "S1",
    "VISITPOS": "1",
    "VISIT": "W00",
    "READER": "READER 1",
    "READERID": "R01",
    "COUNTFL": "Y",
    "REPEATFL": "",
    "PARAMCD": "GLPIP2",
    "AVAL": "1",
    "NAREASON": "",
}


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("PARAMCD", "GLXYZ", "Line 2 has “GLXYZ” in column PARAMCD. Write the code of an item of larsen-1995"),
        ("VISITPOS", "first", "Line 2 has “first” in column VISITPOS. Write the number of the visit, from 1."),
        ("AVAL", "9", "Line 2 has “9” in column AVAL."),
        ("READER", "ADJUDICATOR", "The file has no primary read that counts"),
        ("COUNTFL", "", "The file scores.csv has no scores."),
    ],
)
def test_altered_scores_are_refused_by_line_and_column(tmp_path: Path, column: str, value: str, message: str) -> None:
    put_rows(tmp_path / "scores.csv", [LINE | {column: value}])
    with pytest.raises(CommandError) as refused:
        command("agreement", tmp_path / "scores.csv", "--instrument", INSTRUMENT)
    assert str(refused.value).startswith(message)


def test_an_item_given_twice_and_a_group_without_sites_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "scores.csv"
    put_rows(path, [LINE, LINE])
    with pytest.raises(CommandError, match="Line 3 .* Write each item of a read once"):
        command("agreement", path, "--instrument", INSTRUMENT)
    put_rows(path, [LINE])
    with pytest.raises(CommandError, match="The group of sites cannot be “erosion”. Choose total, total-hand"):
        command("agreement", path, "--instrument", INSTRUMENT, "--sites", "erosion")


def test_visits_are_in_the_order_of_their_numbers_and_the_first_is_the_baseline(tmp_path: Path) -> None:
    rows = [
        LINE | {"USUBJID": subject, "READERID": reader, "VISIT": visit, "VISITPOS": str(place)}
        for subject in ("S1", "S2")
        for reader in ("R01", "R02")
        for place, visit in enumerate(("SCREENING", "LAST", "EARLY"), start=1)
    ]
    put_rows(tmp_path / "scores.csv", rows)
    found = command("agreement", tmp_path / "scores.csv", "--instrument", INSTRUMENT, "--json", "--replicates", 0)
    assert json.loads(found)["visits"] == ["SCREENING", "LAST", "EARLY"]


@pytest.mark.parametrize(
    ("visits_of_subjects", "expected"),
    [
        ((("W0", "W8", "W104"), ("W0", "W104")), ["W0", "W8", "W104"]),
        ((("W0", "W8", "W24"), ("W0", "U1", "U2", "W8")), ["W0", "U1", "U2", "W8", "W24"]),
        ((("W0", "W8"), ("W0", "W104"), ("W0", "W24")), ["W0", "W8", "W24", "W104"]),
        ((("W0", "U1", "W8", "W24"), ("W0", "W8", "U1")), ["W0", "U1", "W8", "W24"]),
    ],
)
def test_the_order_of_visits_is_that_of_all_subjects_together(
    tmp_path: Path, visits_of_subjects: tuple[tuple[str, ...], ...], expected: list[str]
) -> None:
    rows = [
        LINE | {"USUBJID": f"S{number}", "READERID": reader, "VISIT": visit, "VISITPOS": str(place)}
        for number, visits in enumerate(visits_of_subjects)
        for reader in ("R01", "R02")
        for place, visit in enumerate(visits, start=1)
    ]
    put_rows(tmp_path / "scores.csv", rows)
    found = command("agreement", tmp_path / "scores.csv", "--instrument", INSTRUMENT, "--json", "--replicates", 0)
    assert json.loads(found)["visits"] == expected
