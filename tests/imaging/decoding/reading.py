"""Reading bytes in this process, as a decoder child does."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from imaging.decoder.operations import perform
from imaging.decoding.limits import DEFAULT
from imaging.decoding.load import Loaded, load
from imaging.decoding.unreadable import Unreadable
from tests.refusal_words import FAULTS


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
    refusal = Unreadable(*answer["unreadable"])
    assert_sentences(refusal.text)
    return refusal


def findings(folder: Path, content: bytes) -> dict[str, str]:
    """The findings shown at the desk for an accepted film, by code; its blind copy is in `folder`/out."""
    path, out = folder / "source", folder / "out"
    path.write_bytes(content)
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir()
    answer = perform({"operation": "deidentify", "input": str(path), "output_dir": str(out), **BLIND})
    assert "result" in answer, answer
    found = {one["code"]: one["text"] for one in answer["result"]["findings"]}
    assert_sentences(*found.values())
    return found


def assert_sentences(*texts: str) -> None:
    """What a site or the desk reads about a file is a sentence, not an attribute with a list of allowed values."""
    for text in texts:
        assert [fault for fault, pattern in FAULTS.items() if pattern.search(text)] == [], text


class AnyUid(dict[str, str]):
    """Stands for the table of random UIDs."""

    def __missing__(self, original: str) -> str:
        return f"2.25.{int.from_bytes(original.encode(), 'big') % 10**30}"


BLIND: dict[str, Any] = {"blind_subject": "BR-TEST", "uids": AnyUid()}
