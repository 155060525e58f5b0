"""analysis.csv of a locked campaign against values worked out by hand; its codebook fits every table as it is written.

Larsen: 24 sites of the hands, 8 of the feet, 5 points each. At W00 every site of the left hand has grade 1, a total of
12; later 2, a total of 24. Both readers agree unless a test says otherwise.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest

from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, DisplayedTimepoint, Read, ReadKind, ReadStatus
from scoring.consensus.signed_series import visits_of
from scoring.datasets.column_forms import DATE, DECIMAL, INTEGER, TIME
from studies.models import Film, Subject, Visit
from tests.reading.builders import (
    VIEWS,
    BuiltTrial,
    GradeOf,
    add_ready_film,
    build_reading_trial,
    open_campaign_of,
    read_through,
)
from tests.reading.test_line import lock_it
from tests.scoring.test_randomisation import rows_of, unpacked
from tests.tracking import record_new_rows, record_rows

pytestmark = pytest.mark.django_db
MISSING_JOINT, NO_WEEK_24, ADJUDICATED, UNSCHEDULED, LATE = (f"S{number:03d}" for number in range(5))
Row = dict[str, str]


@pytest.fixture
def built_trial() -> BuiltTrial:
    return varied_trial()


def varied_trial() -> BuiltTrial:
    """S001 has no film at W24, S003 an unscheduled one on day 370 in place of W52, S004 its W52 on day 400."""
    built_trial = build_reading_trial(subjects=5)
    change_films(built_trial, NO_WEEK_24, "W24", status="withdrawn")
    change_films(built_trial, UNSCHEDULED, "W52", status="withdrawn")
    change_films(built_trial, LATE, "W52", film_date=date(2025, 1, 1) + timedelta(days=400))
    extra = Visit.objects.create(subject=Subject.objects.get(code=UNSCHEDULED), code="U1", kind="unscheduled")
    for side, view in VIEWS:
        add_ready_film(extra, side, view, date(2025, 1, 1) + timedelta(days=370))
    record_new_rows(built_trial.trial.code)
    built_trial.visits.append("U1")
    return built_trial


def change_films(built_trial: BuiltTrial, subject: str, visit: str, **fields: object) -> None:
    films = Film.objects.filter(visit__subject__code=subject, visit__code=visit)
    films.update(**fields)
    record_rows(built_trial.trial.code, list(films))


@pytest.fixture
def folder(built_trial: BuiltTrial, tmp_path: Path) -> Path:
    return unpacked(read_and_locked(built_trial), tmp_path / "copy")


def read_and_locked(built_trial: BuiltTrial) -> Campaign:
    """The campaign of the varied trial, read and locked."""
    campaign = all_read(built_trial)
    lock_it(built_trial, campaign)
    return campaign


def all_read(built_trial: BuiltTrial) -> Campaign:
    """The campaign of the varied trial, read as `grades_of` says."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for _ in range(2):
        for read in Read.objects.filter(status=ReadStatus.ISSUED):
            read_through(read, grades_of(read))
        run_due_jobs()
    return campaign


def grades_of(read: Read) -> GradeOf:
    """What the reader enters; S002 differs at W52 by 20 points between the readers, and by 2 from the adjudicator."""
    visits = {visit.pk: visit for visit in Visit.objects.select_related("subject")}
    shown = {token: visits[pk] for token, pk in visits_of(read).items()}

    def grade(timepoint: DisplayedTimepoint, item: Item) -> int | None:
        visit = shown[timepoint.token]
        subject = visit.subject.code
        if (subject, visit.code) == (MISSING_JOINT, "W52") and item.key == "GL-PIP2":
            return None
        if item.region == "foot":
            return foot_grade(read, item) if (subject, visit.code) == (ADJUDICATED, "W52") else 0
        if item.side == "R" or subject == LATE:
            return 0
        return 1 if visit.code == "W00" else 2

    return grade


def foot_grade(read: Read, item: Item) -> int:
    """The first reader sees 20 points in the left foot, the adjudicator 2, the second reader none."""
    if item.side == "R":
        return 0
    if read.kind == ReadKind.ADJUDICATION:
        return 2 if item.joint == "MTP2" else 0
    return 5 if read.reader.name == "reader" else 0


def of(rows: list[Row], subject: str, visit: str) -> Row:
    (row,) = [row for row in rows if (row["subject"], row["avisit"]) == (subject, visit)]
    return row


def cells(row: Row, names: str) -> list[str]:
    return [row[name] for name in names.split()]


def test_the_analysis_table_has_the_values_worked_out_by_hand(folder: Path) -> None:
    rows = rows_of(folder / "analysis.csv")
    assert len(rows) == 5 * 3
    baselines_and_pairs(rows)
    visits_and_windows(rows)
    adjudicated_case(rows)
    criteria(rows)
    identities(rows, rows_of(folder / "changes.csv"), rows_of(folder / "totals.csv"))
    codebook_fits_every_table(folder)
    read_scripts_name_every_column(folder)


def baselines_and_pairs(rows: list[Row]) -> None:
    """PIP2 missing at W52: its 5 points take the share 11/115, so the baseline is 11 + 11/23, the value twice that.

    Rounded alone the value would be 22.9565; it is written as base + chg.
    """
    numbers = "basetype aval base chg status_base assessed imputed status"
    assert cells(of(rows, MISSING_JOINT, "W00"), numbers) == [
        "STATUS", "12.0000", "12.0000", "0.0000", "12.0000", "32", "0", "12.0000",
    ]  # fmt: skip
    assert cells(of(rows, MISSING_JOINT, "W24"), numbers) == [
        "W24 PAIRED", "24.0000", "12.0000", "12.0000", "12.0000", "32", "0", "24.0000",
    ]  # fmt: skip
    week_52 = of(rows, MISSING_JOINT, "W52")
    assert cells(week_52, numbers) == [
        "W52 PAIRED", "22.9566", "11.4783", "11.4783", "12.0000", "31", "1", "22.9565",
    ]  # fmt: skip
    assert cells(week_52, "aval_exact base_exact chg_exact") == ["528/23", "264/23", "264/23"]


def visits_and_windows(rows: list[Row]) -> None:
    """A visit keeps its protocol number; a film outside the plan serves the visit whose window it is in."""
    columns = "avisitn target_day ady window visit visit_kind chg reason"
    assert cells(of(rows, NO_WEEK_24, "W24"), columns) == [
        "2", "168", "", "none", "", "", "", "no film at this visit",
    ]  # fmt: skip
    assert cells(of(rows, NO_WEEK_24, "W52"), columns) == [
        "3", "364", "364", "in", "W52", "scheduled", "12.0000", "",
    ]  # fmt: skip
    assert cells(of(rows, UNSCHEDULED, "W52"), columns) == [
        "3", "364", "370", "in", "U1", "unscheduled", "12.0000", "",
    ]  # fmt: skip
    assert of(rows, UNSCHEDULED, "W52")["basetype"] == "U1 PAIRED"
    assert cells(of(rows, LATE, "W52"), columns) == ["3", "364", "400", "out", "W52", "scheduled", "0.0000", ""]
    assert of(rows, LATE, "W52")["film_date"] == "2026-02-05"


def adjudicated_case(rows: list[Row]) -> None:
    """Changes of 32, 12 and 14: the two closest, 12 and 14, give 13 from a baseline of 12."""
    row = of(rows, ADJUDICATED, "W52")
    assert cells(row, "aval base chg adjudicated") == ["25.0000", "12.0000", "13.0000", "Y"]
    assert len(row["readers"].split()) == 2
    assert row["readers"] != of(rows, LATE, "W52")["readers"]
    assert of(rows, LATE, "W52")["adjudicated"] == "N"


def criteria(rows: list[Row]) -> None:
    """Differences of the readers' changes at W52 are 0, 0, 20 and 0: s = 10 and the SDC 0.98 x 10."""
    flags = "crit1 crit1_fl crit2 crit2_fl crit3 crit3_fl"
    sdc = "CHG <= 9.8000 (SDC of this lock, interval W00 to W52)"
    fixed = ("CHG <= 0 (fixed number)", "CHG <= 0.5 (fixed number)")
    assert cells(of(rows, LATE, "W52"), flags) == [fixed[0], "Y", fixed[1], "Y", sdc, "Y"]
    assert cells(of(rows, ADJUDICATED, "W52"), flags) == [fixed[0], "N", fixed[1], "N", sdc, "N"]
    assert cells(of(rows, NO_WEEK_24, "W24"), flags)[1::2] == ["", "", ""]
    assert set(cells(of(rows, LATE, "W00"), flags)) == {""}


def identities(rows: list[Row], changes: list[Row], totals: list[Row]) -> None:
    """chg = aval - base as written and exactly; one base for each basetype; the changes and totals of the results."""
    bases: dict[tuple[str, ...], set[str]] = {}
    result = {
        (row["USUBJID"], row["VISIT"]): row for row in changes if row["SOURCE"] == "RESULT" and row["GROUP"] == "total"
    }
    status = {
        (row["USUBJID"], row["VISIT"]): row for row in totals if row["SOURCE"] == "RESULT" and row["GROUP"] == "total"
    }
    for row in rows:
        if row["chg"]:
            assert Fraction(row["chg"]) == Fraction(row["aval"]) - Fraction(row["base"])
            assert Fraction(row["chg_exact"]) == Fraction(row["aval_exact"]) - Fraction(row["base_exact"])
            bases.setdefault(tuple(cells(row, "subject param basetype")), set()).add(row["base"])
            assert row["status"] == status[row["subject"], row["visit"]]["AVAL"]
        if row["chg"] and row["avisit"] != "W00":
            assert (row["chg"], row["chg_exact"]) == tuple(
                result[row["subject"], row["visit"]][name] for name in ("AVAL", "EXACT")
            )
    assert all(len(found) == 1 for found in bases.values())


CHECKS = {
    INTEGER: re.compile(r"-?\d+"),
    DECIMAL: re.compile(r"-?\d+(\.\d+)?"),
    DATE: re.compile(r"\d{4}-\d\d-\d\d"),
    TIME: re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z"),
}


def codebook_fits_every_table(folder: Path) -> None:
    """Every value of every table has the type, length and codelist that the codebook gives its column."""
    codebook = {(row["FILE"], row["COLUMN"]): row for row in rows_of(folder / "codebook.csv")}
    for name, column, value in values_of(folder):
        form = codebook[name, column]
        assert len(value) <= int(form["LENGTH"]), (name, column, value)
        if value and form["TYPE"] in CHECKS:
            assert CHECKS[form["TYPE"]].fullmatch(value), (name, column, value)
        if value and form["CODELIST"]:
            assert value in form["CODELIST"].split(";"), (name, column, value)


def values_of(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Every cell of every table, once."""
    for name in json.loads((folder / "manifest.json").read_text())["rows"]:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            yield from sorted({(name, column, value) for row in csv.DictReader(file) for column, value in row.items()})


def read_scripts_name_every_column(folder: Path) -> None:
    """The scripts for R and SAS read every table, each column with its type."""
    in_r, in_sas = ((folder / name).read_text(encoding="ascii") for name in ("read.R", "read.sas"))
    assert '  aval = "numeric"' in in_r
    assert '  film_date = "Date"' in in_r
    assert "    film_date yymmdd10." in in_sas
    assert "    subject $256." in in_sas
    for name in json.loads((folder / "manifest.json").read_text())["rows"]:
        assert f'read_table("{name}", c(' in in_r
        assert f'infile "&folder/{name}"' in in_sas
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for column in next(csv.reader(file)):
                assert f'  {column} = "' in in_r
                assert f"    {column}" in in_sas
