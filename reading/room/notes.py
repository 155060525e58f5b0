"""A reader's notes: a flag or a comment on a cell."""

from __future__ import annotations

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from reading.models import ItemNote, Read, ReadStep
from reading.room.cells import instrument_of
from reading.room.sessions import lock_writable


def save_note(
    *,
    read: Read,
    actor: Actor,
    exposure_token: str,
    item: str,
    flag: bool,
    comment: str,
    op_id: str,
    step: ReadStep | None = None,
) -> ItemNote:
    """A flag or a comment on a cell; the same operation twice is one note."""
    authorise(actor, Action.READ_CASES)
    if item not in instrument_of(read).positions:
        raise BadInput("item", item, f"an item of {instrument_of(read).key}")
    with audited_atomic():
        exposures = {exposure.token: exposure for exposure in lock_writable(read, step)}
        if exposure_token not in exposures:
            raise BadInput("exposure", exposure_token, "one of this read's open exposures")
        exposure = exposures[exposure_token]
        if before := ItemNote.objects.filter(op_id=op_id, exposure=exposure, item=item).first():
            return before
        note = ItemNote.objects.create(
            exposure=exposure,
            item=item,
            revision=ItemNote.objects.filter(exposure=exposure, item=item).count() + 1,
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
            rows=[note],
        )
    return note
