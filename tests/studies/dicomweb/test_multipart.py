"""multipart/related as senders write it, in chunks of any size."""

from __future__ import annotations

import io

import pytest

from studies.arrival.dicomweb.multipart import BrokenMultipart, Multipart, parse_content_type

BODY = (
    b"preamble to skip\r\n--edge\r\nContent-Type: application/dicom\r\nContent-Location: x\r\n\r\n"
    b"first \r\n--edg part\r\n--edge\r\n\r\nsecond\r\n--edge--\r\nepilogue"
)


class Dripping(io.BytesIO):
    """Gives a few bytes at a time, as a slow network does."""

    step = 3

    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(self.step)


def parts(body: bytes, boundary: str = "edge", step: int = 3) -> list[bytes]:
    stream = Dripping(body)
    stream.step = step
    return [b"".join(part) for part in Multipart(stream, boundary)]


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64, 100_000])
def test_parts_come_whole_however_the_body_is_cut(step: int) -> None:
    assert parts(BODY, step=step) == [b"first \r\n--edg part", b"second"]


def test_headers_are_read_and_may_be_missing() -> None:
    found = [part.headers for part in Multipart(io.BytesIO(BODY), "edge")]
    assert found == [{"content-type": "application/dicom", "content-location": "x"}, {}]


def test_a_part_nobody_read_is_passed_over() -> None:
    assert len(list(Multipart(Dripping(BODY), "edge"))) == 2


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace(b"\r\n", b"\n"),
        BODY.removesuffix(b"\r\nepilogue"),
        BODY.removeprefix(b"preamble to skip\r\n"),
        BODY.replace(b"--edge--\r\nepilogue", b"--edge"),
    ],
    ids=["bare line feeds", "no last line end", "no preamble", "no closing dashes"],
)
def test_what_senders_leave_out_is_borne(body: bytes) -> None:
    assert [part.replace(b"\r", b"") for part in parts(body)] == [b"first \n--edg part", b"second"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary at all",
        BODY[:80],
        BODY[:120],
        b"--edge\r\nno colon here\r\n\r\nx\r\n--edge--",
        b"--edge\r\n" + b"a: b\r\n" * 9000,
    ],
    ids=["empty", "no boundary", "cut in headers", "cut in a part", "no colon", "endless headers"],
)
def test_a_broken_body_says_so(body: bytes) -> None:
    with pytest.raises(BrokenMultipart):
        parts(body, step=1000)


@pytest.mark.parametrize(
    "value",
    [
        'multipart/related; type="application/dicom"; boundary="a b"',
        'Multipart/Related;boundary="a b";TYPE=application/dicom',
        'multipart/related; type=application/dicom; boundary="a b"; start="<x>"',
    ],
)
def test_parameters_may_be_quoted_or_bare(value: str) -> None:
    kind, found = parse_content_type(value)
    assert (kind, found["type"], found["boundary"]) == ("multipart/related", "application/dicom", "a b")
