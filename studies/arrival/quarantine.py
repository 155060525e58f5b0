"""The store of identified originals: encrypted on the way in, opened only by a job or with an audit event.

AES-256-GCM in pieces of 1 MiB. Each file has its own key derived from QUARANTINE_KEY; a piece is bound to the
file's name, to its position and to being the last, so that nothing can be swapped, reordered or cut.
"""

from __future__ import annotations

import errno
import hashlib
import io
import secrets
import shutil
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import storages

from config.errors import WrongState

PIECE = 1024 * 1024
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS})
MARK, SALT, TAG = b"BRQ1", 16, 16


class StoreFull(WrongState):
    """There is too little disk space to store a file safely."""


class Tampered(Exception):
    """An original differs from what was stored: a piece was changed, moved or cut off."""


def encrypt(stream: IO[bytes], out: IO[bytes], name: str) -> None:
    """The stream sealed under a fresh key and bound to `name`."""
    for piece in sealed_pieces(iter(lambda: stream.read(PIECE), b""), name):
        out.write(piece)


def sealed_pieces(chunks: Iterator[bytes], name: str) -> Iterator[bytes]:
    """The sealed file piece by piece; the last piece is marked, so that a truncated file is detected."""
    salt = secrets.token_bytes(SALT)
    yield MARK + salt
    cipher, number, bound_to = cipher_for(salt), 0, name.encode()
    pieces = in_pieces(chunks)
    waiting = next(pieces)
    for piece in pieces:
        yield cipher.encrypt(nonce(number, last=False), waiting, bound_to)
        waiting, number = piece, number + 1
    yield cipher.encrypt(nonce(number, last=True), waiting, bound_to)


def in_pieces(chunks: Iterable[bytes]) -> Iterator[bytes | memoryview]:
    """The content in pieces of PIECE bytes and a last one of what is left; a single empty one of no content.

    Chunks that are such pieces are not copied.
    """
    parts: list[memoryview] = []
    room = PIECE
    for chunk in chunks:
        rest = memoryview(chunk)
        while len(rest):
            if not room:
                yield parts[0] if len(parts) == 1 else b"".join(parts)
                parts, room = [], PIECE
            parts.append(rest[:room])
            rest, room = rest[room:], room - len(parts[-1])
    yield b"".join(parts)


def decrypt(stream: IO[bytes], out: IO[bytes], name: str) -> None:
    """Decrypts the original; Tampered if it is not exactly what was sealed under that name."""
    for piece in opened_pieces(stream, name):
        out.write(piece)


def opened_pieces(stream: IO[bytes], name: str) -> Iterator[bytes]:
    """The same, piece by piece."""
    head = stream.read(len(MARK) + SALT)
    if len(head) < len(MARK) + SALT or not head.startswith(MARK):
        raise Tampered(f"{name} is no sealed file")
    cipher, number = cipher_for(head[len(MARK) :]), 0
    piece = stream.read(PIECE + TAG)
    while True:
        following = stream.read(PIECE + TAG)
        try:
            opened = cipher.decrypt(nonce(number, last=not following), piece, name.encode())
        except InvalidTag:
            raise Tampered(f"{name} was changed or cut") from None
        yield opened
        if not following:
            return
        piece, number = following, number + 1


def sealed_size(stored: int) -> int:
    """The number of bytes of a stored file that are not content: its header, and a tag for each piece."""
    beginning = len(MARK) + SALT
    return beginning + TAG * max(1, -(-(stored - beginning) // (PIECE + TAG)))


def nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


def cipher_for(salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt, b"quarantined original").derive(settings.QUARANTINE_KEY.encode()))


@lru_cache(maxsize=1)
def comparing_key(secret: str) -> bytes:
    return HKDF(SHA256(), 32, None, b"comparing identities").derive(secret.encode())


def keyed_digest(*words: str) -> str:
    """A digest to compare two identities without storing either; useless without QUARANTINE_KEY."""
    text = "\x1f".join(words).encode()
    return hashlib.blake2b(text, key=comparing_key(settings.QUARANTINE_KEY), digest_size=16).hexdigest()


class SealedUpload(File):  # type: ignore[type-arg]
    """The source from which a store reads: chunks sealed as they are read, never wholly in memory."""

    def __init__(self, chunks: Iterator[bytes], name: str) -> None:
        super().__init__(None, name)
        self._pieces = sealed_pieces(chunks, name)
        self._rest = b""

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        """Can be iterated only once."""
        yield from self._pieces

    def read(self, size: int = -1) -> bytes:
        """For stores that read instead."""
        while size < 0 or len(self._rest) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            self._rest += piece
        cut = len(self._rest) if size < 0 else size
        taken, self._rest = self._rest[:cut], self._rest[cut:]
        return taken

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Seeks only to the current position, before anything was read."""
        if (offset, whence) != (0, io.SEEK_SET) or self._rest:
            raise io.UnsupportedOperation("seek")
        return 0


def keep_original(chunks: Iterator[bytes]) -> str:
    """Stores an original durably under a random name and returns the name."""
    check_room()
    name = f"originals/{secrets.token_hex(16)}"
    try:
        return storages["quarantine"].save(name, SealedUpload(chunks, name))
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise StoreFull(
            "The store of originals is full, so the file was not received. Ask an administrator to make room."
        ) from error


def drop_original(name: str) -> None:
    """Deletes bytes that are not filed: those of a duplicate, or of a file that is not a film."""
    storages["quarantine"].delete(name)


def copy_original(name: str, out: IO[bytes]) -> None:
    """The unencrypted original; a job writes it to an unnamed file."""
    with storages["quarantine"].open(name) as sealed:
        decrypt(sealed, out, name)


def check_room() -> None:
    """Refuses before a disk is full, so that nothing already stored is lost."""
    for folder in settings.WRITTEN_FOLDERS:
        folder.mkdir(parents=True, exist_ok=True)
    free = min(shutil.disk_usage(folder).free for folder in settings.WRITTEN_FOLDERS)
    if free < settings.MIN_FREE_BYTES:
        raise StoreFull(
            f"The server has {free:,} bytes free and needs {settings.MIN_FREE_BYTES:,} to receive a file."
            " Ask an administrator to make room."
        )
