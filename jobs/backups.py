"""Backups: the database, every stored file and the anchors in one folder, with a manifest that comes last.

Files never change and the database is copied first, so the copy never refers to a file that it lacks.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone

from audit.trail import Actor, audited_atomic, record
from jobs.database_copy import copy_out
from jobs.models import Job
from jobs.pulse import beat
from jobs.queue import Lease, add

STORES = ("quarantine", "reading", "exports")
MANIFEST, CHUNK = "manifest.json", 1024 * 1024
KIND = "jobs.backup"


@dataclass(frozen=True)
class Backup:
    """A finished backup."""

    folder: Path
    files: int
    size: int

    def __str__(self) -> str:
        return f"{self.folder.name}: {self.files} files, {self.size / 1e6:.1f} MB"


def write_backup(*, to: Path, told: Callable[[int], None] = lambda done: None) -> Backup:
    """Makes a backup in a new folder below `to`; a folder without its final name is not a backup."""
    name = f"backup-{timezone.now():%Y%m%dT%H%M%S.%fZ}"
    part = to / f".{name}.part"
    part.mkdir(parents=True)
    listed = [entry_of(part, copy_out(part))]
    for done, path in enumerate(copies(part), start=1):
        listed.append(entry_of(part, path))
        told(done)
    content = {"version": 1, "at": timezone.now().isoformat(), "engine": connection.vendor, "files": listed}
    durable_text(part / MANIFEST, json.dumps(content, indent=1))
    part.rename(to / name)
    return Backup(to / name, len(listed), sum(entry["size"] for entry in listed))


def copies(part: Path) -> Iterator[Path]:
    """Copies every stored file and every anchor, one by one."""
    for store in STORES:
        storage = storages[store]
        for name in names_in(storage):
            yield copy_file(storage, name, part / "files" / store / name)
    for anchor in sorted(settings.ANCHOR_FOLDER.glob("anchor-*.json")):
        target = part / "anchors" / anchor.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(anchor, target)
        yield target


def names_in(storage: Storage, folder: str = "") -> Iterator[str]:
    """Every file of a store; a missing store is empty. Names of incomplete files start with a dot."""
    try:
        folders, files = storage.listdir(folder)
    except FileNotFoundError:
        return
    for name in sorted(files):
        if not name.startswith("."):
            yield f"{folder}/{name}" if folder else name
    for name in sorted(folders):
        yield from names_in(storage, f"{folder}/{name}" if folder else name)


def copy_file(storage: Storage, name: str, target: Path) -> Path:
    """Copies one file from its store."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with storage.open(name) as source, target.open("wb") as copy:
        shutil.copyfileobj(source, copy, CHUNK)
        copy.flush()
        os.fsync(copy.fileno())
    return target


def entry_of(folder: Path, path: Path) -> dict[str, Any]:
    """A file as the manifest lists it."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {"path": path.relative_to(folder).as_posix(), "size": path.stat().st_size, "sha256": digest}


def durable_text(path: Path, text: str) -> None:
    """Flushes the file to disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def drop_old(*, folder: Path, kept: int) -> None:
    """Removes all but the newest backups."""
    for old in sorted(folder.glob("backup-*"))[:-kept]:
        shutil.rmtree(old)


def tell_backup(*, backup: Backup, actor: Actor) -> None:
    """Records the backup on the health page and in the audit trail."""
    with audited_atomic():
        beat("backup", says=str(backup))
        record(
            action="jobs.backup.written",
            actor=actor,
            stream="system",
            subject=("jobs.backup", backup.folder.name),
            details={"files": backup.files, "bytes": backup.size},
        )


def ask_daily() -> Job | None:
    """Requests the daily backup, if the installation makes its own backups."""
    if not settings.BACKUP_DAILY:
        return None
    with audited_atomic():
        return add(kind=KIND, key=f"{timezone.now():%Y-%m-%d}", payload={})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Makes the daily backup and removes the oldest ones."""
    backup = write_backup(to=settings.BACKUP_FOLDER, told=lambda done: lease.progress(done, 0, f"{done} files"))
    with audited_atomic():
        lease.finish()
        tell_backup(backup=backup, actor=Actor.system("backup"))
    drop_old(folder=settings.BACKUP_FOLDER, kept=settings.BACKUPS_KEPT)
