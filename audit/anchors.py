"""Anchors: the heads of the chains, signed with a key that is not in the database, in files kept elsewhere.

The owner of the database could recompute a chain or cut off its tail; an anchor kept elsewhere reveals both. Each has
the heads that moved and the root over all heads; the first anchor of a day has all heads. It holds no trial data:
anyone may keep a copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.canonical import canonical, instant
from audit.merkle import merkle_root
from audit.models import Head

Place = tuple[str, int, str]  # stream, seq, hash
Heads = dict[str, Place]  # of all chains, by stream


class BadAnchor(Exception):
    """The file is not an anchor of this installation, or was altered."""


@dataclass(frozen=True)
class Anchor:
    """The content of one file: the heads that moved since the previous anchor, or all, and the root over all."""

    at: str
    full: bool
    moved: tuple[Place, ...]
    previous: str
    root: str

    def heads_after(self, before: Heads | None) -> Heads | None:
        """The heads of all chains at this anchor, given those at the previous one; None when they are not known."""
        if not self.full and before is None:
            return None
        return ({} if self.full else dict(before or {})) | {place[0]: place for place in self.moved}

    def statement(self) -> bytes:
        """The signed bytes."""
        content = {
            "at": self.at,
            "full": self.full,
            "heads": self.moved,
            "previous": self.previous,
            "root": self.root,
            "version": 2,
        }
        return canonical(content).encode()

    def digest(self) -> str:
        """The digest by which the next anchor identifies this one."""
        return hashlib.sha256(self.statement()).hexdigest()


def signing_key() -> Ed25519PrivateKey:
    """The private key; its seed is ANCHOR_KEY, 64 hexadecimal digits."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(settings.ANCHOR_KEY))


def public_key() -> Ed25519PublicKey:
    """The public key, which an auditor notes down."""
    return signing_key().public_key()


def public_key_text() -> str:
    """The public key as 64 hexadecimal digits, as people write it down."""
    return public_key().public_bytes_raw().hex()


def root_of(heads: Heads, previous: str) -> str:
    """The RFC 6962 root over the previous anchor and the head of each chain in order of name."""
    leaves = (canonical(heads[stream]).encode() for stream in sorted(heads))
    return merkle_root([bytes.fromhex(previous), *leaves]).hex()


def files() -> list[Path]:
    """The anchors in the anchor folder, in the order of their numbers."""
    return sorted(settings.ANCHOR_FOLDER.glob("anchor-*.json"))


def write() -> Path | None:
    """Writes the next anchor; None when no chain has grown since the last one."""
    settings.ANCHOR_FOLDER.mkdir(parents=True, exist_ok=True)
    with (settings.ANCHOR_FOLDER / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two at once would both follow the same anchor
        return write_next()


def write_on_commit() -> None:
    """Anchors a step that must not be undone unnoticed (lock, unlock); otherwise the sweeper writes one later."""
    transaction.on_commit(write, robust=True)


def write_next() -> Path | None:
    started = Head.objects.filter(seq__gt=0)  # where the others begin is recorded in the trials' chains
    heads: Heads = {place[0]: place for place in started.values_list("stream", "seq", "hash")}
    kept = files()
    last = read(kept[-1]) if kept else None
    before = heads_at_last(kept) if last else None
    if not heads or before == heads:
        return None
    now = instant(timezone.now())
    full = last is None or before is None or last.at[:10] != now[:10] or bool(before.keys() - heads.keys())
    moved = tuple(heads[stream] for stream in sorted(heads) if full or heads[stream] != (before or {}).get(stream))
    previous = last.digest() if last else "0" * 64
    anchor = Anchor(now, full, moved, previous, root_of(heads, previous))
    statement = anchor.statement()
    content = json.loads(statement) | {"signature": signing_key().sign(statement).hex()}
    number = int(kept[-1].name.split("-")[1]) + 1 if kept else 1
    name = f"anchor-{number:08}-{anchor.at.replace(':', '').replace('-', '')}.json"
    return keep(settings.ANCHOR_FOLDER / name, json.dumps(content, indent=1) + "\n")


def heads_at_last(kept: Sequence[Path]) -> Heads | None:
    """The heads of all chains at the last anchor, from the last full one on; None when one cannot be read."""
    later: list[Anchor] = []
    try:
        for path in reversed(kept):
            later.append(read(path))
            if later[-1].full:
                break
    except BadAnchor:
        return None
    heads: Heads | None = None
    for anchor in reversed(later):
        heads = anchor.heads_after(heads)
    return heads


def keep(path: Path, text: str) -> Path:
    temporary = path.with_suffix(".part")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
    return path


def read(path: Path) -> Anchor:
    """The anchor in the file, once its signature and, if it is full, its root are verified; BadAnchor otherwise."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        moved = tuple((str(stream), int(seq), str(head)) for stream, seq, head in content["heads"])
        anchor = Anchor(content["at"], bool(content["full"]), moved, content["previous"], content["root"])
        public_key().verify(bytes.fromhex(content["signature"]), anchor.statement())
    except InvalidSignature:
        raise BadAnchor(f"{path.name} is not signed with the key of this installation") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadAnchor(f"{path.name} cannot be read as an anchor: {type(error).__name__}") from None
    heads = anchor.heads_after(None)
    if heads is not None and anchor.root != root_of(heads, anchor.previous):
        raise BadAnchor(f"{path.name} has a root that does not follow from its heads")
    return anchor
