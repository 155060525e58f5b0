"""OQ and PQ work in a private installation: nothing of the live one is passed on, written or left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from config.database import parse_database_url
from config.errors import WrongState
from tests.cast import Cast
from validation.checks import FAILED, NOT_TRIED, PASSED, CheckResult
from validation.child import ROOT, as_plain, demand_private, keeper, left_out, read_results, result_of, run_in_child
from validation.pq import PlantedChanges, faults_of_totals, seen_of_totals
from validation.private import drop_database, ended_in_order, environment_of, private_database, private_installation
from validation.report import StageReport
from validation.traced import checks_of

LIVE = {
    "PATH": "/bin",
    "PGSSLMODE": "verify-full",
    "IDLE_MINUTES": "20",
    "DATABASE_URL": "postgresql://live@db/blindread",
    "SEALING_KEY": "ab" * 32,
    "SEALING_KEY_FILE": "/run/secrets/sealing_key",
    "S3_READING": "reading",
    "ANCHOR_FOLDER": "/anchors",
    "EMAIL_HOST": "mail.hospital.example",
    "DECODER_SOCKET": "/run/decoders",
}


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {model._meta.db_table: model._default_manager.count() for model in apps.get_models()}


def test_the_child_gets_the_rules_of_the_installation_and_none_of_its_places_or_keys(tmp_path: Path) -> None:
    given = environment_of(LIVE, tmp_path, "sqlite:///elsewhere")
    assert given["IDLE_MINUTES"] == "20"
    assert given["DATABASE_URL"] == "sqlite:///elsewhere"
    assert given["BLINDREAD_VAR"] == str(tmp_path / "var")
    assert not {"SEALING_KEY", "SEALING_KEY_FILE", "S3_READING", "ANCHOR_FOLDER", "EMAIL_HOST"} & given.keys()
    assert "DECODER_SOCKET" not in given
    assert given["PGSSLMODE"] == "verify-full"
    with pytest.raises(WrongState, match="PASSWORD_LENGTH is 18, and the passwords in OQ and PQ have 17."):
        environment_of(LIVE | {"PASSWORD_LENGTH": "18"}, tmp_path, "sqlite:///elsewhere")


def test_a_run_that_is_ended_removes_its_folder_and_a_database_that_stays_is_named(
    capsys: pytest.CaptureFixture[str],
) -> None:
    folders = []

    def run_that_is_ended() -> None:
        with ended_in_order(), TemporaryDirectory() as folder:
            folders.append(Path(folder))
            os.kill(os.getpid(), signal.SIGTERM)

    with pytest.raises(SystemExit, match="143"):
        run_that_is_ended()
    assert not folders[0].exists()
    drop_database(
        {"HOST": "/nowhere", "PORT": "", "USER": "", "PASSWORD": "", "NAME": "live"}, "blindread_validation_1"
    )
    assert "the private database blindread_validation_1 could not be dropped" in capsys.readouterr().err


def test_a_process_that_breaks_off_keeps_its_results_and_names_what_it_did_not_run(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    first, *others = checks_of("pq")
    keep = keeper(tmp_path)
    keep(CheckResult(first.name, first.requirements, first.does, first.expects, "seen", PASSED, now, now))
    kept = read_results(tmp_path)
    ended, *missing = left_out("pq", kept, -9, now)
    assert [one.name for one in kept] == [first.name]
    assert (ended.outcome, ended.seen) == (
        FAILED,
        "The process of the checks ended with code -9; 3 checks were not run",
    )
    assert [(one.name, one.outcome) for one in missing] == [(one.name, NOT_TRIED) for one in others]
    report = StageReport("pq", {}, (*kept, ended, *missing))
    assert report.verdict == "NOT PASSED: 1 of 5 checks failed; not tried: 3"
    assert {one.requirement.number: one.outcome for one in report.traced()}["R-43"] == NOT_TRIED
    assert left_out("pq", [*kept, *missing], 0, now) == []


@pytest.mark.django_db(transaction=True)
def test_a_private_database_is_another_one_and_is_gone_afterwards(cast: Cast) -> None:
    before = rows()
    with private_installation() as environment:
        details = parse_database_url(environment["DATABASE_URL"])
        folder = Path(environment["BLINDREAD_VAR"]).parent
        assert details["ENGINE"] == connection.settings_dict["ENGINE"]
        assert details["NAME"] != str(connection.settings_dict["NAME"])
        assert folder.is_dir()
        if connection.vendor == "postgresql":
            assert databases() & {details["NAME"]}
    assert not folder.exists()
    assert not {name for name in databases() if name.startswith("blindread_validation")}
    assert rows() == before


def databases() -> set[str]:
    if connection.vendor != "postgresql":
        return set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database")
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_without_the_right_to_make_a_database_the_command_refuses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE validation_poor LOGIN")
    try:
        monkeypatch.setitem(connection.settings_dict, "USER", "validation_poor")
        refusal = "A private database could not be made .InsufficientPrivilege.*, and the live one is never used."
        with pytest.raises(WrongState, match=refusal), private_database(tmp_path):
            raise AssertionError("no database was refused")
    finally:
        monkeypatch.undo()
        with connection.cursor() as cursor:
            cursor.execute("DROP ROLE validation_poor")


def test_the_checks_refuse_to_run_in_an_installation_that_is_not_private(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match="This process runs only in a private installation."):
        demand_private()
    monkeypatch.setenv("BLINDREAD_VALIDATION", str(settings.VAR.parent))
    with pytest.raises(SystemExit, match="This process runs only in a private installation."):
        demand_private()


@pytest.mark.django_db(transaction=True)
def test_checks_that_break_off_are_a_failure_and_touch_nothing(cast: Cast) -> None:
    before = rows()
    (result,) = run_in_child("no such stage")
    assert (result.outcome, result.requirements) == (FAILED, ("R-50",))
    assert "ended with code 1;" in result.seen
    assert rows() == before


def test_the_process_of_the_checks_starts_before_the_applications_are_loaded() -> None:
    done = subprocess.run([sys.executable, "-c", "import validation.child"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_result_is_the_same_on_both_sides() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    result = CheckResult("name", ("R-01", "R-02"), "does", "expects", "seen", FAILED, now, now)
    assert result_of(as_plain(result)) == result


def test_a_total_that_is_missing_there_twice_or_other_than_planted_is_named() -> None:
    """Subject 00 has no film at week 52."""
    planted: PlantedChanges = {(f"{at:02}", visit): at for at in range(20) for visit in ("W24", "W52")}
    planted["00", "W52"] = None
    rows: list[dict[str, Any]] = [
        {
            "subject": subject,
            "visit": visit,
            "returned": str(change or 0),
            "origin": "" if change is not None else "LOCF",
        }
        for (subject, visit), change in planted.items()
    ]

    def faults(**changed: str) -> list[str]:
        return list(faults_of_totals([*rows[:-1], rows[-1] | changed], planted))

    assert faults() == []
    assert seen_of_totals(rows) == "as planted: 1 LOCF, 39 observed"
    assert faults(returned="37/2") == ["19 W52: planted 19, returned 37/2 (observed)"]
    assert faults(origin="LOCF") == ["19 W52: planted 19, returned 19 (LOCF)"]
    assert faults(returned="") == ["19 W52: planted 19, returned  (observed)"]
    assert list(faults_of_totals(rows[:-1], planted)) == ["19 W52: 0 rows"]
    assert list(faults_of_totals([*rows, rows[-1]], planted)) == ["19 W52: 2 rows"]
    rows[1]["origin"] = ""
    assert faults() == ["00 W52: returned 0 as observed, and there was no film to observe it on"]
    assert list(faults_of_totals([], {})) == ["0 changes were planted"]
