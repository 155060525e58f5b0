"""Files that identify a film or reveal the order of a trial, encrypted in their store like originals.

Files of one film are padded, so that their size does not reveal which reader image was made from it.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from django.core.files.storage import storages

from imaging.bitpacking import most_bytes
from studies.arrival.quarantine import PIECE, SealedUpload, decrypt, opened_pieces, sealed_size

LENGTH_BYTES = 8
# More than the size of any preview or description of a picture.
LEAST = 256 * 1024
QUARTER = 4
ZEROS = bytes(PIECE)


def keep_padded(path: Path, name: str, least: int = LEAST) -> None:
    """Stores one file of a film, padded to a power of two above `least`; its length is at the end.

    `least` follows from the matrix: however well the pixels can be packed, the stored size stays the same.
    """
    with path.open("rb") as file:
        storages["reading"].save(name, SealedUpload(padded(file, path.stat().st_size, max(least, LEAST)), name))


def keep_picture_padded(folder: Path, name: str, picture: Mapping[str, Any]) -> None:
    """Stores every file of a picture under `folder` as `name`/path; `picture` is the content of its meta.json."""
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            keep_padded(path, f"{name}/{path.relative_to(folder).as_posix()}", largest_size(path.parent.name, picture))


def largest_size(level: str, picture: Mapping[str, Any]) -> int:
    """The size of the largest possible band of a level, or of any preview and description."""
    heights = picture["band_rows"].get(level)
    columns = -(-picture["columns"] // QUARTER) if level == "small" else picture["columns"]
    return most_bytes(max(heights), columns) if heights else LEAST


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
        yield ZEROS[:step]
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
