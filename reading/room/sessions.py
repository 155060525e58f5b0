"""Opening a read, and the display check of a sitting."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from reading.capture_chains import chain_of, hold_chains
from reading.issuing.assignments import move_read
from reading.models import CampaignStatus, DisplayedTimepoint, ItemScore, Read, ReadStatus, ReadStep, Sitting
from reading.models.read import KEPT_FOR_LOOKS
from reading.room.cells import (
    ABSENT,
    absent_items,
    instrument_of,
    timepoints_of,
)
from reading.room.pace import demand_pace, hold_pace
from reading.room.steps import open_step, place_in

BEGUN_FROM = (ReadStatus.ISSUED, ReadStatus.OPENED)


def open_read(*, read: Read, actor: Actor, step: ReadStep | None = None) -> None:
    """Starts a step, by default the open one, and marks every item of an absent film. Repeating it changes nothing.

    Another entry of the worklist starts only when the charter's pace allows it. A reader starts one entry at a time, so
    that two tabs cannot both use the last place allowed.
    """
    authorise(actor, Action.READ_CASES)
    step = step or open_step(read)
    if step is None or step.opened_at is not None or not can_begin(read, step):
        return
    now, timepoints = timezone.now(), timepoints_of(step)
    with audited_atomic():
        hold_chains([read])
        hold_pace(read)
        before = Read.objects.select_for_update().get(pk=read.pk).status
        fresh = ReadStep.objects.filter(Q(read__status__in=BEGUN_FROM) | KEPT_FOR_LOOKS, pk=step.pk, opened_at=None)
        if fresh.filter(read__case__campaign__status=CampaignStatus.OPEN).update(opened_at=now) != 1:
            read.refresh_from_db()
            step.refresh_from_db(fields=["opened_at"])
            return  # another request was first, or the campaign was closed
        step.opened_at = now
        if step.token is not None or before == ReadStatus.ISSUED:
            demand_pace(read, beginning=step)
        changed: list[Model] = [step]
        if before == ReadStatus.ISSUED:
            move_read(read, ReadStatus.OPENED, opened_at=now)
            changed.append(read)
        scores = ItemScore.objects.bulk_create(absences(read, timepoints, now))
        record(
            action="reading.read.opened",
            actor=actor,
            stream=chain_of(read),
            subject=("reading.read", str(read.pk)),
            changes={"status": [before, ReadStatus.OPENED if before == ReadStatus.ISSUED else before]},
            details={**place_in(read, step), "marked absent by the system": len(scores)},
            rows=scores,
            tracked=changed,
        )


def awaits_opening(read: Read, step: ReadStep) -> bool:
    """Whether the step has not been started; only a POST starts it."""
    return step.opened_at is None and can_begin(read, step)


def absences(read: Read, timepoints: Sequence[DisplayedTimepoint], now: datetime) -> list[ItemScore]:
    """The system's entries: a reason for every item of a film that does not exist."""
    instrument = instrument_of(read)
    return [
        ItemScore(
            timepoint=timepoint,
            item=item.key,
            revision=1,
            reason=ABSENT,
            entry="system",
            op_id=uuid.uuid4().hex,
            captured_at=now,
            saved_at=now,
        )
        for timepoint in timepoints
        for item in absent_items(instrument, timepoint)
    ]


def can_begin(read: Read, step: ReadStep) -> bool:
    """Whether the read may be started, or another of its mixed timepoints was declined."""
    return read.status in BEGUN_FROM or (read.status == ReadStatus.DECLINED and step.token is not None)


def begin_sitting(*, actor: Actor, reader_id: int, trial_code: str, display: dict[str, Any]) -> Sitting:
    """Stores a display check; scores entered from now on refer to it."""
    authorise(actor, Action.READ_CASES)
    with audited_atomic():
        sitting = Sitting.objects.create(reader_id=reader_id, display=display)
        record(
            action="reading.display.checked",
            actor=actor,
            stream=trial_code,
            subject=("reading.sitting", str(sitting.pk)),
            rows=[sitting],
        )
    return sitting
