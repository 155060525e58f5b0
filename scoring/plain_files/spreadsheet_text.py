"""The text of a CSV file as spreadsheets save it: UTF-8, UTF-16 or Windows-1252 (Latin-1), with its separator."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from pathlib import Path

from config.errors import BadInput

UTF_8 = "UTF-8"
UTF_16 = "UTF-16"
LATIN = "Windows-1252 (Latin-1)"
WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
SEPARATORS = ",;\t"


@dataclass(frozen=True)
class SheetText:
    """The text, its encoding, its separator, and whether a line sep= before the header names the separator."""

    text: str
    encoding: str
    delimiter: str
    names_delimiter: bool


def read_text(path: Path) -> SheetText:
    """The text of a file; BadInput names a file that cannot be read or is not text."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BadInput(f"The file {path} cannot be read: {error.strerror}.") from None
    if content.startswith(WORKBOOKS):
        raise BadInput(f"The file {path.name} is a workbook. Save it as CSV first.")
    text, encoding = decoded(content, path.name)
    if "\0" in text:
        raise BadInput(f"The file {path.name} is not text: it contains the character NUL. Save it as CSV in UTF-8.")
    first = text.split("\n", 1)[0].rstrip("\r")
    named = len(first) == len("sep=;") and first.lower().startswith("sep=") and first[-1] in SEPARATORS
    delimiter = first[-1] if named else max(SEPARATORS, key=first.count)
    return SheetText(text, encoding, delimiter, named)


def decoded(content: bytes, name: str) -> tuple[str, str]:
    """UTF-16 by its byte order mark or its zero bytes; UTF-8 wherever the bytes allow it; Windows-1252 for the rest."""
    try:
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return content.decode("utf-16"), UTF_16
        if order := order_without_mark(content):
            return content.decode(order), UTF_16
        return content.decode("utf-8-sig"), UTF_8
    except UnicodeDecodeError as error:
        if error.encoding.startswith("utf-16"):
            raise BadInput(f"The file {name} is not valid UTF-16 at byte {error.start}.") from None
    try:
        return content.decode("cp1252"), LATIN
    except UnicodeDecodeError as error:
        byte = hex(error.object[error.start])
        raise BadInput(
            f"The file {name} is not text in {UTF_8}, {UTF_16} or {LATIN}: byte {error.start} is {byte}."
        ) from None


def order_without_mark(content: bytes) -> str:
    """UTF-16 without a byte order mark: the first letters of the header have a zero byte each."""
    if content[1:4:2] == b"\0\0":
        return "utf-16-le"
    return "utf-16-be" if content[0:3:2] == b"\0\0" else ""


def said_of_encoding(path: Path) -> str:
    """The encoding in which a file was read, if it is not UTF-8."""
    encoding = read_text(path).encoding
    return "" if encoding == UTF_8 else f"The file {path.name} was read as {encoding}."
