"""Zip archives: counted while inflating; each entry has its own answer."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from imaging.decoding.limits import Limits
from imaging.decoding.unreadable import Unreadable
from imaging.decoding.zip import Archive
from tests.imaging.decoding.reading import assert_sentences

Members = list[tuple[str | zipfile.ZipInfo, bytes]]


def packed(members: Members, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


def answers(content: bytes, limits: Limits = Limits()) -> dict[str, str | bytes]:  # noqa: B008
    """Content or reason code, by name."""
    found: dict[str, str | bytes] = {}
    for entry in Archive(io.BytesIO(content), limits):
        try:
            found[entry.name] = b"".join(entry.chunks())
        except Unreadable as refusal:
            assert_sentences(refusal.text)
            found[entry.name] = refusal.reason_code
    return found


def test_good_members_are_given_as_they_are() -> None:
    assert answers(packed([("a/b.dcm", b"one"), ("c.dcm", b"two")])) == {"a/b.dcm": b"one", "c.dcm": b"two"}


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../a.dcm",
        "a/../../b",
        "C:\\a.dcm",
        "..\\a.dcm",
        "a\\..\\..\\b",
        "a\\../b",
        "\\\\server\\a.dcm",
        "\\a.dcm",
        "C:a.dcm",
        "nul\x00.dcm",
    ],
)
def test_a_path_trick_is_refused_and_the_others_go_on(name: str) -> None:
    raw = packed([("X" * len(name), b"evil"), ("good.dcm", b"good")])
    found = answers(raw.replace(b"X" * len(name), name.encode()))
    assert sorted(map(str, found.values())) == sorted(["zip-name", str(b"good")])


def test_backslashes_part_folders_as_slashes_do() -> None:
    raw = packed([("left~a.dcm", b"one"), ("left~", b""), ("right~b.dcm", b"two")]).replace(b"~", b"\\")
    assert answers(raw) == {"left/a.dcm": b"one", "right/b.dcm": b"two"}


def test_a_link_in_a_zip_is_refused() -> None:
    link = zipfile.ZipInfo("link.dcm")
    link.external_attr = 0o120777 << 16
    assert answers(packed([(link, b"/etc/passwd"), ("good.dcm", b"good")])) == {
        "link.dcm": "zip-entry",
        "good.dcm": b"good",
    }


def test_a_bomb_is_stopped_while_it_inflates_and_the_rest_is_answered() -> None:
    found = answers(packed([("small.dcm", b"s"), ("bomb.dcm", b"\x00" * 30_000_000), ("late.dcm", b"late")]))
    assert found["small.dcm"] == b"s"
    assert found["bomb.dcm"] == "zip-ratio"
    assert set(found) == {"small.dcm", "bomb.dcm", "late.dcm"}


def test_the_size_a_zip_declares_is_not_believed() -> None:
    content = bytearray(packed([("bomb.dcm", b"\x00" * 30_000_000)]))
    directory = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, directory + 24, 100)
    assert answers(bytes(content)) == {"bomb.dcm": "zip-broken"}


def test_all_members_together_have_a_limit() -> None:
    noise = bytes(range(256)) * 4
    found = answers(packed([(f"{k}.dcm", noise) for k in range(5)], zipfile.ZIP_STORED), Limits(zip_total=3000))
    assert list(found.values()) == [noise, noise, "zip-size", "zip-size", "zip-size"]


def test_too_many_members_are_refused_before_any_is_read() -> None:
    content = packed([(f"{k}", b"") for k in range(30)])
    with pytest.raises(Unreadable) as refusal:
        list(Archive(io.BytesIO(content), Limits(zip_entries=20)))
    assert_sentences(refusal.value.text)
    assert refusal.value.reason_code == "zip-entries"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packings_that_cannot_be_stopped_in_time_are_refused(method: int) -> None:
    assert answers(packed([("a.dcm", b"\x00" * 1000)], method)) == {"a.dcm": "zip-entry"}


def test_an_encrypted_member_is_refused() -> None:
    content = bytearray(packed([("a.dcm", b"secret")]))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(mark) + at] |= 1
    assert answers(bytes(content)) == {"a.dcm": "zip-entry"}


def test_a_damaged_member_does_not_touch_the_others() -> None:
    content = bytearray(packed([("a.dcm", b"abc" * 500), ("b.dcm", b"fine")], zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    assert answers(bytes(content)) == {"a.dcm": "zip-broken", "b.dcm": b"fine"}


@pytest.mark.parametrize(
    "content", [b"PK\x03\x04" + b"x" * 100, packed([("a", b"b")])[:-10], b""], ids=["head", "cut", "empty"]
)
def test_what_is_no_zip_says_so(content: bytes) -> None:
    with pytest.raises(Unreadable) as refusal:
        Archive(io.BytesIO(content))
    assert_sentences(refusal.value.text)
    assert refusal.value.reason_code == "zip-broken"
