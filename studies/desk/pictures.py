"""The picture of a film for the desk: bands, preview and their digests in the store of blind images."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import storages
from django.http import Http404

from config.errors import WrongState
from imaging.bitpacking import decode
from imaging.levels import Levels
from studies.arrival.sealed_files import read_padded
from studies.models import Film

PART = re.compile(r"preview\.jpg|small/0|full/\d{1,2}")
# More than the bands of any film that intake accepts, with their padding.
LARGEST_PART = 130 * 1024 * 1024


@dataclass(frozen=True)
class DeskPicture:
    """Size, default window and the SHA-256 of each band."""

    rows: int
    columns: int
    window_center: float
    window_width: float
    bands: dict[str, list[str]]


def picture_of(film: Film) -> DeskPicture:
    """The data of the film's picture; WrongState for a film that never reached the desk."""
    if not film.desk_folder:
        raise WrongState(
            f"Film {film.pk} is {film.get_status_display().lower()} and has no image."
            " It gets one when it reaches the desk."
        )
    meta: dict[str, Any] = json.loads(read_padded(f"{film.desk_folder}/meta.json"))
    return DeskPicture(**{name: meta[name] for name in DeskPicture.__dataclass_fields__})


@dataclass(frozen=True)
class StoredLevels:
    """The levels of a picture, full or with a quarter of the pixels each way; `read` gives a file of it by its name."""

    rows: int
    columns: int
    bands: dict[str, list[str]]
    read: Callable[[str], bytes]

    @classmethod
    def of(cls, read: Callable[[str], bytes]) -> StoredLevels:
        """The levels of the picture with these files."""
        meta = json.loads(read("meta.json"))
        return cls(meta["rows"], meta["columns"], meta["bands"], read)

    def level(self, name: str) -> Levels:
        """The levels: "small" or "full"."""
        factor = 4 if name == "small" else 1
        bands = [self.read(f"{name}/{number}") for number in range(len(self.bands[name]))]
        return decode(bands, -(-self.rows // factor), -(-self.columns // factor))


def part(folder: str, name: str) -> tuple[bytes, str]:
    """The bytes of one file of a picture and their media type; 404 for any other name or none."""
    if not folder or not PART.fullmatch(name):
        raise Http404
    return read_padded(found(f"{folder}/{name}")), "image/jpeg" if name.endswith(".jpg") else "application/octet-stream"


def stored(path: str) -> bytes:
    """A file of a reader image, which is not encrypted."""
    with storages["reading"].open(found(path)) as file:
        return bytes(file.read())


def found(path: str) -> str:
    """A file of the store of blind images; 404 if it does not exist or is larger than any part of a picture."""
    store = storages["reading"]
    if not store.exists(path) or store.size(path) > LARGEST_PART:
        raise Http404
    return path
