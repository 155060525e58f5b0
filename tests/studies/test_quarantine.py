"""Originals at rest: whole, sealed under their own name, and never half there."""

from __future__ import annotations

import io
import resource
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages

from studies.arrival.quarantine import (
    PIECE,
    StoreFull,
    Tampered,
    copy_original,
    decrypt,
    encrypt,
    keep_original,
    keyed_digest,
    sealed_pieces,
)

NAME = "originals/a"


def sealed(content: bytes, name: str = NAME) -> bytes:
    out = io.BytesIO()
    encrypt(io.BytesIO(content), out, name)
    return out.getvalue()


def opened(content: bytes, name: str = NAME) -> bytes:
    out = io.BytesIO()
    decrypt(io.BytesIO(content), out, name)
    return out.getvalue()


@pytest.mark.parametrize("length", [0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 17])
def test_what_is_sealed_opens_to_the_byte(length: int) -> None:
    content = bytes(k * 7 % 251 for k in range(1000)) * (length // 1000 + 1)
    assert opened(sealed(content[:length])) == content[:length]


def test_a_file_opens_whatever_the_size_of_the_chunks_in_which_it_came() -> None:
    content = bytes(range(251)) * (5 * PIECE // 500)
    for size in (1000, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, len(content)):
        chunks = (content[at : at + size] for at in range(0, len(content), size))
        out = io.BytesIO()
        decrypt(io.BytesIO(b"".join(sealed_pieces(chunks, NAME))), out, NAME)
        assert out.getvalue() == content


def test_the_same_file_is_sealed_differently_each_time() -> None:
    assert sealed(b"film") != sealed(b"film")


TWO_PIECES = b"a" * PIECE + b"b" * PIECE + b"end"
HEAD, WHOLE = 20, PIECE + 16


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s[:-1] + bytes([s[-1] ^ 1]),
        lambda s: s[: HEAD + WHOLE],
        lambda s: s[: HEAD + 2 * WHOLE],
        lambda s: s[:-5],
        lambda s: s[:HEAD] + s[HEAD + WHOLE : HEAD + 2 * WHOLE] + s[HEAD : HEAD + WHOLE] + s[HEAD + 2 * WHOLE :],
        lambda s: s + b"more",
        lambda s: s[:10],
        lambda s: b"JUNK" + s[4:],
    ],
    ids=[
        "a bit",
        "cut after a piece",
        "cut before the end",
        "cut in the end",
        "swapped",
        "longer",
        "no head",
        "no mark",
    ],
)
def test_a_sealed_file_that_was_touched_is_not_opened(change: Any) -> None:
    with pytest.raises(Tampered):
        opened(change(sealed(TWO_PIECES)))


def test_a_sealed_file_does_not_open_under_another_name_or_key(settings: Any) -> None:
    content = sealed(b"film")
    with pytest.raises(Tampered):
        opened(content, "originals/b")
    settings.QUARANTINE_KEY = "another key"
    with pytest.raises(Tampered):
        opened(content)


def test_an_original_goes_through_the_store(stores: Path) -> None:
    name = keep_original(iter([b"one ", b"two"]))
    out = io.BytesIO()
    copy_original(name, out)
    assert out.getvalue() == b"one two"
    assert b"one" not in (stores / "quarantine" / name).read_bytes()


def test_a_sender_who_breaks_off_leaves_nothing_behind(stores: Path) -> None:
    def breaking() -> Any:
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        keep_original(breaking())
    assert not [path for path in stores.rglob("*") if path.is_file()]


def test_a_full_disk_refuses_before_it_is_full(stores: Path, settings: Any) -> None:
    settings.MIN_FREE_BYTES = 1 << 60
    with pytest.raises(StoreFull, match="bytes free and needs"):
        keep_original(iter([b"film"]))
    assert storages["quarantine"].exists("originals") is False


def test_a_disk_that_fills_while_a_film_comes_loses_nothing(stores: Path) -> None:
    """A limit on the size of any file stands for the end of the disk."""
    kept = keep_original(iter([b"an earlier film"]))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, hard))
    try:
        with pytest.raises(StoreFull, match="The store of originals is full"):
            keep_original(iter([b"x" * PIECE] * 4))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [path.name for path in stores.rglob("*") if path.is_file()] == [kept.rpartition("/")[2]]


def test_identities_are_compared_without_being_kept(settings: Any) -> None:
    digest = keyed_digest("Patient", "ZZ-0001")
    assert digest == keyed_digest("Patient", "ZZ-0001")
    assert len({digest, keyed_digest("Patient", "ZZ-0002"), keyed_digest("Patien", "tZZ-0001")}) == 3
    settings.QUARANTINE_KEY = "another key"
    assert keyed_digest("Patient", "ZZ-0001") != digest
