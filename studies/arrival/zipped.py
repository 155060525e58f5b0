"""A file as it was sent: a film, or a zip of films, each received separately so that a bad film affects no other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from django.conf import settings

from audit.trail import Actor
from imaging.decoding.limits import Limits
from imaging.decoding.unreadable import Unreadable
from imaging.decoding.zip import Archive
from studies.arrival.intake import IntakeReceipt, ignore, receive, refuse
from studies.models import Transmittal

ZIP_SIGN = b"PK\x03\x04"
# Files that operating systems and DICOM media add to the films, in lower case.
SYSTEM_FOLDER, SYSTEM_PREFIX = "__macosx", "._"
SYSTEM_FILES = frozenset({".ds_store", "thumbs.db", "desktop.ini", "dicomdir"})


def of_the_system(path: str) -> bool:
    """Whether the name alone shows that a file is not a film: a system file, or a DICOMDIR."""
    *folders, name = path.lower().replace("\\", "/").split("/")
    return SYSTEM_FOLDER in folders or name in SYSTEM_FILES or name.startswith(SYSTEM_PREFIX)


def is_zip(file: BinaryIO) -> bool:
    """Determined by its first bytes, never by its name."""
    sign = file.read(len(ZIP_SIGN))
    file.seek(0)
    return sign == ZIP_SIGN


def receive_each(
    *, transmittal: Transmittal, name: str, file: BinaryIO, actor: Actor, **declared: Any
) -> Iterator[tuple[str, IntakeReceipt]]:
    """The film, or each film of the zip, with its name; a zip that cannot be read to its end has its own line.

    System files share one line.
    """
    if of_the_system(name):
        yield name, ignore(transmittal=transmittal, name=name, left_out=[name], actor=actor)
    elif is_zip(file):
        yield from receive_members(transmittal, name, file, actor, declared)
    else:
        yield name, receive(transmittal=transmittal, name=name, file=file, actor=actor, **declared)


def receive_members(
    transmittal: Transmittal, name: str, file: BinaryIO, actor: Actor, declared: dict[str, Any]
) -> Iterator[tuple[str, IntakeReceipt]]:
    left_out: list[str] = []
    try:
        for member, stream in members(file=file):
            if of_the_system(member):
                left_out.append(member)
                continue
            yield (
                f"{name}/{member}",
                receive(transmittal=transmittal, name=member, file=stream, actor=actor, **declared),
            )
    except Unreadable as refusal:
        file.seek(0)
        yield name, refuse(transmittal=transmittal, name=name, file=file, refusal=refusal, actor=actor)
    if left_out:
        yield name, ignore(transmittal=transmittal, name=name, left_out=left_out, actor=actor)


def members(*, file: BinaryIO) -> Iterator[tuple[str, BinaryIO]]:
    """The files of a zip, each to be received separately; a bad one raises Unreadable while it is read.

    Also raises Unreadable when the zip cannot be opened at all, or lists too many files.
    """
    for entry in Archive(file, Limits(**settings.INTAKE_LIMITS)):
        with Member(entry.chunks()) as member:
            yield entry.name, member


class Member(io.BytesIO):
    """One file of a zip as a stream; the names and sizes that the zip declares are not trusted."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        super().__init__()
        self._chunks, self._rest = chunks, b""

    def read(self, size: int | None = -1, /) -> bytes:
        """At most `size` bytes."""
        wanted = -1 if size is None else size
        while wanted < 0 or len(self._rest) < wanted:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._rest += chunk
        cut = len(self._rest) if wanted < 0 else wanted
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        return taken

    def close(self) -> None:
        """Closes the zip."""
        with suppress(AttributeError):
            self._chunks.close()  # type: ignore[attr-defined]
        super().close()
