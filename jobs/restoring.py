"""Restoring a backup: check that it is complete, restore files, anchors and database, verify the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection

from audit.findings import Report
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from audit.verify import verify
from jobs.backups import MANIFEST, entry_of
from jobs.database_copy import copy_in


class NotRestorable(Exception):
    """The folder is not a complete backup, or the restore is not possible here."""


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, once every file it lists has been compared with it."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotRestorable(f"The folder {folder} is not a finished backup: its {MANIFEST} cannot be read.") from None
    for entry in manifest["files"]:
        path = folder / entry["path"]
        if not path.is_file() or entry_of(folder, path) != entry:
            raise NotRestorable(f"The backup is incomplete: {entry['path']} is missing or has been changed.")
    if manifest["engine"] != connection.vendor:
        raise NotRestorable(f"The backup was made on {manifest['engine']}, but this server uses {connection.vendor}.")
    return manifest


def is_in_use() -> bool:
    """Whether the database already has an audit trail that a restore would replace."""
    return "audit_event" in connection.introspection.table_names() and Event.objects.exists()


def restore(*, folder: Path, replace: bool, actor: Actor) -> Report:
    """Restores everything and returns the result of the verification. Web, workers and sweeper must be stopped.

    Anchors newer than the backup are kept: they show how much was lost.
    """
    manifest = read_manifest(folder)
    if is_in_use() and not replace:
        raise NotRestorable("The database of this server is in use. Add --replace to replace it with the backup.")
    for store, name, path in stored(folder, manifest):
        if not storages[store].exists(name):
            with path.open("rb") as file:
                storages[store].save(name, File(file))
    settings.ANCHOR_FOLDER.mkdir(parents=True, exist_ok=True)
    for anchor in (folder / "anchors").glob("anchor-*.json"):
        kept = settings.ANCHOR_FOLDER / anchor.name
        if not kept.exists():
            kept.write_bytes(anchor.read_bytes())
    copy_in(folder)
    call_command("migrate", verbosity=0)
    tell_restore(folder=folder, manifest=manifest, actor=actor)
    return verify()


def stored(folder: Path, manifest: dict[str, Any]) -> Iterator[tuple[str, str, Path]]:
    """Store, name and copy of each stored file."""
    for entry in manifest["files"]:
        parts = Path(entry["path"]).parts
        if parts[0] == "files":
            yield parts[1], "/".join(parts[2:]), folder / entry["path"]


def tell_restore(*, folder: Path, manifest: dict[str, Any], actor: Actor) -> None:
    """Records in the restored audit trail that it was restored, and from which backup."""
    with audited_atomic():
        record(
            action="jobs.backup.restored",
            actor=actor,
            stream="system",
            subject=("jobs.backup", folder.name),
            details={"made": manifest["at"], "files": len(manifest["files"])},
        )
