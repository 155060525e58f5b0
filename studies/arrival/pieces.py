"""A file sent by a browser in pieces: kept encrypted until it is complete, so that a lost connection can resume.

Each piece is a file in the quarantine store, named by its offset and length; nothing else is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.utils import timezone

from config.errors import BadInput, WrongState
from config.wording import quoted
from studies.arrival.quarantine import SealedUpload, check_room, decrypt
from studies.models import Site

PIECE_BYTES = 4 * 1024 * 1024
FOLDER = "pieces"
# Unfinished uploads are deleted after a week.
KEPT = timedelta(days=7)
PIECE_NAME = re.compile(r"(\d{12})-(\d+)")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def key_of(*, site: Site, user_id: int | None, fingerprint: str) -> str:
    """The name under which one person's file is collected; no request of another person can reach it."""
    if not FINGERPRINT.fullmatch(fingerprint):
        raise BadInput(
            f"The fingerprint of the file must be 64 hexadecimal digits, and {quoted(fingerprint)} was given."
            " Load the page again and choose the file once more."
        )
    text = f"{site.pk}/{user_id}/{fingerprint}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()


def store() -> Storage:
    """The store of pieces: next to the originals, with the same key."""
    return storages["quarantine"]


def listed(folder: str) -> tuple[list[str], list[str]]:
    """Folders and files in a folder; in an object store, a missing folder is empty."""
    try:
        return store().listdir(folder)
    except FileNotFoundError:
        return [], []


def pieces_of(key: str) -> list[tuple[int, int]]:
    """Offset and length of the consecutive pieces from the start."""
    names = listed(f"{FOLDER}/{key}")[1]
    found = {int(match[1]): int(match[2]) for name in names if (match := PIECE_NAME.fullmatch(name))}
    in_a_row, end = [], 0
    while end in found:
        in_a_row.append((end, found[end]))
        end += found[end]
    return in_a_row


def received(key: str) -> int:
    """How many bytes have been received."""
    return sum(length for _, length in pieces_of(key))


def keep(*, key: str, begin: int, content: bytes) -> int:
    """Stores the next piece; returns how many bytes have been received. Sending a piece again changes nothing."""
    if not 0 < len(content) <= PIECE_BYTES:
        raise BadInput(f"The piece of the file has {len(content):,} bytes. Send 1 to {PIECE_BYTES:,} bytes at once.")
    here = received(key)
    if begin + len(content) == here:
        return here
    if begin != here:
        raise WrongState(
            f"The piece that begins at byte {begin} does not follow. Send the piece that begins at byte {here}."
        )
    if begin + len(content) > settings.MAX_REQUEST_BYTES:
        raise BadInput(
            f"The file has at least {begin + len(content):,} bytes."
            f" Only files of up to {settings.MAX_REQUEST_BYTES:,} bytes are received."
        )
    check_room()
    name = piece_name(key, begin, len(content))
    store().save(name, SealedUpload(iter([content]), name))
    return here + len(content)


def piece_name(key: str, begin: int, length: int) -> str:
    """The name of one piece, to which its encryption is bound."""
    return f"{FOLDER}/{key}/{begin:012d}-{length}"


@contextmanager
def whole(*, key: str, size: int) -> Iterator[IO[bytes]]:
    """The complete file, for as long as it is needed; its pieces are deleted once it has been received."""
    pieces = pieces_of(key)
    if sum(length for _, length in pieces) != size:
        raise WrongState(
            f"{received(key):,} of the {size:,} bytes of the file have arrived. Send the rest of it first."
        )
    folder = Path(settings.WORK_FOLDER)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as file:
        for begin, length in pieces:
            name = piece_name(key, begin, length)
            with store().open(name) as sealed:
                decrypt(sealed, file, name)
        file.seek(0)
        yield file
    forget(key)


def forget(key: str) -> None:
    """Deletes the pieces of one file."""
    for name in listed(f"{FOLDER}/{key}")[1]:
        store().delete(f"{FOLDER}/{key}/{name}")
    store().delete(f"{FOLDER}/{key}")


def forget_stale() -> None:
    """Deletes the pieces of abandoned files."""
    oldest = timezone.now() - KEPT
    for key in listed(FOLDER)[0]:
        names = [f"{FOLDER}/{key}/{name}" for name in listed(f"{FOLDER}/{key}")[1]]
        if names and max(store().get_modified_time(name) for name in names) < oldest:
            forget(key)
