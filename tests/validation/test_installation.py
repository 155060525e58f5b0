"""IQ names what is wrong with an installation: a disabled trigger, a wrong key, a changed file, a weak setting."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from django.db import connection

from accounts import second_factor
from audit import anchors
from audit.models import Event
from audit.protection import ROWS, Protection
from config.file_checks import FILE_CHECKS
from studies.arrival.quarantine import keep_original
from studies.models import Film, Rendition, Trial
from tests.accounts.test_second_factor import code_of
from tests.cast import Cast
from tests.tracking import record_rows
from validation.checks import FAILED, NOT_TRIED, PASSED, Check, Deviation, NotTried, run_check
from validation.iq import chosen_settings, keys, stored, tables, versions
from validation.iq.clocks import clocks, compared_clocks
from validation.iq.product_files import compared, digests, files_check, read_manifest, write_manifest


def seen(check: Check[Any]) -> str:
    """What a failed check has seen; empty when it did not fail."""
    result = run_check(check, None)
    assert result.outcome in (PASSED, FAILED, NOT_TRIED)
    return result.seen if result.outcome == FAILED else ""


def disable(table: str) -> str:
    """Disables the trigger of a table, as its owner could; on SQLite a trigger can only be dropped."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER {ROWS}')
            return f"trigger {ROWS} of {table} is disabled"
        cursor.execute(f'DROP TRIGGER "{ROWS}_update_{table}"')
        return f"trigger {ROWS}_update_{table} of {table} is missing"


@pytest.mark.django_db
def test_a_trigger_that_does_not_act_is_named() -> None:
    assert seen(tables.protection) == ""
    assert seen(tables.migrations) == ""
    expected = disable("reading_itemscore")
    assert seen(tables.protection) == expected


@pytest.mark.django_db
def test_a_migration_that_was_not_applied_is_named() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(name) FROM django_migrations WHERE app = 'audit'")
        (name,) = cursor.fetchone()
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = %s", [name])
    assert f"audit.{name} is not applied" in seen(tables.migrations)


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_role_that_may_do_more_than_add_rows_is_named() -> None:
    assert seen(tables.rights) == "the role is a superuser"
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE validation_worker")
        cursor.execute("GRANT USAGE ON SCHEMA public TO validation_worker")
        cursor.execute("GRANT SELECT, UPDATE ON audit_event TO validation_worker")
        cursor.execute("SET LOCAL ROLE validation_worker")
        assert seen(tables.rights) == "the role may change audit_event"


def key_that_is_wrong(settings: Any, name: str) -> None:
    wrong = "ab" * 32
    setattr(settings, name, {1: bytes.fromhex(wrong)} if name == "AUDIT_MAC_KEYS" else wrong)


CHECKS: dict[str, Check[Any]] = {
    "AUDIT_MAC_KEYS": keys.mac_keys,
    "SEALING_KEY": keys.sealing_key,
    "QUARANTINE_KEY": keys.quarantine_key,
    "ANCHOR_KEY": keys.anchor_key,
    "SECRET_KEY": keys.secret_key,
}


@pytest.fixture
def something_under_each_key(cast: Cast) -> None:
    """A tracked row, an event, an original, an anchor and a second factor."""
    record_rows("RA-1", [Trial.objects.get(code="RA-1")])
    content = b"an original"
    Film.objects.create(
        trial=cast.trial,
        site=cast.site(),
        original_file=keep_original(iter([content])),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
    )
    secret = second_factor.new_secret()
    second_factor.add_second_factor(user=cast.user("reader"), secret=secret, code=code_of(secret))
    anchors.write()


def test_each_wrong_key_is_named_and_the_others_pass(something_under_each_key: None, settings: Any) -> None:
    assert {name: seen(check) for name, check in CHECKS.items()} == dict.fromkeys(CHECKS, "")
    for wrong in CHECKS:
        right = getattr(settings, wrong)
        key_that_is_wrong(settings, wrong)
        failed = {name: text for name, check in CHECKS.items() if (text := seen(check))}
        setattr(settings, wrong, right)
        assert list(failed) == [wrong]
        assert f"{wrong}{', digests' if wrong == 'SEALING_KEY' else ''} is wrong" in failed[wrong]
    settings.AUDIT_MAC_KEYS = {2: b"2" * 32}
    assert "key 1 of AUDIT_MAC_KEYS is not configured, but events were made with it" in seen(keys.mac_keys)
    assert Event.objects.exists()
    assert not Rendition.objects.exists()


def test_a_key_must_open_every_record_that_is_there_and_one_without_a_record_is_not_tried() -> None:
    def seen_with(*answers: bool | None) -> str:
        return keys.seen_of([keys.tried_on("KEY", answers, lambda answer: answer)])

    assert seen_with(True, None, True) == "KEY: opens 2 of 2"
    with pytest.raises(Deviation, match="^KEY is wrong, or records were altered: it opens 2 of 3 records"):
        seen_with(True, False, True)
    with pytest.raises(NotTried, match="^KEY: nothing is stored under it yet"):
        seen_with(None)


@pytest.mark.django_db
def test_checks_with_nothing_to_try_are_not_passed(settings: Any) -> None:
    untried: list[Check[Any]] = [keys.quarantine_key, stored.stored_files, files_check(None)]
    untried += [tables.rights, clocks] if connection.vendor == "sqlite" else []
    assert {one.name: run_check(one, None).outcome for one in untried} == {one.name: NOT_TRIED for one in untried}
    with pytest.raises(NotTried, match="^no server: messages are files$"):
        versions.demand_redis("files")
    settings.PRODUCTION = True
    with pytest.raises(Deviation, match="^no Redis in production: messages are files$"):
        versions.demand_redis("files")


def test_a_trigger_that_acts_less_often_than_installed_is_altered() -> None:
    always, locked = Protection("audit_event"), Protection("scoring_dataset", "status", ("locked",))
    rows = tables.Trigger(ROWS, "A", tables.KINDS[ROWS])
    assert tables.acts_as_installed(always, rows)
    assert not tables.acts_as_installed(always, replace(rows, kind=1 + 2 + 8))
    assert not tables.acts_as_installed(always, replace(rows, columns="3"))
    assert not tables.acts_as_installed(always, replace(rows, condition="(false)"))
    when = replace(rows, condition="(((old.status)::text = 'locked'::text))")
    assert tables.acts_as_installed(locked, when)
    assert not tables.acts_as_installed(locked, rows)
    assert not tables.acts_as_installed(locked, replace(rows, condition="(((old.status)::text = 'lock'::text))"))
    assert not tables.acts_as_installed(locked, replace(rows, condition=f"({when.condition} AND false)"))


def test_a_stored_file_that_was_altered_is_named(something_under_each_key: None) -> None:
    assert stored.records_with_files().keys() == FILE_CHECKS.keys()
    assert seen(stored.stored_files) == ""
    film = Film.objects.get()
    storages["quarantine"].delete(film.original_file)
    assert seen(stored.stored_files) == f"studies_film {film.pk}: its original is missing"


@pytest.fixture
def release(tmp_path: Path) -> Callable[[], list[str]]:
    """A small product with its manifest; returns what differs from it."""
    root = tmp_path / "product"
    for name in ("audit/trail.py", "audit/__pycache__/trail.pyc", "static/js/room.js", "manage.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(name)
    write_manifest(root, tmp_path / "manifest.json")
    return lambda: list(compared(digests(root), read_manifest(tmp_path / "manifest.json")))


def test_a_file_of_the_product_that_was_changed_added_or_removed_is_named(
    release: Callable[[], list[str]], tmp_path: Path
) -> None:
    assert release() == []
    (tmp_path / "product/audit/trail.py").write_text("changed")
    (tmp_path / "product/audit/more.py").write_text("")
    (tmp_path / "product/audit/__pycache__/trail.pyc").write_text("compiled again")
    (tmp_path / "product/static/js/room.js").unlink()
    assert release() == [
        "audit/more.py is not in the manifest",
        "audit/trail.py was changed",
        "static/js/room.js is missing",
    ]


def test_a_file_of_a_package_that_was_changed_is_named(tmp_path: Path) -> None:
    info = tmp_path / "thing-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: thing\nVersion: 1.0\n")
    for name in ("thing.py", "other.py"):
        (tmp_path / name).write_text(name)
    lines = []
    for name in ("thing.py", "other.py"):
        digest = base64.urlsafe_b64encode(hashlib.sha256(name.encode()).digest()).decode().rstrip("=")
        lines.append(f"{name},sha256={digest},{len(name)}\n")
    (info / "RECORD").write_text("".join(lines))
    assert versions.changed_files(Distribution.at(info)) == (2, [])
    (tmp_path / "thing.py").write_text("changed")
    (tmp_path / "other.py").unlink()
    assert versions.changed_files(Distribution.at(info)) == (
        2,
        ["thing: thing.py was changed", "thing: other.py is missing"],
    )


def test_packages_and_versions_other_than_pinned_are_named() -> None:
    wanted = versions.pinned()
    assert len(wanted) > 50
    assert list(versions.other_versions(wanted)) == []
    assert list(versions.other_versions({"django": "1.0", "no-such-package": "2"})) == [
        f"django is {wanted['django']} (pinned: 1.0)",
        "no-such-package is not installed (pinned: 2)",
    ]
    assert seen(versions.python) == ""


@pytest.mark.django_db
def test_settings_that_protect_nothing_are_named(
    settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    settings.DEBUG = True
    settings.AXES_FAILURE_LIMIT = 50
    settings.SEALING_KEY = settings.QUARANTINE_KEY = "cd" * 32
    (tmp_path / "SEALING_KEY").write_text("cd" * 32)
    monkeypatch.setenv("SEALING_KEY", "cd" * 32)
    faults = list(chosen_settings.faults_of_secrets(tmp_path))
    assert "SEALING_KEY is the demo's" in faults
    assert "SEALING_KEY is the same as another key" in faults
    assert "SEALING_KEY was generated here, not supplied from outside" not in faults
    assert "ANCHOR_KEY was generated here, not supplied from outside" in faults
    assert not any("cd" * 32 in fault for fault in faults)
    assert "SECURE_COOKIES is off" in seen(chosen_settings.connections)
    assert "ALLOWED_HOSTS is “*”" in seen(chosen_settings.connections)
    assert "DEBUG is on" in seen(chosen_settings.mode)
    assert "lock-out only after 50 wrong passwords" in seen(chosen_settings.sign_in)
    assert "BACKUP_RECIPIENT is empty" in seen(chosen_settings.copies)
    settings.BACKUP_DAILY, settings.BACKUP_RECIPIENT = True, "age1"
    settings.ANCHOR_TARGETS = ["mail:person@hospital.example", "folder:/anchors"]
    assert run_check(chosen_settings.copies, None).seen == "daily, encrypted; anchors to folder, mail"


@pytest.mark.django_db
def test_a_database_whose_clock_is_off_is_named() -> None:
    assert seen(clocks) == ""
    here = datetime(2026, 3, 1, 12, tzinfo=UTC)
    with pytest.raises(Deviation, match=r"database 12:00:05 UTC: 5.00 s apart"):
        compared_clocks(here, here + timedelta(seconds=5), here)
    with pytest.raises(Deviation, match=r"60.00 s apart"):
        compared_clocks(here, here - timedelta(minutes=1), here)
