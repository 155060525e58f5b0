"""Checks that stored files are unchanged: originals and bands of reader images, each by its SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import IO

from django.core.files.base import File
from django.core.files.storage import storages

from audit.verify_files import Checked
from studies.arrival.quarantine import Tampered
from studies.arrival.work_folder import opened_original
from studies.models import Film, ReaderImage


def originals(after: str) -> Iterator[Checked]:
    """Each original, decrypted and compared with the digest taken when it was received."""
    films = Film.objects.exclude(original_file="").order_by("pk")
    for film in (films.filter(pk__gt=int(after)) if after else films).iterator():
        fault = fault_of_original(film)
        yield Checked(str(film.pk), "studies_film", [fault] if fault else [])


def fault_of_original(film: Film) -> str:
    """The fault of one original; empty if it is what was received."""
    try:
        with opened_original(film) as file:
            file.seek(0)
            found = digest_of(file)
    except OSError:
        return "its original is missing"
    except Tampered:
        return "its original cannot be decrypted"
    return "" if found == film.sha256 else "its original is not the file that was received"


def bands(after: str) -> Iterator[Checked]:
    """Each reader image: the bands and the preview that readers see."""
    images = ReaderImage.objects.only("bands").order_by("pk")
    for image in (images.filter(pk__gt=after) if after else images).iterator():
        yield Checked(image.pk, "studies_readerimage", altered_bands(image))


def altered_bands(image: ReaderImage) -> list[str]:
    """The bands of the image that are missing or altered, in words."""
    found = []
    for band in [band for level in image.bands.values() for band in level if "sha256" in band]:
        try:
            with storages["reading"].open(band["name"]) as file:
                digest = digest_of(file)
        except OSError:
            found.append(f"file {band['name']} is missing")
            continue
        if digest != band["sha256"]:
            found.append(f"file {band['name']} was altered")
    return found


def digest_of(file: IO[bytes] | File[bytes]) -> str:
    """SHA-256 of a file in hex."""
    found = hashlib.sha256()
    while chunk := file.read(1 << 20):
        found.update(chunk)
    return found.hexdigest()
