"""The bands and previews of reader images, and their digests under a film token."""

from __future__ import annotations

import base64

from django.core.files.storage import storages

from imaging.bitpacking import shown_digest
from reading.issuing.drawing import Digests
from studies.models import ReaderImage


def read_band(image: ReaderImage, level: str, number: int) -> bytes:
    """One band's bytes; KeyError or IndexError when the image has no such band."""
    with storages["reading"].open(image.bands[level][number]["name"]) as file:
        return bytes(file.read())


def read_preview(image: ReaderImage) -> bytes:
    """The JPEG preview."""
    with storages["reading"].open(image.bands["preview"][0]["name"]) as file:
        return bytes(file.read())


def inline_preview(image: ReaderImage) -> str:
    """The preview as a data address, so that it appears with the first frame of the page."""
    return "data:image/jpeg;base64," + base64.b64encode(read_preview(image)).decode("ascii")


def digests_shown(token: str, key: str) -> Digests:
    """SHA-256(film token || band) of every band of an image."""
    image = ReaderImage.objects.get(pk=key)
    return {
        level: [shown_digest(token, read_band(image, level, number)) for number in range(len(image.bands[level]))]
        for level in ("small", "full")
    }
