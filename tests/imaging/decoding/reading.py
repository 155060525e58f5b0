"""Reading bytes in this process, as a decoder child does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from imaging.decoder.operations import perform
from imaging.decoding.limits import DEFAULT
from imaging.decoding.load import Loaded, load
from imaging.decoding.unreadable import Unreadable


def read(folder: Path, content: bytes) -> Loaded:
    """The film that the bytes hold."""
    path = folder / "film"
    path.write_bytes(content)
    return load(path, DEFAULT)


def refused(folder: Path, content: bytes) -> Unreadable:
    """Why the bytes are not taken: whatever a parser raises, a decoder child answers by a reason."""
    path = folder / "film"
    path.write_bytes(content)
    answer = perform({"operation": "deidentify", "input": str(path), "output_dir": str(folder), **BLIND})
    assert "unreadable" in answer, "the film was taken"
    return Unreadable(*answer["unreadable"])


class AnyUid(dict[str, str]):
    """Stands for the table of random UIDs."""

    def __missing__(self, original: str) -> str:
        return f"2.25.{int.from_bytes(original.encode(), 'big') % 10**30}"


BLIND: dict[str, Any] = {"blind_subject": "BR-TEST", "uids": AnyUid()}
