"""A reader declines a case or, where timepoints are mixed, one timepoint; nothing reveals which others belong to it."""

from __future__ import annotations

from django.db.models import Model
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from reading.capture_chains import chain_after_change, hold_chains
from reading.issuing.assignments import move_read
from reading.models import Read, ReadStatus, ReadStep
from reading.room.steps import status_of
from reading.states import READ_IS, demand_reason


def decline_read(*, read: Read, actor: Actor, reason: str, step: ReadStep | None = None) -> None:
    """The reader declines the case, for example because they know the patient.

    A mixed timepoint leaves the worklist alone. The others of its case stay and can be scored, without effect, or
    declined one by one: if they also left, the reader would know which they are.
    """
    authorise(actor, Action.READ_CASES)
    demand_reason(reason)
    with audited_atomic():
        hold_chains([read])
        locked = Read.objects.select_for_update().get(pk=read.pk)
        mixed = step is not None and step.token is not None
        changed: list[Model] = []
        if step is not None and mixed:
            take_off(locked, step)
            changed.append(step)
        if not (mixed and locked.status == ReadStatus.DECLINED):
            move_read(read, ReadStatus.DECLINED, decline_reason=reason.strip()[:300])
            changed.append(read)
        read.refresh_from_db(fields=["status"])
        record(
            action="reading.read.declined",
            actor=actor,
            stream=read.case.campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            reason=reason,
            details={"case": read.case.number} | ({"step": step.position} if step is not None and mixed else {}),
            tracked=changed,
            chains=chain_after_change(read),
        )


def take_off(read: Read, step: ReadStep) -> None:
    """The timepoint leaves the worklist; a signed or returned one stays with its reader."""
    status = status_of(read, step)
    taken = ReadStep.objects.filter(pk=step.pk, locked_at=None, declined_at=None).update(declined_at=timezone.now())
    if taken != 1 or status == ReadStatus.RETURNED:
        raise WrongState(f"This timepoint is {READ_IS[status]}, so it cannot be declined.")
