"""The kind of a file, determined by its first bytes, never by its name."""

from __future__ import annotations

from typing import Literal

from imaging.decoding.unreadable import Unreadable

FileKind = Literal["dicom", "bare-dicom", "jpeg", "png", "tiff", "zip"]

HEAD = 4096
MEDIA_TYPES: dict[FileKind, str] = {
    "dicom": "application/dicom",
    "bare-dicom": "application/dicom",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "tiff": "image/tiff",
    "zip": "application/zip",
}
FILMS: list[tuple[bytes, FileKind]] = [
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"PK\x03\x04", "zip"),
    (b"PK\x05\x06", "zip"),
]
OTHERS: list[tuple[bytes, str]] = [
    (b"GIF8", "a GIF"),
    (b"%PDF", "a PDF"),
    (b"MZ", "a program"),
    (b"\x7fELF", "a program"),
    (b"BM", "a BMP"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"PK\x07\x08", "a part of a split zip"),
    (b"\x00\x00\x00\x0cjP", "a JPEG 2000 file"),
    (b"\xff\x4f\xff\x51", "a JPEG 2000 file"),
]
TEXTS: list[tuple[bytes, str]] = [(b"<svg", "an SVG"), (b"<html", "an HTML page"), (b"<!doctype", "an HTML page")]
ALLOWED = "DICOM, JPEG, PNG, TIFF or zip"


def sniff(head: bytes) -> FileKind:
    """The kind of the file that begins with these bytes (its first 4096, or all of it)."""
    if not head:
        raise Unreadable("empty-file", "The file is empty.")
    # A second header in the preamble is allowed, so the DICOM prefix is checked first; the preamble is never kept.
    if head[128:132] == b"DICM":
        return "dicom"
    for magic, kind in FILMS:
        if head.startswith(magic):
            return kind
    if opens_with_dicom_element(head):
        return "bare-dicom"
    raise Unreadable("not-a-film", f"The file is {named(head)}. Send {ALLOWED}.")


def opens_with_dicom_element(head: bytes) -> bool:
    """A data set without preamble begins in group 0002 or 0008; its structure is checked element by element later."""
    if len(head) < 16 or head[0] not in (2, 8) or head[1] != 0:
        return False
    explicit = head[4:6].isalpha() and head[4:6].isupper()
    return explicit or int.from_bytes(head[4:8], "little") < HEAD


def named(head: bytes) -> str:
    for magic, name in OTHERS:
        if head.startswith(magic):
            return name
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "a WebP"
    if head[4:8] == b"ftyp":
        return "a video or HEIC image"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for word, name in TEXTS:
        if word in text[:1024]:
            return name
    return "of an unknown kind"
