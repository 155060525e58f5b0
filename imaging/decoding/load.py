"""A film of any kind as stored pixels: what the operations of the decoder work on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from imaging.decoding.aspect import squared
from imaging.decoding.display import stored
from imaging.decoding.header import DicomFilm, read_dicom
from imaging.decoding.limits import Limits
from imaging.decoding.pixels import Pixels, decode
from imaging.decoding.plain import read_plain
from imaging.decoding.sniff import HEAD, FileKind, sniff
from imaging.decoding.unreadable import Unreadable
from imaging.levels import StoredPixels


@dataclass(frozen=True)
class Loaded:
    """Decoded pixels, and the checked DICOM file they came from unless it was a plain picture."""

    kind: FileKind
    film: DicomFilm | None
    pixels: Pixels

    @property
    def stored(self) -> StoredPixels:
        """The pixels with the display parameters of the header."""
        return stored(self.film.dataset if self.film else Dataset(), self.pixels)


def kind_of(path: Path) -> FileKind:
    """The kind of file by its first bytes; a zip is not a film."""
    with path.open("rb") as file:
        kind = sniff(file.read(HEAD))
    if kind == "zip":
        raise Unreadable("zip-nested", "The file is a zip inside a zip. Send the films in one zip.")
    return kind


def load(path: Path, limits: Limits) -> Loaded:
    """Reads, checks and decodes."""
    kind = kind_of(path)
    if kind in ("dicom", "bare-dicom"):
        film = read_dicom(path, limits)
        return Loaded(kind, film, squared(film.dataset, decode(film), limits))
    return Loaded(kind, None, read_plain(path, kind, limits))


def pixel_digest(pixels: Pixels) -> str:
    """SHA-256 of the stored values with their form: equal for the same picture in any encoding."""
    rows, columns = pixels.values.shape
    form = f"{rows}x{columns}:{pixels.bits_stored}:{pixels.signed}:{pixels.photometric}:"
    found = hashlib.sha256(form.encode())
    # Sixteen bits each, so that the width of the container does not matter.
    found.update(np.ascontiguousarray(pixels.values, dtype="<u2").data.cast("B"))
    return found.hexdigest()
