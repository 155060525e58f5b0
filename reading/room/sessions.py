"""Reading: opening a read, saving values, the display check of a sitting."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from reading.capture_chains import chain_of, hold_chains
from reading.issuing.assignments import move_read
from reading.models import CampaignStatus, DisplayedTimepoint, FilmLook, ItemScore, Read, ReadStatus, ReadStep, Sitting
from reading.models.read import KEPT_FOR_LOOKS
from reading.room.cells import (
    ABSENT,
    CellContent,
    CellContents,
    absent_items,
    cells_and_operations,
    instrument_of,
    timepoints_of,
)
from reading.room.change_reasons import demand_change_reason
from reading.room.looks import first_looks
from reading.room.operations import Operation, OperationResult, check_operation, conflict, new_score, repeated, saved
from reading.room.pace import demand_pace, hold_pace
from reading.room.steps import open_step, place_in
from reading.room.writable import hold_writable

BEGUN_FROM = (ReadStatus.ISSUED, ReadStatus.OPENED)
Entered = tuple[ItemScore, datetime | None]


@dataclass(frozen=True)
class Saved:
    """The outcome of each operation, and the cells of the step's timepoints afterwards."""

    outcomes: list[OperationResult]
    timepoints: list[DisplayedTimepoint]
    cells: CellContents


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


def save_values(
    *,
    read: Read,
    actor: Actor,
    operations: Sequence[Operation],
    sitting: int | None = None,
    step: ReadStep | None = None,
) -> Saved:
    """Stores each operation once, in order. An operation on an outdated revision is a conflict and stores nothing.

    Values are accepted only for the reader's current step, by default the open one.
    """
    authorise(actor, Action.READ_CASES)
    instrument = instrument_of(read)
    for operation in operations:
        check_operation(instrument, operation)
    with audited_atomic():
        writable = hold_writable(read, step)
        saved, entered = settle_operations(operations, writable.timepoints, sitting)
        if entered:
            looks = FilmLook.objects.bulk_create(first_looks(instrument, writable.films, entered))
            scores = ItemScore.objects.bulk_create([score for score, _ in entered])
            record_saving(read, actor, operations, [*looks, *scores])
    return saved


def settle_operations(
    operations: Sequence[Operation], timepoints: list[DisplayedTimepoint], sitting: int | None
) -> tuple[Saved, list[Entered]]:
    """The outcome of each operation, and the scores to store, each with the time its film was viewed."""
    by_token = {timepoint.token: timepoint for timepoint in timepoints}
    cells, stored = cells_and_operations(timepoints, {operation.op_id for operation in operations})
    outcomes: list[OperationResult] = []
    entered: list[Entered] = []
    for operation in operations:
        timepoint = shown_one(by_token, operation.timepoint)
        if operation.op_id in stored:
            outcomes.append(repeated(operation, stored[operation.op_id], timepoint))
            continue
        cell = cells.get((timepoint.pk, operation.item), CellContent(None, "", 0, ""))
        if cell.reason == ABSENT or cell.revision != operation.base_revision:
            outcomes.append(conflict(operation, cell))
            continue
        if timepoint.signed_before and (operation.value, operation.reason) != (cell.value, cell.reason):
            demand_change_reason(operation.change_reason, operation.change_note)
        score = new_score(timepoint, operation, sitting)
        entered.append((score, operation.seen_at))
        stored[score.op_id] = score
        cells[timepoint.pk, score.item] = CellContent(score.value, score.reason, score.revision, score.entry)
        outcomes.append(saved(operation, score))
    return Saved(outcomes, timepoints, cells), entered


def shown_one(timepoints: Mapping[str, DisplayedTimepoint], token: str) -> DisplayedTimepoint:
    """The open timepoint of that token."""
    if token not in timepoints:
        raise BadInput("This timepoint accepts no entries now. Load the page again.")
    return timepoints[token]


def record_saving(read: Read, actor: Actor, operations: Sequence[Operation], rows: Sequence[Model]) -> None:
    """One event for what one request saved."""
    record(
        action="reading.scores.saved",
        actor=actor,
        stream=chain_of(read),
        subject=("reading.read", str(read.pk)),
        details={
            "case": read.case.number,
            "captured": [operation.captured_at.isoformat() for operation in operations],
            "conflicts settled": [operation.resolves for operation in operations if operation.resolves],
        },
        rows=rows,
    )


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
