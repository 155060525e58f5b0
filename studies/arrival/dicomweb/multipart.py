"""multipart/related as a stream: parts are passed on while they arrive, and no part is kept in memory.

Accepts the variants that senders use: quoted and bare parameters, CRLF or LF, parts without headers, no line end after
the last boundary.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

CHUNK = 256 * 1024
LONGEST_HEADERS = 16 * 1024
MOST_PARTS = 5_000
PARAMETER = re.compile(r';\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]*))')


class BrokenMultipart(Exception):
    """The body does not match its content type."""


class Readable(Protocol):
    """A request's body."""

    def read(self, size: int = -1, /) -> bytes: ...


def parse_content_type(value: str) -> tuple[str, dict[str, str]]:
    """Media type and parameters, names in lower case."""
    kind = value.partition(";")[0].strip().lower()
    found = {name.lower(): quoted or bare for name, quoted, bare in PARAMETER.findall(value)}
    return kind, found


@dataclass
class MimePart:
    """One part: its headers, and its bytes, which can be read once."""

    headers: dict[str, str]
    _chunks: Iterator[bytes]

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


class Multipart:
    """The parts of a body, in order."""

    def __init__(self, body: Readable, boundary: str) -> None:
        if not 1 <= len(boundary) <= 200:
            raise BrokenMultipart("The content type does not name a boundary.")
        self._body, self._buffer, self._ended = body, b"\r\n", False
        self._mark = b"\n--" + boundary.encode("latin-1", "replace")

    def __iter__(self) -> Iterator[MimePart]:
        """Skips the unread rest of a part."""
        for _ in self._until_mark():
            pass
        for _ in range(MOST_PARTS):
            if self._is_last():
                return
            part = MimePart(self._headers(), self._until_mark())
            yield part
            for _ in part:
                pass
        raise BrokenMultipart(f"The body has more than {MOST_PARTS} parts.")

    def _more(self) -> bool:
        chunk = b"" if self._ended else self._body.read(CHUNK)
        self._ended = not chunk
        self._buffer += chunk
        return bool(chunk)

    def _until_mark(self) -> Iterator[bytes]:
        """The bytes before the next boundary, without the line end that belongs to it."""
        keep = len(self._mark) + 1
        while (at := self._buffer.find(self._mark)) < 0:
            if len(self._buffer) > keep:
                passed, self._buffer = self._buffer[:-keep], self._buffer[-keep:]
                yield passed
            if not self._more():
                raise BrokenMultipart("The body ends before its last boundary.")
        content, self._buffer = self._buffer[:at], self._buffer[at + len(self._mark) :]
        yield content.removesuffix(b"\r")

    def _is_last(self) -> bool:
        while len(self._buffer) < 2 and self._more():
            pass
        return self._buffer.startswith(b"--") or (self._ended and not self._buffer.strip())

    def _headers(self) -> dict[str, str]:
        """The headers up to the empty line; a part may have none."""
        headers: dict[str, str] = {}
        line = self._line()  # the rest of the boundary line
        while line := self._line():
            name, found, value = line.partition(b":")
            if not found:
                raise BrokenMultipart("A part has a header without a colon.")
            headers[name.decode("latin-1").strip().lower()] = value.decode("latin-1").strip()
        return headers

    def _line(self) -> bytes:
        while (at := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LONGEST_HEADERS or not self._more():
                raise BrokenMultipart("The headers of a part do not end.")
        line, self._buffer = self._buffer[:at], self._buffer[at + 1 :]
        return line.removesuffix(b"\r")
