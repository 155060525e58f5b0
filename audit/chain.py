"""The chain: each event carries the hash of the previous one, and is appended under a lock on its stream's head.

hash = SHA-256(0x00 | version 0x01 | length of stream, 2 bytes | stream | seq, 8 bytes | prev, 32 bytes | body).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils import timezone

from audit.canonical import canonical, instant
from audit.models import Event, Head
from audit.rows import Digest, digests
from audit.tracking import TrackedDigest, tracked_digests

VERSION = 1
GENESIS = "0" * 64


@dataclass(frozen=True)
class PendingEvent:
    """An event that waits for the end of its transaction."""

    action: str
    actor: tuple[int | None, str, str]
    stream: str
    subject: tuple[str, str]
    changes: dict[str, Any]
    reason: str
    details: dict[str, Any]
    rows: tuple[models.Model, ...] = field(default=())
    tracked: tuple[models.Model, ...] = field(default=())


def event_hash(stream: str, seq: int, prev: str, body: str) -> str:
    """The hash of an event at its position in the chain."""
    name = stream.encode()
    place = bytes([0, VERSION]) + len(name).to_bytes(2) + name + seq.to_bytes(8) + bytes.fromhex(prev)
    return hashlib.sha256(place + body.encode()).hexdigest()


def append(entries: Sequence[PendingEvent]) -> None:
    """Appends the entries to their chains in the open transaction; a batch takes each lock once."""
    if not entries:
        return
    rows = digests(row for entry in entries for row in entry.rows)
    tracked = tracked_digests(row for entry in entries for row in entry.tracked)
    heads = lock_heads({entry.stream for entry in entries})
    group, now = secrets.token_hex(8), timezone.now()
    events = []
    for entry in entries:
        wanted = [rows[row._meta.db_table, str(row.pk)] for row in entry.rows]
        told = sorted({tracked[row._meta.db_table, str(row.pk)] for row in entry.tracked})
        events.append(next_event(heads[entry.stream], entry, group, now, wanted, told))
    Event.objects.bulk_create(events)
    for head in heads.values():
        head.save(update_fields=["seq", "hash"])


def lock_heads(streams: Iterable[str]) -> dict[str, Head]:
    """The heads of the streams, created where missing and locked in order of name, which prevents deadlocks."""
    names = sorted(streams)
    known = set(Head.objects.filter(pk__in=names).values_list("pk", flat=True))
    fresh = [Head(stream=name, seq=0, hash=GENESIS) for name in names if name not in known]
    if fresh:
        Head.objects.bulk_create(fresh, ignore_conflicts=True)
    locked = Head.objects.select_for_update().filter(pk__in=names).order_by("pk")
    return {head.stream: head for head in locked}


def next_event(
    head: Head, entry: PendingEvent, group: str, now: Any, rows: list[Digest], tracked: list[TrackedDigest]
) -> Event:
    """The next event; moves the head forward. The salt prevents hidden content from being guessed."""
    actor_id, label, role = entry.actor
    body = canonical(
        {
            "action": entry.action,
            "actor": {"id": actor_id, "label": label, "role": role},
            "at": instant(now),
            "changes": entry.changes,
            "details": entry.details,
            "group": group,
            "reason": entry.reason,
            "rows": rows,
            "salt": secrets.token_hex(16),
            "subject": entry.subject,
        }
        | ({"tracked": tracked} if tracked else {})
    )
    seq, prev = head.seq + 1, head.hash
    head.seq, head.hash = seq, event_hash(head.stream, seq, prev, body)
    return Event(
        stream=head.stream,
        seq=seq,
        prev=prev,
        hash=head.hash,
        body=body,
        at=now,
        action=entry.action,
        actor_id=actor_id,
        actor_label=label,
        role=role,
        subject_type=entry.subject[0],
        subject_id=entry.subject[1],
    )
