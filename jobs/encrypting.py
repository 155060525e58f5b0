"""Encrypting backups to a public key in the age format, and decrypting them with the private key from a file.

The private key is never on the host that makes the backups, so a person who controls the host cannot read them.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import IO

import pyrage
from pyrage.x25519 import Identity, Recipient

from config.errors import BadInput

CHUNK = 1024 * 1024
SUFFIX = ".age"
# The first bytes of files that are already encrypted: by the store of originals, or in the age format.
MARKS = (b"BRQ1", b"age-encryption.org/v1")


class NotEncrypted(Exception):
    """The content could not be read to its end, or its encrypted form could not be written."""


class NotDecrypted(Exception):
    """The content is not complete, was changed, or is encrypted to another key."""


def recipient_from(text: str) -> Recipient | None:
    """The public key; None if none is given."""
    if not text:
        return None
    try:
        return Recipient.from_str(text.strip())
    except pyrage.RecipientError:
        said = f"The recipient “{text}” is not an age public key."
        raise BadInput(f"{said} Give the line of age-keygen that begins with age1.") from None


def identity_from(path: Path) -> Identity:
    """The private key in a file as age-keygen writes it: comments, and one line with the key."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8", errors="replace").splitlines()]
    keys = [line for line in lines if line and not line.startswith("#")]
    try:
        (only,) = keys
        return Identity.from_str(only)
    except (ValueError, pyrage.IdentityError):
        said = f"The file {path} does not contain an age private key."
        raise BadInput(f"{said} It must have one line that begins with AGE-SECRET-KEY-1.") from None


def is_encrypted(source: IO[bytes]) -> bool:
    """Whether the content is encrypted already."""
    begins = source.read(max(map(len, MARKS)))
    source.seek(0)
    return begins.startswith(MARKS)


def pour(source: IO[bytes], into: IO[bytes], recipient: Recipient | None) -> None:
    """Copies the content piece by piece, encrypted if there is a recipient."""
    if recipient is None:
        shutil.copyfileobj(source, into, CHUNK)
        return
    try:
        pyrage.encrypt_io(source, into, [recipient])
    except pyrage.EncryptError as error:
        raise NotEncrypted(str(error)) from error


def pour_back(source: IO[bytes], into: IO[bytes], identity: Identity | None) -> None:
    """Copies the content piece by piece, decrypted with an identity; each piece is checked before it is written."""
    if identity is None:
        shutil.copyfileobj(source, into, CHUNK)
        return
    try:
        pyrage.decrypt_io(source, into, [identity])
    except (pyrage.DecryptError, OSError) as error:
        raise NotDecrypted(str(error)) from error
