"""A report holds every requirement with its risk, its checks and its result, and is written beside the others."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from config.errors import BadInput
from validation.checks import Check, Deviation, NotTried, run_checks
from validation.iq.product_files import read_manifest
from validation.pdf import as_pdf, pages_of
from validation.report import StageReport, as_json
from validation.requirements import RISKS, requirements
from validation.stages import new_files

NUMBERS = [f"R-{number:02}" for number in range(1, 58)]


def sees(text: str) -> Check[None]:
    """A check that fails with this text; without one it passes."""

    def run(_: None) -> str:
        if text:
            raise Deviation(text)
        return "as it should be"

    return Check(f"check {text}", ("R-10", "R-11"), "Looks.", "Nothing", run)


def report_of(*texts: str) -> StageReport:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    results = run_checks([sees(text) for text in texts], None, lambda _: None)
    return StageReport("iq", {"stage": "IQ", "began": f"{now:%Y-%m-%d}"}, tuple(results))


def test_every_requirement_has_a_text_a_source_and_a_risk() -> None:
    assert list(requirements()) == NUMBERS
    for one in requirements().values():
        assert one.text
        assert one.source
        assert one.risk in RISKS
        assert bool(one.why) == bool(one.procedure)


def test_json_and_pdf_hold_every_requirement_and_every_deviation() -> None:
    report = report_of("", "trigger gone")
    content = json.loads(as_json(report))
    assert [one["number"] for one in content["requirements"]] == NUMBERS
    assert content["passed"] is False
    assert content["deviations"] == ["check trigger gone"]
    outcomes = {one["number"]: one["outcome"] for one in content["requirements"]}
    assert (outcomes["R-10"], outcomes["R-47"], outcomes["R-01"]) == ("failed", "not automated", "not in this stage")
    pages = pages_of(report)
    lines = [line for page in pages for line in page]
    assert [line[:4] for line in lines if line[:2] == "R-"] == NUMBERS
    text = "\n".join(lines)
    assert "D-01    check trigger gone" in text
    assert "seen: trigger gone" in text
    assert text.count("Signature  ____") == 2
    assert as_pdf(report).startswith(b"%PDF")
    assert as_pdf(report).count(b"/Type /Page ") == len(pages)


def test_a_check_with_nothing_to_try_is_listed_under_the_verdict_and_passes_nothing() -> None:
    def run(_: None) -> str:
        raise NotTried("nothing is stored")

    untried: Check[None] = Check("key", ("R-10",), "Looks.", "Something", run)
    report = replace(report_of(""), results=tuple(run_checks([sees(""), untried], None, lambda _: None)))
    assert report.passed
    assert report.verdict == "passed; not tried: 1"
    assert {one.requirement.number: one.outcome for one in report.traced()}["R-10"] == "not tried"
    lines = [line for page in pages_of(report) for line in page]
    at = next(place for place, line in enumerate(lines) if line.endswith("PASSED; NOT TRIED: 1"))
    assert lines[at + 1].strip() == "not tried: key: nothing is stored"
    assert json.loads(as_json(report))["not tried"] == ["key"]
    assert not replace(report, results=report.results[1:]).passed


def test_a_check_that_breaks_off_is_a_failure_and_a_stage_without_checks_shows_nothing() -> None:
    broken: Check[None] = Check("broken", ("R-10",), "", "", lambda _: str(1 / 0))
    (result,) = run_checks([broken], None, lambda _: None)
    assert (result.outcome, result.seen) == ("failed", "The check ended with ZeroDivisionError: division by zero")
    assert not report_of().passed
    assert report_of("").passed


def test_what_cannot_be_done_is_refused_and_nothing_is_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "manifest.json"
    call_command("validate", "--write-manifest", str(target))
    assert "validation/report.py" in read_manifest(target)
    with pytest.raises(CommandError, match=r"The file .*manifest.json exists. Give a new one"):
        call_command("validate", "--write-manifest", str(target))
    target.write_text(target.read_text().replace("validation/report.py", "validation/other.py"))
    with pytest.raises(CommandError, match="is not an intact manifest. Give one that --write-manifest has written."):
        call_command("validate", "iq", "--out", str(tmp_path), "--manifest", str(target))
    with pytest.raises(CommandError, match="The command has no stage or no folder. Give iq, oq, pq or all"):
        call_command("validate", "iq")
    exists = r"The file .*manifest.json exists. Wait a second, or give another folder."
    with pytest.raises(BadInput, match=exists), new_files([tmp_path / "iq.json", target]):
        raise AssertionError("an existing file was accepted")
    assert not (tmp_path / "iq.json").exists()


def test_the_files_of_a_report_are_made_before_the_run_and_a_run_that_is_refused_leaves_none(tmp_path: Path) -> None:
    paths = [tmp_path / "oq.json", tmp_path / "oq.pdf"]

    def run_that_is_refused() -> None:
        with new_files(paths):
            assert all(path.exists() for path in paths)
            raise BadInput("refused")

    with pytest.raises(BadInput, match="refused"):
        run_that_is_refused()
    assert not any(path.exists() for path in paths)
