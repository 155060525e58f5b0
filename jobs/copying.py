"""One file of a backup: copied or encrypted, measured as it is written, or reused from an earlier backup."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pyrage.x25519 import Recipient

from jobs.encrypting import SUFFIX, pour

MANIFEST, VERSION = "manifest.json", 2
ManifestEntry = dict[str, Any]


class MeasuredWriter:
    """Writes a file and counts the bytes."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.size, self.digest = file, 0, hashlib.sha256()

    def write(self, content: bytes) -> int:
        """Passes the content on."""
        self.digest.update(content)
        self.size += len(content)
        return self.file.write(content)

    def flush(self) -> None:
        """Flushes the file to disk."""
        self.file.flush()
        os.fsync(self.file.fileno())


def put(folder: Path, name: str, source: IO[bytes], recipient: Recipient | None, **about: Any) -> ManifestEntry:
    """Writes one file of a backup durably; returns how the manifest lists it."""
    path = folder / (name + SUFFIX if recipient else name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        measured = MeasuredWriter(file)
        pour(source, measured, recipient)  # type: ignore[arg-type]  # it needs no more than write and flush
        measured.flush()
    found = {"path": path.relative_to(folder).as_posix(), "size": measured.size, "sha256": measured.digest.hexdigest()}
    return {**found, "name": name, "encrypted": recipient is not None, **about}


def is_as_listed(folder: Path, entry: ManifestEntry) -> bool:
    """Whether the file is there and has the size and the digest of the manifest."""
    path = folder / entry["path"]
    if not path.is_file() or path.stat().st_size != entry["size"]:
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == str(entry["sha256"])


@dataclass(frozen=True)
class Earlier:
    """The newest backup in the same place that is encrypted to the same key: unchanged files are reused from it."""

    folder: Path = Path()
    entries: dict[str, ManifestEntry] = field(default_factory=dict)

    @classmethod
    def in_folder(cls, to: Path, recipient: str) -> Earlier:
        """The newest backup whose manifest can be read; without one, nothing is reused."""
        for folder in sorted(to.glob("backup-*"), reverse=True):
            try:
                manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
                if manifest["version"] == VERSION and manifest["recipient"] == recipient:
                    return cls(folder, {entry["name"]: entry for entry in manifest["files"]})
            except (OSError, ValueError, KeyError, TypeError):
                continue
        return cls()

    def link(self, part: Path, name: str, size: int) -> ManifestEntry | None:
        """The entry of the unchanged file, which both backups then share; None if it must be copied again."""
        entry = self.entries.get(name)
        if entry is None or entry.get("content") != size or not is_as_listed(self.folder, entry):
            return None
        target = part / entry["path"]
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(self.folder / entry["path"], target)
        except OSError:  # another file system, or one without links
            return None
        return entry
