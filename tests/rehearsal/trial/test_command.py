"""bin/manage rehearse writes its report, and refuses what it cannot use in a sentence."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

WANTED = {"planted", "readers", "means", "differences", "shares", "agreement", "adjudication"}


def test_the_report_has_a_page_tables_and_data(tmp_path: Path) -> None:
    said, out = StringIO(), tmp_path / "report"
    arguments = ["--design", "ra-begin", "--subjects", "60", "--replicates", "2", "--scenario", "as designed"]
    call_command("rehearse", *arguments, "--out", str(out), stdout=said)
    assert "as designed: 2 of 2 replicates" in said.getvalue()
    assert {path.stem for path in (out / "tables").glob("*.csv")} == WANTED
    results = json.loads((out / "results.json").read_text())
    assert results["facts"]["Replicates of each scenario"] == "2"
    page = (out / "index.html").read_text()
    assert "Rehearsal with a known truth: simulated data, no patient" in page
    assert "methotrexate" in page
    assert results["facts"]["Instrument"].startswith("Sharp")
    assert "two-closest" not in page
    assert "−0.000" not in page


@pytest.mark.parametrize(("design", "beside"), [("oskira-1", True), ("ra-beam", False)])
def test_what_oskira_1_published_is_shown_beside_its_own_design_alone(
    tmp_path: Path, design: str, beside: bool
) -> None:
    arguments = ["--design", design, "--subjects", "40", "--replicates", "1", "--scenario", "extrapolation"]
    call_command("rehearse", *arguments, "--out", str(tmp_path / "report"), stdout=StringIO())
    head = (tmp_path / "report/tables/extrapolation.csv").read_text().splitlines()[0]
    assert ("published_sd" in head) == beside
    assert ("OSKIRA-1: mean" in (tmp_path / "report/index.html").read_text()) == beside


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (["--subjects", "3"], "The number of --subjects cannot be 3. Give a whole number from 4 to 20000."),
        (["--replicates", "0"], "The number of --replicates cannot be 0."),
        (["--design", "unknown"], "There is no design “unknown”."),
    ],
)
def test_what_cannot_be_run_is_refused(tmp_path: Path, given: list[str], says: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("rehearse", "--design", "ra-beam", "--out", str(tmp_path / "new"), *given)
    assert str(refusal.value).startswith(says)
    assert not (tmp_path / "new").exists()


def test_no_report_replaces_another(tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("")
    with pytest.raises(CommandError, match="is not an empty folder"):
        call_command("rehearse", "--design", "ra-beam", "--out", str(tmp_path))
