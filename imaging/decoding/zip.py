"""Zip archives: size counted while inflating, names shown but never used on disk, a separate result for each entry."""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from imaging.decoding.limits import DEFAULT, Limits
from imaging.decoding.unreadable import Unreadable

CHUNK = 256 * 1024
END = struct.Struct("<4s4H2LH")
END64_LOCATOR = struct.Struct("<4sLQL")
END64 = struct.Struct("<4sQ2H2L4Q")


def too_many(entries: int, limits: Limits) -> str:
    """The refusal of a zip with more entries than may be in one."""
    return f"The zip has {entries:,} entries. At most {limits.zip_entries:,} are allowed."


@dataclass
class Archive:
    """An open archive and the number of bytes inflated so far."""

    file: BinaryIO
    limits: Limits = DEFAULT
    inflated: int = 0
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.size = self.file.seek(0, 2)
        count = declared_entries(self.file, self.size)
        if count > self.limits.zip_entries:
            raise Unreadable("zip-entries", too_many(count, self.limits))
        try:
            self._zip = zipfile.ZipFile(self.file)
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise Unreadable("zip-broken", "The zip cannot be opened. It may be cut short.") from error

    def __iter__(self) -> Iterator[ArchiveEntry]:
        """Every entry that is a file, wanted or not."""
        listed = self._zip.infolist()
        if len(listed) > self.limits.zip_entries:
            raise Unreadable("zip-entries", too_many(len(listed), self.limits))
        return (ArchiveEntry(self, info) for info in listed if not path(info).endswith("/"))

    def count(self, inflated: int, entry: int, compressed: int) -> None:
        """Adds inflated bytes; declared sizes may be false, so only the inflated bytes are counted."""
        self.inflated += inflated
        if self.inflated > self.limits.zip_total:
            raise Unreadable("zip-size", f"The zip inflates to more than {self.limits.zip_total:,} bytes in total.")
        packed = min(compressed, self.size)
        if entry > self.limits.zip_ratio * packed + self.limits.zip_slack or (
            self.inflated > self.limits.zip_ratio * self.size + self.limits.zip_slack
        ):
            raise Unreadable("zip-ratio", f"The zip inflates to more than {self.limits.zip_ratio} times its size.")
        if entry > self.limits.file:
            raise Unreadable("file-too-large", f"The file has more than {self.limits.file:,} bytes.")


@dataclass(frozen=True)
class ArchiveEntry:
    """One file of an archive; its name is for people only."""

    archive: Archive
    info: zipfile.ZipInfo

    @property
    def name(self) -> str:
        """The name as the sender wrote it, with its folders and without control characters."""
        return re.sub(r"[\x00-\x1f\x7f]", "?", path(self.info))

    def chunks(self) -> Iterator[bytes]:
        """The inflated bytes; Unreadable as soon as the entry is faulty or a limit is exceeded."""
        check_entry(self.info)
        done = 0
        try:
            with self.archive._zip.open(self.info) as stream:
                while chunk := stream.read(CHUNK):
                    done += len(chunk)
                    self.archive.count(len(chunk), done, self.info.compress_size)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            raise Unreadable("zip-broken", "The entry is damaged or cut short.") from error


def path(info: zipfile.ZipInfo) -> str:
    """Some programs separate folders with backslashes."""
    return info.orig_filename.replace("\\", "/")


def check_entry(info: zipfile.ZipInfo) -> None:
    name = path(info)
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or re.search(r"\x00|^[A-Za-z]:", name):
        raise Unreadable("zip-name", "The name in the zip points outside it or has a forbidden character.")
    mode = info.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Unreadable("zip-entry", "The entry is a link or a device. Send plain files only.")
    if info.flag_bits & 0x41:
        raise Unreadable("zip-entry", "The entry is encrypted. Send a zip without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("zip-entry", "The entry is compressed by an unusual method. Use stored or deflated.")


def declared_entries(file: BinaryIO, size: int) -> int:
    """The number of entries in the end record, so that a huge directory is refused before it is read into memory."""
    start = max(0, size - (END.size + 65535))
    file.seek(start)
    tail = file.read()
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < END.size:
        raise Unreadable("zip-broken", "The zip has no directory. It may be cut short.")
    end = END.unpack_from(tail, at)
    entries, directory = int(end[4]), int(end[5])
    if at >= END64_LOCATOR.size and tail[at - END64_LOCATOR.size : at].startswith(b"PK\x06\x07"):
        entries, directory = declared_in_zip64(file, tail[at - END64_LOCATOR.size : at], size)
    # A directory entry takes 46 bytes and a name; a directory that is much larger contains something else.
    return max(entries, directory // 4096)


def declared_in_zip64(file: BinaryIO, locator: bytes, size: int) -> tuple[int, int]:
    offset = END64_LOCATOR.unpack(locator)[2]
    if offset + END64.size > size:
        raise Unreadable("zip-broken", "The zip has no directory. It may be cut short.")
    file.seek(offset)
    record = END64.unpack(file.read(END64.size))
    return record[7], record[8]
