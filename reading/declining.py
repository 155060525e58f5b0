"""A reader gives a case back."""

from __future__ import annotations

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from reading.assignments import move_read
from reading.models import Read, ReadStatus


def decline_read(*, read: Read, actor: Actor, reason: str) -> None:
    """The reader gives the case back, for example because he knows the patient."""
    authorise(actor, Action.READ_CASES)
    if not reason.strip():
        raise BadInput("reason", reason, "a sentence")
    with audited_atomic():
        move_read(read, ReadStatus.DECLINED, decline_reason=reason.strip()[:300])
        record(
            action="reading.read.declined",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            reason=reason,
        )
