"""Restoring a backup: check that it is complete, restore files, anchors and database, verify the audit trail."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from pyrage.x25519 import Identity

from audit.baseline import BASELINE
from audit.findings import Report
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from audit.verify import verify
from jobs.copying import MANIFEST, VERSION, ManifestEntry, is_as_listed
from jobs.database_copy import NAMES, copy_in, server_version
from jobs.database_roles import granted_roles, owned_by_others
from jobs.encrypting import pour_back


class NotRestorable(Exception):
    """The folder is not a complete backup, or the restore is not possible here."""


@dataclass(frozen=True)
class Copy:
    """A backup whose files have been compared with its manifest, and the key that opens it."""

    folder: Path
    manifest: dict[str, Any]
    identity: Identity | None = None

    def pour(self, entry: ManifestEntry, into: IO[bytes]) -> None:
        """The content of one file, decrypted."""
        with (self.folder / entry["path"]).open("rb") as source:
            pour_back(source, into, self.identity if entry["encrypted"] else None)

    def below(self, folder: str) -> Iterator[tuple[str, ManifestEntry]]:
        """The files of a folder of the backup, each with its name in that folder."""
        for entry in self.manifest["files"]:
            if entry["name"].startswith(f"{folder}/"):
                yield entry["name"].removeprefix(f"{folder}/"), entry

    def database(self, into: IO[bytes]) -> None:
        """The database."""
        name = NAMES[connection.vendor]
        self.pour(next(entry for entry in self.manifest["files"] if entry["name"] == name), into)


def read_manifest(folder: Path) -> dict[str, Any]:
    """The manifest, once every file it lists has been compared with it; no key is needed for this."""
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise NotRestorable(f"The folder {folder} is not a finished backup: its {MANIFEST} cannot be read.") from None
    if (manifest["version"], manifest.get("baseline")) != (VERSION, BASELINE):
        text = f"The backup in {folder} was made by another version of Blindread, whose tables this one cannot use."
        raise NotRestorable(f"{text} Restore it with the version that made it.")
    for entry in manifest["files"]:
        if not is_as_listed(folder, entry):
            raise NotRestorable(f"The backup is incomplete: {entry['path']} is missing or has been changed.")
    return manifest


def demand_server(manifest: dict[str, Any]) -> None:
    """Requires the same engine, and a version that can read the backup."""
    if manifest["engine"] != connection.vendor:
        raise NotRestorable(f"The backup was made on {manifest['engine']}, but this server uses {connection.vendor}.")
    if connection.vendor == "postgresql":
        made, here = (int(version) // 10_000 for version in (manifest["server"], server_version()))
        if made > here:
            raise NotRestorable(f"The backup was made on PostgreSQL {made}. This server has the older version {here}.")
    if others := owned_by_others():
        text = f"Tables of this database belong to {others}, not to the role that restores."
        raise NotRestorable(f"{text} Run restore as {others}.")


def demand_key(manifest: dict[str, Any], identity: Identity | None) -> None:
    """The private key that belongs to the backup's public key, or none if it is not encrypted."""
    recipient = manifest["recipient"]
    if not recipient:
        return
    said = f"The backup is encrypted to {recipient}"
    if identity is None:
        raise NotRestorable(f"{said}. Give the file with its private key: --identity FILE.")
    if str(identity.to_public()) != recipient:
        raise NotRestorable(f"{said}, but the private key given is for {identity.to_public()}. Give the matching one.")


def is_in_use() -> bool:
    """Whether the database already has an audit trail that a restore would replace."""
    return "audit_event" in connection.introspection.table_names() and Event.objects.exists()


def restore(*, folder: Path, replace: bool, actor: Actor, identity: Identity | None = None) -> Report:
    """Restores everything and returns the result of the verification. Web, workers and sweeper must be stopped.

    Nothing is changed before the backup, its key and this server have been checked. Anchors newer than the backup are
    kept: they show how much was lost.
    """
    copy = Copy(folder, read_manifest(folder), identity)
    demand_key(copy.manifest, identity)
    demand_server(copy.manifest)
    if is_in_use() and not replace:
        raise NotRestorable(
            "The database of this server already has data. Add --replace to replace it with the backup."
        )
    roles = granted_roles()
    restore_files(copy)
    copy_in(copy.database)
    call_command("migrate", verbosity=0)
    for role in roles:
        call_command("grant_rights", role, verbosity=0)
    record_restore(copy=copy, actor=actor)
    return verify(in_time=False)


def restore_files(copy: Copy) -> None:
    """Restores the missing stored files and anchors."""
    for name, entry in copy.below("files"):
        store, _, inside = name.partition("/")
        if not storages[store].exists(inside):
            with TemporaryFile(dir=work_folder()) as file:
                copy.pour(entry, file)
                file.seek(0)
                storages[store].save(inside, File(file))
    settings.ANCHOR_FOLDER.mkdir(parents=True, exist_ok=True)
    for name, entry in copy.below("anchors"):
        kept = settings.ANCHOR_FOLDER / name
        if not kept.exists():
            with kept.open("wb") as file:
                copy.pour(entry, file)


def work_folder() -> Path:
    """An unnamed file in which a file is decrypted before it is stored."""
    folder: Path = settings.WORK_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def record_restore(*, copy: Copy, actor: Actor) -> None:
    """Records the restore, and the backup used, in the restored audit trail."""
    with audited_atomic():
        record(
            action="jobs.backup.restored",
            actor=actor,
            stream="system",
            subject=("jobs.backup", copy.folder.name),
            details={"made": copy.manifest["at"], "files": len(copy.manifest["files"])},
        )
