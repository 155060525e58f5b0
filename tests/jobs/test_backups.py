"""A backup brings everything back on either engine, says what was lost since, and is refused when it is not whole."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from audit import anchors
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from audit.verify import verify
from jobs.backups import STORES, Backup, ask_daily, drop_old, write_backup
from jobs.carrying import run_due_jobs
from jobs.models import Job, Pulse
from jobs.restoring import NotRestorable, read_manifest, restore
from tests.servers import ROOT, BlankDatabase

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor.system("tests")


def record_events(count: int) -> None:
    for _ in range(count):
        with audited_atomic():
            record(action="jobs.job.retried", actor=ACTOR, stream="TRIAL", subject=("tests.thing", "1"))


@pytest.fixture
def backup(tmp_path: Path, settings: Any) -> Backup:
    """An installation with three events, an anchor and a file in two stores, backed up."""
    folders = {store: {"BACKEND": "config.storage.DurableFolder"} for store in STORES}
    for store, options in folders.items():
        options["OPTIONS"] = {"location": str(tmp_path / "files" / store)}  # type: ignore[assignment]
    settings.STORAGES = settings.STORAGES | folders
    storages["quarantine"].save("ab/film", ContentFile(b"\x00identified"))
    storages["reading"].save("image", ContentFile(b"levels"))
    record_events(3)
    anchors.write()
    return write_backup(to=settings.BACKUP_FOLDER)


def test_a_backup_is_brought_back_on_a_blank_machine(
    backup: Backup, blank_database: BlankDatabase, tmp_path: Path, settings: Any
) -> None:
    other = tmp_path / "other"
    environment = os.environ | {
        "DATABASE_URL": blank_database(),
        "BLINDREAD_VAR": str(other),
        "ANCHOR_KEY": settings.ANCHOR_KEY,
        "AUDIT_MAC_KEYS": (settings.VAR / "secrets" / "AUDIT_MAC_KEYS").read_text("ascii"),
    }
    command = [sys.executable, str(ROOT / "manage.py"), "restore", str(backup.folder)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout == "4 events, 0 rows, 1 anchor: intact\n", done.stderr
    assert (other / "files/quarantine/ab/film").read_bytes() == b"\x00identified"
    assert (other / "files/reading/image").read_bytes() == b"levels"


def test_what_changed_since_is_undone_and_the_trail_goes_on(backup: Backup) -> None:
    record_events(2)
    assert restore(folder=backup.folder, replace=True, actor=ACTOR).findings == []
    assert Event.objects.filter(stream="TRIAL").count() == 3
    record_events(1)
    assert verify().intact


def test_what_was_lost_since_the_backup_is_shown_by_newer_anchors(backup: Backup) -> None:
    record_events(2)
    anchors.write()
    findings = restore(folder=backup.folder, replace=True, actor=ACTOR).findings
    assert [(finding.fault, finding.row) for finding in findings] == [("tail cut", "TRIAL #5")]


def test_an_installation_in_use_is_not_replaced_by_accident(backup: Backup) -> None:
    with pytest.raises(NotRestorable, match="--replace"):
        restore(folder=backup.folder, replace=False, actor=ACTOR)


def test_a_file_that_was_altered_is_named(backup: Backup) -> None:
    (backup.folder / "files/quarantine/ab/film").write_bytes(b"\x00Identified")
    with pytest.raises(NotRestorable, match="files/quarantine/ab/film"):
        read_manifest(backup.folder)


def test_a_file_that_is_missing_is_named(backup: Backup) -> None:
    (backup.folder / "files/reading/image").unlink()
    with pytest.raises(NotRestorable, match="files/reading/image"):
        read_manifest(backup.folder)


def test_a_backup_that_was_not_finished_is_refused(backup: Backup) -> None:
    (backup.folder / "manifest.json").unlink()
    with pytest.raises(NotRestorable, match="not a finished backup"):
        read_manifest(backup.folder)


def test_a_backup_of_the_other_engine_is_refused(backup: Backup) -> None:
    path = backup.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"engine": "oracle"}))
    with pytest.raises(NotRestorable, match="oracle"):
        restore(folder=backup.folder, replace=True, actor=ACTOR)


def test_the_manifest_lists_every_file(backup: Backup) -> None:
    listed = {entry["path"] for entry in read_manifest(backup.folder)["files"]}
    present = {path.relative_to(backup.folder).as_posix() for path in backup.folder.rglob("*") if path.is_file()}
    assert listed == present - {"manifest.json"}
    assert {"files/quarantine/ab/film", "files/reading/image"} < listed


def test_old_backups_go_when_enough_newer_ones_are_there(backup: Backup) -> None:
    made = [backup, *(write_backup(to=backup.folder.parent) for _ in range(2))]
    drop_old(folder=backup.folder.parent, kept=2)
    assert [one.folder.exists() for one in made] == [False, True, True]


def test_the_installation_makes_its_own_backup_once_a_day(backup: Backup, settings: Any) -> None:
    settings.BACKUP_DAILY = True
    assert ask_daily() == ask_daily()
    assert run_due_jobs() == 1
    assert Job.objects.get(kind="jobs.backup").status == Job.Status.DONE
    assert Pulse.objects.get(part="backup").well
    assert len(list(settings.BACKUP_FOLDER.glob("backup-*"))) == 2
