"""A reader's notes: a flag or a comment on a cell."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from reading.models import ItemNote, Read, ReadStep
from reading.room.cells import demand_item, instrument_of
from reading.room.sessions import lock_writable, shown_one


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
        timepoint = shown_one({timepoint.token: timepoint for timepoint in lock_writable(read, step)}, timepoint_token)
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
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            details={"case": read.case.number},
            rows=[note],
        )
    return note
