"""A reader's notes: a flag or a comment on a cell."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from reading.capture_chains import chain_of
from reading.models import ItemNote, Read, ReadStep
from reading.room.cells import demand_item, instrument_of
from reading.room.saving import shown_one
from reading.room.writable import hold_writable


def save_note(
    *,
    read: Read,
    actor: Actor,
    timepoint_token: str,
    item: str,
    flag: bool,
    comment: str,
    op_id: str,
    step: ReadStep | None = None,
) -> ItemNote:
    """A flag or a comment on a cell; the same operation twice is one note."""
    authorise(actor, Action.READ_CASES)
    demand_item(instrument_of(read), item)
    with audited_atomic():
        writable = hold_writable(read, step)
        timepoint = shown_one({one.token: one for one in writable.timepoints}, timepoint_token)
        if before := ItemNote.objects.filter(op_id=op_id, timepoint=timepoint, item=item).first():
            return before
        note = ItemNote.objects.create(
            timepoint=timepoint,
            item=item,
            revision=ItemNote.objects.filter(timepoint=timepoint, item=item).count() + 1,
            flag=flag,
            comment=comment[:500],
            op_id=op_id,
            saved_at=timezone.now(),
        )
        record(
            action="reading.note.saved",
            actor=actor,
            stream=chain_of(read),
            subject=("reading.read", str(read.pk)),
            details={"case": read.case.number},
            rows=[note],
        )
    return note
