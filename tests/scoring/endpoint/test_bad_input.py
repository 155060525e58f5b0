"""Every file that cannot be used is refused with its name, line, value and what is allowed; nothing is written."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError

from tests.scoring.endpoint.built_dataset import (
    COLUMNS,
    Row,
    arms_of,
    baseline_of,
    dataset_of,
    row_of,
    run,
    subjects,
    trial,
    write_rows,
)

NAMES = subjects(12)


def refusal_of(folder: Path, *more: object, arms: str = "", rows: list[Row] | None = None) -> str:
    """What the command says when it refuses."""
    dataset = folder / "dataset"
    if not dataset.exists():
        dataset_of(dataset, trial(12) if rows is None else rows)
    given = folder / "arms.csv"
    if not given.exists():
        given.write_text(arms or arms_of(NAMES))
    with pytest.raises(CommandError) as caught:
        run(dataset, given, folder / "out", *more)
    assert caught.value.returncode == 2
    assert not (folder / "out" / "index.html").exists()
    return str(caught.value)


ARMS = [
    (
        "subject,arm\nS001,a\n",
        "In arms.csv, 11 subjects of the dataset have no line: S002, S003, S004, S005, S006 and 6 more.",
    ),
    (arms_of([*NAMES, "S099"]), "In arms.csv, line 14 has “S099” in column subject. The dataset has no such subject."),
    (arms_of([*NAMES, "S003"]), "In arms.csv, line 14 has “S003” in column subject. Line 4 gives the same subject arm"),
    (arms_of(NAMES).replace("S004,active", "S004,"), "In arms.csv, line 5 has nothing in column arm."),
    (
        arms_of(NAMES, lambda _: "active"),
        "In arms.csv, every subject has the arm active. A comparison needs at least two",
    ),
    (arms_of(NAMES, str), "In arms.csv, the file names 12 arms. Name at most 8"),
    (
        arms_of(NAMES).replace("placebo", "pbo"),
        "no subject has the arm “placebo” of --reference. Choose active or pbo.",
    ),
    ("subject,treatment\nS001,a\n", "In arms.csv, line 1 has no column arm. The columns subject and arm are needed"),
    ("subject,USUBJID,arm\n", "In arms.csv, line 1 names column subject more than once: subject and USUBJID."),
    ("subject,arm\nS001,a,b\n", "In arms.csv, line 2 has 3 cells. Write 2 cells, as in the first line."),
]


@pytest.mark.parametrize(("arms", "says"), ARMS)
def test_an_arms_file_that_does_not_fit_is_refused(tmp_path: Path, arms: str, says: str) -> None:
    assert says in refusal_of(tmp_path, arms=arms)


def test_a_factor_is_a_column_of_the_arms_file_or_the_site(tmp_path: Path) -> None:
    said = refusal_of(tmp_path, "--factor", "country")
    assert said == "In arms.csv, line 1 has no column “country” for --factor. Choose region or site."


def first_row(**other: object) -> list[Row]:
    """A trial whose second row, in line 3, is altered."""
    rows = trial(12)
    rows[1] |= other
    return rows


ANALYSIS = [
    ({"chg": "1,5"}, "line 3 has “1,5” in column chg. Write a finite number with a decimal point, or leave it empty."),
    ({"chg": "1e999"}, "line 3 has “1e999” in column chg. Write a finite number, or leave it empty."),
    ({"ady": "16.5"}, "line 3 has “16.5” in column ady. Write a whole number of days, or leave it empty."),
    ({"avisitn": ""}, "line 3 has nothing in column avisitn. Write the number of the analysis visit."),
    (
        {"dtype": "guessed"},
        "line 3 has “guessed” in column dtype. Write extrapolated, carried or interpolated, or leave",
    ),
    ({"crit2_fl": "yes"}, "line 3 has “yes” in column crit2_fl. Write Y or N, or leave it empty."),
    ({"film_date": "2025-02-30"}, "line 3 has “2025-02-30” in column film_date. Write a date as YYYY-MM-DD."),
    ({"subject": ""}, "line 3 has nothing in column subject. Write some text."),
    (
        {"avisit": "W00", "avisitn": 1, "basetype": "STATUS"},
        "line 3 has “S001” in column subject. Write one line for each",
    ),
]


@pytest.mark.parametrize(("other", "says"), ANALYSIS)
def test_a_row_of_the_analysis_that_cannot_be_used_is_refused(tmp_path: Path, other: Row, says: str) -> None:
    assert f"In analysis.csv, {says}" in refusal_of(tmp_path, rows=first_row(**other))


def test_an_analysis_without_rows_or_without_a_later_visit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert "In analysis.csv, the file has no rows." in refusal_of(tmp_path / "one", rows=[])
    baselines = [baseline_of(name, 3.0) for name in NAMES]
    said = refusal_of(tmp_path / "two", rows=baselines)
    assert said == "The file analysis.csv has no visit after the baseline, so there is no change to compare."


def altered(folder: Path) -> None:
    (folder / "analysis.csv").write_text((folder / "analysis.csv").read_text().replace("S001", "S01"))


def enlarged(folder: Path) -> None:
    for place in range(5):
        (folder / f"extra{place}.csv").write_text("a")


def emptied(folder: Path) -> None:
    (folder / "manifest.json").unlink()


@pytest.mark.parametrize(
    ("harm", "says"),
    [
        (altered, "is not intact. analysis.csv has been changed."),
        (enlarged, "extra2.csv does not belong to the package. It has 2 more faults."),
        (emptied, "is not intact. manifest.json is missing."),
    ],
)
def test_a_dataset_that_was_altered_is_refused(tmp_path: Path, harm: Callable[[Path], None], says: str) -> None:
    harm(dataset_of(tmp_path / "dataset", trial(12)))
    assert says in refusal_of(tmp_path)


def test_a_dataset_with_another_root_than_the_signed_one_is_refused(tmp_path: Path) -> None:
    assert "manifest.json is not the one that was signed." in refusal_of(tmp_path, "--root", "ab" * 32)


def test_a_dataset_without_an_analysis_or_an_instrument_is_refused(tmp_path: Path) -> None:
    from scoring.datasets.package import seal_folder

    other = tmp_path / "dataset"
    other.mkdir()
    (other / "totals.csv").write_text("USUBJID\n")
    seal_folder(other, {})
    assert "has no file analysis.csv, which contains the endpoint. It has manifest.json, totals.csv" in refusal_of(
        tmp_path
    )
    write_rows(other / "analysis.csv", trial(12))
    seal_folder(other, {"trial": "RA-ONE"})
    assert "does not name its instrument and the largest total." in refusal_of(tmp_path)


def test_what_is_neither_a_folder_nor_a_dataset_as_zip_is_refused(tmp_path: Path) -> None:
    place = tmp_path / "dataset"
    place.write_bytes(b"%PDF-1.7")
    assert "is neither a folder nor an intact zip file." in refusal_of(tmp_path)
    with zipfile.ZipFile(place, "w") as archive:
        archive.writestr("analysis.csv", "subject\n")
    assert "The zip file dataset has no manifest.json." in refusal_of(tmp_path)
    (tmp_path / "arms.csv").write_text(arms_of(NAMES))
    with pytest.raises(CommandError, match="nowhere cannot be read: No such file or directory"):
        run(tmp_path / "nowhere", tmp_path / "arms.csv", tmp_path / "out")


def test_no_report_replaces_what_is_there(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    assert "given with --out, is not an empty folder. Give a new folder." in refusal_of(tmp_path)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--plan-sha256", "abc"), "The digest of --plan-sha256 cannot be “abc”. Give 64 characters from 0-9 and a-f."),
        (("--permutations", "-1"), "The number of --permutations cannot be -1. Give a whole number from 0."),
        (("--imputations", "1"), "One imputation has no variance between imputations."),
        (("--strategy", "rescue=missing"), "A --strategy needs --events, the file with the events it applies to."),
        (("--strategy", "rescue"), "The strategy cannot be “rescue”. Give a kind of event, = and one of"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(tmp_path: Path, more: tuple[str, ...], says: str) -> None:
    assert says in refusal_of(tmp_path, *more)


EVENTS = [
    ("subject,kind\nS001,rescue\n", "line 1 has neither a column day nor a column date."),
    ("subject,kind,day\nS099,rescue,7\n", "line 2 has “S099” in column subject. The dataset has no such subject."),
    ("subject,kind,day\nS001,death,7\n", "line 2 has “death” in column kind. Give --strategy with death= and linear-"),
    ("subject,kind,day\nS001,rescue,\n", "line 2 has nothing in column day. Write the day of the event"),
    (
        "subject,kind,date\nS001,rescue,2025-03-01\n",
        "line 2 has “S001” in column subject. The dataset has no dated film",
    ),
    (
        "subject,kind,date\nS002,rescue,\n",
        "line 2 has nothing in column date. Write the date of the event as YYYY-MM-DD.",
    ),
    ("subject,kind,date\nS002,rescue,1.3.2025\n", "line 2 has “1.3.2025” in column date. Write a date as YYYY-MM-DD."),
]


@pytest.mark.parametrize(("events", "says"), EVENTS)
def test_an_event_that_cannot_be_used_is_refused(tmp_path: Path, events: str, says: str) -> None:
    rows = [
        row | ({"film_date": "2025-03-01"} if row["subject"] == "S002" and row["ady"] == 0 else {}) for row in trial(12)
    ]
    (tmp_path / "events.csv").write_text(events)
    said = refusal_of(tmp_path, "--events", tmp_path / "events.csv", "--strategy", "rescue=missing", rows=rows)
    assert f"In events.csv, {says}" in said


def test_the_columns_of_the_fixture_are_those_that_are_read() -> None:
    row = row_of("S001", ("W24", 2, 168), 3.0, 0.5)
    assert set(row) <= set(COLUMNS)
