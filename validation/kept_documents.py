"""The validation documents that the owner of the installation keeps for auditors: the files of one folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings

PIECE = 1024 * 1024


@dataclass(frozen=True)
class KeptDocument:
    """A file: its SHA-256 names it in addresses. `report` is the content of the report of a stage, if it is one."""

    path: Path
    sha256: str
    report: dict[str, Any]

    @property
    def name(self) -> str:
        """The name of the file."""
        return self.path.name

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return self.path.stat().st_size

    @property
    def changed_at(self) -> datetime:
        """When it was put into the folder or last changed."""
        return datetime.fromtimestamp(self.path.stat().st_mtime, UTC)

    @property
    def title(self) -> str:
        """What it reports; empty for any other document."""
        return str(self.report.get("title", ""))

    @property
    def passed(self) -> bool | None:
        """The result of the stage; None for any other document."""
        return self.report.get("passed")


def kept_documents() -> Iterator[KeptDocument]:
    """Every file of the folder, in the order of the names; hidden files, folders and links are left out."""
    folder = settings.VALIDATION_FOLDER
    paths = sorted(folder.iterdir()) if folder.is_dir() else []
    for path in paths:
        if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
            yield KeptDocument(path, digest_of(path), report_beside(path))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    found = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            found.update(piece)
    return found.hexdigest()


def report_beside(path: Path) -> dict[str, Any]:
    """The report of a stage as `validate` wrote it: a PDF has the same name as its JSON. Empty for other files."""
    try:
        content = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    of_a_stage = isinstance(content, dict) and isinstance(content.get("passed"), bool) and "requirements" in content
    return content if of_a_stage else {}
