"""A downloaded dataset, a folder or a zip, verified before anything in it is used."""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from config.errors import BadInput
from config.wording import both, counted
from reading.charter.terms import Terms
from scoring.datasets import verifier

ANALYSIS = "analysis.csv"
FAULTS_SHOWN = 3
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class OpenedDataset:
    """An intact dataset: where it is unpacked, its root, and the facts of its manifest."""

    folder: Path
    root: str
    facts: dict[str, Any]

    @property
    def analysis(self) -> Path:
        """The file of analysis rows."""
        return self.folder / ANALYSIS

    @property
    def maximum(self) -> int:
        """The largest total of the instrument."""
        return int(self.facts["instrument"]["maximum"])

    @property
    def terms(self) -> Terms:
        """The terms of the charter that this version knows; those that the manifest does not name are the defaults."""
        known = {field.name for field in fields(Terms)}
        given = self.facts.get("charter", {}).get("terms", {})
        return Terms(**{name: value for name, value in given.items() if name in known})


@contextmanager
def opened(path: Path, root: str = "") -> Iterator[OpenedDataset]:
    """The dataset while it is used. BadInput says what was altered, or what is not a dataset."""
    if path.is_dir():
        yield verified(path, path, root)
        return
    with tempfile.TemporaryDirectory(prefix="blindread-endpoint-") as unpacked:
        unpack(path, Path(unpacked))
        yield verified(folder_in(Path(unpacked), path), path, root)


def unpack(path: Path, target: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            archive.extractall(target)
    except OSError as error:
        raise BadInput(f"The dataset {path} cannot be read: {error.strerror or error}.") from None
    except UNREADABLE:
        raise BadInput(f"The dataset {path} is neither a folder nor an intact zip file. Give one of these.") from None


def folder_in(unpacked: Path, path: Path) -> Path:
    found = sorted(unpacked.rglob(verifier.MANIFEST), key=lambda one: len(one.parts))
    if not found:
        raise BadInput(f"The zip file {path.name} has no {verifier.MANIFEST}. Give a dataset as it was downloaded.")
    return found[0].parent


def verified(folder: Path, path: Path, root: str) -> OpenedDataset:
    faults = verifier.verify(folder, root)
    if faults:
        more = f" It has {counted(len(faults) - FAULTS_SHOWN, 'more fault')}." if len(faults) > FAULTS_SHOWN else ""
        raise BadInput(f"The dataset {path} is not intact. {' '.join(faults[:FAULTS_SHOWN])}{more}")
    if not (folder / ANALYSIS).is_file():
        has = both(sorted(one.name for one in folder.iterdir()))
        raise BadInput(f"The dataset {path} has no file {ANALYSIS}, which contains the endpoint. It has {has}.")
    facts = json.loads((folder / verifier.MANIFEST).read_text("utf-8"))
    if not isinstance(facts.get("instrument"), dict) or "maximum" not in facts["instrument"]:
        raise BadInput(f"The file {verifier.MANIFEST} of {path} does not name its instrument and the largest total.")
    return OpenedDataset(folder, verifier.file_digest(folder / verifier.MANIFEST), facts)
