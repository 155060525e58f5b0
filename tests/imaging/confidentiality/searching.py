"""Looking for planted words in raw bytes, in every writing a program may have turned them into."""

from __future__ import annotations

import base64
from pathlib import Path


def writings(word: str) -> set[bytes]:
    """The word in UTF-8, UTF-16 of either order, latin-1 and base64, as it stands and in small letters."""
    found: set[bytes] = set()
    for text in (word, word.lower(), word.title()):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            found.add(text.encode(encoding))
    if len(word) >= 8:
        found.add(base64.b64encode(word.encode())[:-4])
    return found


def survivors(words: list[str], *haystacks: bytes) -> set[str]:
    """The words that any of the byte strings still holds."""
    return {word for word in words if any(writing in hay for writing in writings(word) for hay in haystacks)}


def in_folders(words: list[str], *folders: Path) -> dict[str, set[str]]:
    """By file: the words that its content or its name still holds."""
    found = {}
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            hay = path.read_bytes() if path.is_file() else b""
            if left := survivors(words, hay, str(path.relative_to(folder)).encode()):
                found[str(path)] = left
    return found


def iso(day: str) -> str:
    """19870304 as 1987-03-04."""
    return f"{day[:4]}-{day[4:6]}-{day[6:]}"
