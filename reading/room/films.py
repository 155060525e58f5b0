"""The bands and previews of reader images, and their digests under a film token."""

from __future__ import annotations

import base64
from collections.abc import Iterable

from django.core.files.storage import storages

from imaging.bitpacking import shown_digest
from reading.issuing.drawing import Digests, DigestsOf
from studies.models import ReaderImage


def read_band(image: ReaderImage, level: str, number: int) -> bytes:
    """One band's bytes; KeyError or IndexError if the image has no such band."""
    with storages["reading"].open(image.bands[level][number]["name"]) as file:
        return bytes(file.read())


def read_preview(image: ReaderImage) -> bytes:
    """The JPEG preview."""
    with storages["reading"].open(image.bands["preview"][0]["name"]) as file:
        return bytes(file.read())


def inline_preview(image: ReaderImage) -> str:
    """The preview as a data address, so that it appears with the first frame of the page."""
    return "data:image/jpeg;base64," + base64.b64encode(read_preview(image)).decode("ascii")


def digests_of_images(keys: Iterable[str]) -> DigestsOf:
    """The digests of each of these images under a film's token, from the digests computed when the image was made.

    No band is read, so the time does not depend on the number of reads of a film.
    """
    images = ReaderImage.objects.only("bands").in_bulk(list(keys))

    def under(token: str, key: str) -> Digests:
        bands = images[key].bands
        return {level: [shown_digest(token, band["sha256"]) for band in bands[level]] for level in ("small", "full")}

    return under
