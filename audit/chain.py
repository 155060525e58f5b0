"""The chain: each event carries the hash of the previous one, and is appended under a lock on its stream's head.

hash = SHA-256(0x00 | version 0x01 | length of stream, 2 bytes | stream | seq, 8 bytes | prev, 32 bytes | body).
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from audit.canonical import canonical, instant
from audit.mac import mac_of, newest_key
from audit.models import Event, Head
from audit.rows import Digest, digests
from audit.streams import ChainState, home_of, is_part, locking_order
from audit.tracking import TrackedDigest, tracked_digests

VERSION = 1
GENESIS = "0" * 64


class NoSuchChain(RuntimeError):
    """The chain of a part was never started, or its head is missing."""


@dataclass(frozen=True)
class PendingEvent:
    """An event that is waiting for the end of its transaction."""

    action: str
    actor: tuple[int | None, str, str]
    stream: str
    subject: tuple[str, str]
    changes: dict[str, Any]
    reason: str
    details: dict[str, Any]
    rows: tuple[models.Model, ...] = field(default=())
    tracked: tuple[models.Model, ...] = field(default=())
    chains: Mapping[str, ChainState] = field(default_factory=dict)


def event_hash(stream: str, seq: int, prev: str, body: str) -> str:
    """The hash of an event at its position in the chain."""
    name = stream.encode()
    place = bytes([0, VERSION]) + len(name).to_bytes(2) + name + seq.to_bytes(8) + bytes.fromhex(prev)
    return hashlib.sha256(place + body.encode()).hexdigest()


def is_hash_of(given: str, stream: str, seq: int, prev: str, body: str) -> bool:
    """Whether a stored hash is that of the event; False for an invalid hash or position."""
    try:
        return given == event_hash(stream, seq, prev, body)
    except (ValueError, OverflowError):
        return False


def append(entries: Sequence[PendingEvent], held: Mapping[str, Head]) -> None:
    """Appends the entries to their chains in the open transaction; a batch takes each lock once.

    `held` are the heads that this transaction has locked already.
    """
    if not entries:
        return
    rows = digests(row for entry in entries for row in entry.rows)
    tracked = tracked_digests(row for entry in entries for row in entry.tracked)
    heads = heads_for(entries, held)
    group, now, key = secrets.token_hex(8), timezone.now(), newest_key()
    events = []
    for entry in entries:
        wanted = [rows[row._meta.db_table, str(row.pk)] for row in entry.rows]
        recorded = sorted({tracked[row._meta.db_table, str(row.pk)] for row in entry.tracked})
        body = body_of(entry, group, now, wanted, recorded, heads)
        events.append(next_event(heads[entry.stream], entry, body, now, key))
    Event.objects.bulk_create(events)
    for stream in {entry.stream for entry in entries}:
        heads[stream].save(update_fields=["seq", "hash"])


def heads_for(entries: Sequence[PendingEvent], held: Mapping[str, Head]) -> dict[str, Head]:
    """The heads of every chain that the entries lengthen or record; those that begin are created."""
    recorded = {stream: state for entry in entries for stream, state in entry.chains.items()}
    fresh = [
        Head(stream=stream, seq=0, hash=secrets.token_hex(32))
        for stream in recorded
        if recorded[stream] == ChainState.BEGUN
    ]
    Head.objects.bulk_create(fresh, batch_size=500)
    known = {head.stream: head for head in fresh} | dict(held)
    return known | lock_heads(({entry.stream for entry in entries} | recorded.keys()) - known.keys())


def lock_heads(streams: Iterable[str]) -> dict[str, Head]:
    """The heads of the chains, locked in one order for all, which prevents deadlocks.

    The chain of a trial begins with its first event; the chain of a part must have been started.
    """
    names = sorted(streams, key=locking_order)
    begin_missing([name for name in names if not is_part(name)])
    heads = lock_in_batches(names)
    if parts := [name for name in names if name not in heads]:
        raise NoSuchChain(f"the audit chain {', '.join(parts[:5])} has no head; run verify_audit")
    return heads


def begin_missing(names: Sequence[str]) -> None:
    """Creates the heads of these trials that have none, before any is locked, so that waiting here blocks nobody."""
    known = set(Head.objects.filter(pk__in=names).values_list("pk", flat=True)) if names else set()
    missing = [Head(stream=name, seq=0, hash=GENESIS) for name in names if name not in known]
    Head.objects.bulk_create(missing, ignore_conflicts=True)


def lock_in_batches(names: Sequence[str]) -> dict[str, Head]:
    heads: dict[str, Head] = {}
    for parts in (True, False):
        group = [name for name in names if is_part(name) == parts]
        for start in range(0, len(group), 500):
            locked = Head.objects.select_for_update().filter(pk__in=group[start : start + 500]).order_by("pk")
            heads |= {head.stream: head for head in locked}
    return heads


def body_of(
    entry: PendingEvent,
    group: str,
    now: datetime,
    rows: Sequence[Digest],
    tracked: Sequence[TrackedDigest],
    heads: Mapping[str, Head],
) -> str:
    """The body of an event. The salt prevents hidden content from being guessed."""
    actor_id, label, role = entry.actor
    content: dict[str, Any] = {
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
    if tracked:
        content["tracked"] = tracked
    if entry.chains:
        content["chains"] = [
            [stream, state, heads[stream].seq, heads[stream].hash] for stream, state in entry.chains.items()
        ]
    return canonical(content)


def next_event(head: Head, entry: PendingEvent, body: str, now: datetime, key: int) -> Event:
    """The next event; moves the head forward."""
    actor_id, label, role = entry.actor
    seq, prev = head.seq + 1, head.hash
    head.seq, head.hash = seq, event_hash(head.stream, seq, prev, body)
    return Event(
        stream=head.stream,
        home=home_of(head.stream),
        seq=seq,
        prev=prev,
        hash=head.hash,
        mac=mac_of(head.hash, key),
        mac_key=key,
        body=body,
        at=now,
        action=entry.action,
        actor_id=actor_id,
        actor_label=label,
        role=role,
        subject_type=entry.subject[0],
        subject_id=entry.subject[1],
    )
