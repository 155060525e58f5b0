"""Whether two files with one SOP Instance UID contain the same image, even if one was losslessly compressed.

The content is stored in two halves: the keyed digest of the header alone, then that of the header with its pixel bytes.
"""

from __future__ import annotations

from typing import Any

from imaging.decoder import client
from imaging.decoding.unreadable import Unreadable
from studies.arrival.work_folder import opened_original
from studies.models import Film
from studies.sealing_key import keyed_pixels

HALF = 32


def content_of(seen: dict[str, Any]) -> str:
    """The content of a file that the decoder has inspected; empty for a plain picture."""
    header, whole = keyed_pixels(seen["header_sha256"]), keyed_pixels(seen["content_sha256"])
    return (header or whole)[:HALF] + whole[:HALF]


def reencoded(film: Film, content: str, other: Film, kept: str) -> bool:
    """Whether `film`, with its content, is `other`, with its stored content, in another encoding.

    They have the same header and the same decoded pixels.

    Decodes films that were not decoded before, so it is called outside any transaction.
    """
    if not content or kept[:HALF] != content[:HALF]:
        return False
    pixels = pixels_of(film)
    return bool(pixels) and pixels == pixels_of(other)


def pixels_of(film: Film) -> str:
    """The keyed digest of its decoded pixels; empty if they cannot be decoded."""
    if film.pixel_sha256:
        return film.pixel_sha256
    try:
        with opened_original(film) as original:
            return keyed_pixels(client.run("compare", film=original)["pixel_sha256"])
    except Unreadable:
        return ""
