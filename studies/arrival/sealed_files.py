"""Files that identify a film or reveal the order of a trial, encrypted in their store like originals.

Files of one film are padded, so that their size does not reveal which reader image was made from it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.core.files.storage import storages

from studies.arrival.quarantine import PIECE, SealedUpload, decrypt, opened_pieces, sealed_size

LENGTH_BYTES = 8
# More than the size of any preview, small level or description of a picture.
LEAST = 256 * 1024


def keep_padded(path: Path, name: str, least: int = LEAST) -> None:
    """Stores one file of a film, padded to a power of two above `least`; its length is at the end.

    `least` follows from the matrix: however well the pixels can be packed, the stored size stays the same.
    """
    with path.open("rb") as file:
        storages["reading"].save(name, SealedUpload(padded(file, path.stat().st_size, max(least, LEAST)), name))


def keep_tree_padded(folder: Path, name: str, least: int) -> None:
    """Stores every file under `folder` as `name`/path."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            keep_padded(path, f"{name}/{path.relative_to(folder).as_posix()}", least)


def copy_padded(name: str, out: IO[bytes]) -> None:
    """Copies the file as it was before storing."""
    with storages["reading"].open(name) as sealed:
        decrypt(sealed, out, name)
    out.seek(-LENGTH_BYTES, io.SEEK_END)
    out.truncate(int.from_bytes(out.read(LENGTH_BYTES), "big"))
    out.seek(0)


def read_padded(name: str) -> bytes:
    """The same, for files that are small enough for memory."""
    with io.BytesIO() as out:
        copy_padded(name, out)
        return out.read()


def padded(file: IO[bytes], size: int, least: int) -> Iterator[bytes]:
    yield from iter(lambda: file.read(PIECE), b"")
    left = (1 << (max(size, least) + LENGTH_BYTES - 1).bit_length()) - LENGTH_BYTES - size
    while left:
        step = min(left, PIECE)
        yield bytes(step)
        left -= step
    yield size.to_bytes(LENGTH_BYTES, "big")


def keep_export(path: Path, name: str) -> None:
    """Stores a package."""
    with path.open("rb") as file:
        storages["exports"].save(name, SealedUpload(iter(lambda: file.read(PIECE), b""), name))


def copy_export(name: str, out: IO[bytes]) -> None:
    """Decrypts the package."""
    with storages["exports"].open(name) as sealed:
        decrypt(sealed, out, name)
    out.seek(0)


def export_pieces(name: str) -> Iterator[bytes]:
    """The package piece by piece, for a download: no readable data are written to a disk."""
    with storages["exports"].open(name) as sealed:
        yield from opened_pieces(sealed, name)


def export_size(name: str) -> int:
    """The number of bytes of the package."""
    stored = storages["exports"].size(name)
    return stored - sealed_size(stored)
