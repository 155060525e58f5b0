"""Records a change: actor, action, what changed and why, committed together with the change or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models, transaction

from audit.canonical import plain
from audit.chain import PendingEvent, append, lock_heads
from audit.declared_actions import declared
from audit.models import Head
from audit.protection import PROTECTED
from audit.streams import ChainState
from audit.tracking import TRACKED

SYSTEM_ROLE = "system"


class NotAudited(RuntimeError):
    """record() was called where the event would not be committed together with the change."""


@dataclass(frozen=True)
class Actor:
    """The acting person in one role, or the acting part of the system. The label stays when the account changes."""

    user_id: int | None
    label: str
    role: str

    @classmethod
    def system(cls, name: str) -> Actor:
        """A job, a command or the DICOM receiver."""
        return cls(user_id=None, label=name, role=SYSTEM_ROLE)


class OpenTransaction(threading.local):
    """This thread's open transaction: its events, the heads it holds, and the depth of nested blocks."""

    entries: list[PendingEvent] | None = None
    held: dict[str, Head]
    depth: int = 0


open_transaction = OpenTransaction()


@contextmanager
def audited_atomic() -> Iterator[None]:
    """A transaction whose events are appended just before it commits; a nested one joins the outer one."""
    if open_transaction.entries is None:
        with outermost():
            yield
    else:
        with joined(open_transaction.entries):
            yield


@contextmanager
def outermost() -> Iterator[None]:
    entries: list[PendingEvent] = []
    try:
        with transaction.atomic(durable=True):
            open_transaction.entries, open_transaction.held, open_transaction.depth = (
                entries,
                {},
                len(connection.savepoint_ids),
            )
            yield
            append(entries, open_transaction.held)
            open_transaction.entries = None  # code run on commit has its own transaction
    finally:
        open_transaction.entries = None


@contextmanager
def joined(entries: list[PendingEvent]) -> Iterator[None]:
    kept, depth, held = len(entries), open_transaction.depth, dict(open_transaction.held)
    try:
        with transaction.atomic():
            open_transaction.depth = len(connection.savepoint_ids)
            yield
    except BaseException:
        del entries[kept:]
        open_transaction.held = held  # undoing the block has released its locks
        raise
    finally:
        open_transaction.depth = depth


def hold(streams: Iterable[str]) -> None:
    """Locks these chains until the transaction ends, so that actions on the same part of a trial take turns.

    Chains of parts are locked in one call, before anything else is locked.
    """
    if open_transaction.entries is None:
        raise NotAudited("hold() outside audited_atomic()")
    open_transaction.held |= lock_heads(set(streams) - open_transaction.held.keys())


def record(
    *,
    action: str,
    actor: Actor,
    stream: str,
    subject: tuple[str, str],
    changes: Mapping[str, Sequence[object]] | None = None,
    reason: str = "",
    details: Mapping[str, object] | None = None,
    rows: Sequence[models.Model] = (),
    tracked: Iterable[models.Model] = (),
    chains: Mapping[str, ChainState] | None = None,
) -> None:
    """Records one event. `changes` maps a field to [old, new]; `rows` are the regulated rows created by this change,
    whose digests go into the event. Every row created in a protected table must be recorded by an event.

    `tracked` are the rows of tracked tables that this change made, altered or deleted: all of them.
    `chains` records in a trial's chain that chains of its parts begin, continue or end: their heads go into the event.
    """
    rows, tracked, waiting = tuple(rows), tuple(tracked), open_entries(action)
    demand_tables(action, rows, PROTECTED.keys(), "protected")
    demand_tables(action, tracked, TRACKED.keys(), "tracked")
    entry = PendingEvent(
        action=declared(action).name,
        actor=(actor.user_id, actor.label, str(actor.role)),
        stream=stream,
        subject=(subject[0], str(subject[1])),
        changes={name: plain(pair) for name, pair in (changes or {}).items()},
        reason=reason,
        details=plain(dict(details or {})),
        rows=rows,
        tracked=tracked,
        chains=dict(chains or {}),
    )
    waiting.append(entry)


def open_entries(action: str) -> list[PendingEvent]:
    """The events of the open audited transaction."""
    if open_transaction.entries is None:
        raise NotAudited(f"record({action!r}) outside audited_atomic()")
    if len(connection.savepoint_ids) != open_transaction.depth:
        raise NotAudited(f"record({action!r}) inside transaction.atomic(): use audited_atomic() there too")
    return open_transaction.entries


def demand_tables(action: str, rows: Iterable[models.Model], known: Set[str], kind: str) -> None:
    """Checks that every row is of a table that was declared for this."""
    if loose := {row._meta.db_table for row in rows} - known:
        raise NotAudited(f"record({action!r}) is given rows of tables that are not {kind}: {', '.join(sorted(loose))}")
