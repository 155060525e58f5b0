"""Backups: the database, every stored file and the anchors in one folder, with a manifest that comes last.

Files never change and the database is copied first, so the copy never refers to a file that it lacks.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import connection
from django.utils import timezone
from pyrage.x25519 import Recipient

from audit.baseline import BASELINE
from audit.trail import Actor, audited_atomic, record
from config.wording import counted
from jobs.copying import MANIFEST, VERSION, Earlier, ManifestEntry, put
from jobs.database_copy import NAMES, reading_out, server_version
from jobs.encrypting import is_encrypted, recipient_from
from jobs.models import Job
from jobs.pulse import beat
from jobs.queue import Lease, add

STORES = ("quarantine", "reading", "exports")
KIND = "jobs.backup"
ABANDONED_SECONDS = 86_400
READABLE = "readable by anyone who has it, except the originals"


@dataclass(frozen=True)
class Backup:
    """A finished backup; without a recipient it is unencrypted."""

    folder: Path
    files: int
    size: int
    recipient: str = ""

    def __str__(self) -> str:
        state = f"encrypted to {self.recipient}" if self.recipient else READABLE
        return f"{self.folder.name}: {counted(self.files, 'file')}, {self.size / 1e6:.1f} MB, {state}"


def write_backup(*, to: Path, recipient: str = "", progressed: Callable[[int], None] = lambda done: None) -> Backup:
    """Makes a backup in a new folder below `to`; a folder without its final name is not a backup."""
    key, earlier = recipient_from(recipient), Earlier.in_folder(to, recipient)
    name = f"backup-{timezone.now():%Y%m%dT%H%M%S.%fZ}"
    part = to / f".{name}.part"
    part.mkdir(parents=True)
    try:
        with reading_out() as database:
            listed = [put(part, NAMES[connection.vendor], database, key)]
        for done, entry in enumerate(copies(part, key, earlier), start=1):
            listed.append(entry)
            progressed(done)
        durable_text(part / MANIFEST, json.dumps(manifest_of(listed, recipient), indent=1))
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)  # its remains would use the space that was lacking
        raise
    part.rename(to / name)
    return Backup(to / name, len(listed), sum(entry["size"] for entry in listed), recipient)


def manifest_of(listed: list[ManifestEntry], recipient: str) -> dict[str, Any]:
    """The data that a restore needs before it begins; reading them needs no key."""
    return {
        "version": VERSION,
        "at": timezone.now().isoformat(),
        "engine": connection.vendor,
        "server": server_version(),
        "baseline": BASELINE,
        "recipient": recipient,
        "files": listed,
    }


def copies(part: Path, key: Recipient | None, earlier: Earlier) -> Iterator[ManifestEntry]:
    """Copies every stored file and every anchor, one by one."""
    for store in STORES:
        storage = storages[store]
        for name in names_in(storage):
            yield copy_file(storage, name, part, f"files/{store}/{name}", key, earlier)
    for anchor in sorted(settings.ANCHOR_FOLDER.glob("anchor-*.json")):
        with anchor.open("rb") as source:
            yield put(part, f"anchors/{anchor.name}", source, key)


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


def copy_file(
    storage: Storage, name: str, part: Path, listed: str, key: Recipient | None, earlier: Earlier
) -> ManifestEntry:
    """Copies a file from its store, unchanged if it is encrypted there; an unchanged file is shared with `earlier`."""
    size = storage.size(name)
    if entry := earlier.link(part, listed, size):
        return entry
    with storage.open(name) as source:
        return put(part, listed, source, None if is_encrypted(source) else key, content=size)


def durable_text(path: Path, text: str) -> None:
    """Flushes the file to disk."""
    with path.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def drop_old(*, folder: Path, kept: int) -> None:
    """Removes all but the newest backups, and incomplete backups of killed processes."""
    for old in sorted(folder.glob("backup-*"))[:-kept]:
        shutil.rmtree(old)
    for part in folder.glob(".backup-*.part"):
        if part.stat().st_mtime < time.time() - ABANDONED_SECONDS:
            shutil.rmtree(part)


def record_backup(*, backup: Backup, actor: Actor) -> None:
    """Records the backup on the health page and in the audit trail."""
    with audited_atomic():
        beat("backup", says=str(backup))
        record(
            action="jobs.backup.written",
            actor=actor,
            stream="system",
            subject=("jobs.backup", backup.folder.name),
            details={"files": backup.files, "bytes": backup.size, "recipient": backup.recipient},
        )


def ask_daily() -> Job | None:
    """Requests the daily backup, if the installation makes its own backups."""
    if not settings.BACKUP_DAILY:
        return None
    with audited_atomic():
        return add(kind=KIND, key=f"{timezone.now():%Y-%m-%d}", payload={})


def carry(*, payload: dict[str, Any], lease: Lease) -> None:
    """Makes the daily backup and removes the oldest ones."""
    backup = write_backup(
        to=settings.BACKUP_FOLDER,
        recipient=settings.BACKUP_RECIPIENT,
        progressed=lambda done: lease.progress(done, 0, counted(done, "file")),
    )
    with audited_atomic():
        lease.finish()
        record_backup(backup=backup, actor=Actor.system("backup"))
    drop_old(folder=settings.BACKUP_FOLDER, kept=settings.BACKUPS_KEPT)
