"""OQ and PQ work in a private installation: nothing of the live one is passed on, written or left behind."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection

from config.database import parse_database_url
from config.errors import WrongState
from tests.cast import Cast
from validation.checks import FAILED, CheckResult, Deviation
from validation.child import as_plain, demand_private, result_of, run_in_child
from validation.pq import compared_totals
from validation.private import environment_of, private_database, private_installation

LIVE = {
    "PATH": "/bin",
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
    assert "ended with code 1" in result.seen
    assert rows() == before


def test_a_result_is_the_same_on_both_sides() -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    result = CheckResult("name", ("R-01", "R-02"), "does", "expects", "seen", FAILED, now, now)
    assert result_of(as_plain(result)) == result


def test_a_total_other_than_planted_is_named() -> None:
    row: dict[str, Any] = {"subject": "001", "visit": "W24", "true": 3, "returned": "3", "origin": ""}
    rows = [row | {"subject": f"{number:03}"} for number in range(20)]
    carried = row | {"returned": "7/2", "origin": "LOCF"}
    assert compared_totals([*rows, carried]) == "20 observed changes as planted (1 LOCF, 20 observed)"
    with pytest.raises(Deviation, match="^002 W24: planted 3, returned 7/2$"):
        compared_totals([*rows, row | {"subject": "002", "returned": "7/2"}])
    with pytest.raises(Deviation, match="only 1 changes were observed"):
        compared_totals([row])
