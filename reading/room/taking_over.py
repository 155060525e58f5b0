"""Continuing a read in another browser window: the previous window stops accepting entries."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from reading.capture_chains import chain_of
from reading.models import Read, ReadStep
from reading.room.writable import hold_writable


def take_over_read(*, read: Read, actor: Actor, step: ReadStep | None = None) -> None:
    """Records that the reader continues in another window; WrongState for a step that accepts no entries."""
    authorise(actor, Action.READ_CASES)
    with audited_atomic():
        hold_writable(read, step)
        record(
            action="reading.read.taken-over",
            actor=actor,
            stream=chain_of(read),
            subject=("reading.read", str(read.pk)),
            details={"case": read.case.number},
        )
