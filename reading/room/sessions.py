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
from config.wording import either, quoted
from instruments.definition import Instrument
from reading.capture_chains import chain_of, hold_chains
from reading.issuing.assignments import move_read
from reading.models import CampaignStatus, DisplayedTimepoint, FilmLook, ItemScore, Read, ReadStatus, ReadStep, Sitting
from reading.models.read import KEPT_FOR_LOOKS
from reading.room.capture_times import is_plausible
from reading.room.cells import (
    ABSENT,
    Cell,
    Cells,
    absent_items,
    cells_and_operations,
    demand_item,
    instrument_of,
    timepoints_of,
)
from reading.room.change_reasons import demand_change_reason, kept_change
from reading.room.looks import first_looks
from reading.room.pace import demand_pace, hold_pace
from reading.room.steps import open_step, place_in
from reading.room.writable import hold_writable

BEGUN_FROM = (ReadStatus.ISSUED, ReadStatus.OPENED)
Told = tuple[ItemScore, datetime | None]


@dataclass(frozen=True)
class Operation:
    """One edit of one cell as the reader's browser sends it; `op_id` makes repeating it harmless.

    `seen_at` is when the cell's film had been opened in full on that screen.
    """

    op_id: str
    timepoint: str
    item: str
    value: int | None
    reason: str
    base_revision: int
    captured_at: datetime
    entry: str
    dwell_ms: int
    resolves: str = ""
    seen_at: datetime | None = None
    change_reason: str = ""
    change_note: str = ""


@dataclass(frozen=True)
class Outcome:
    """The result of an operation, and the content of its cell now."""

    op_id: str
    status: str
    timepoint: str
    item: str
    revision: int
    value: int | None
    reason: str
    saved_at: datetime


@dataclass(frozen=True)
class Saved:
    """The outcome of each operation, and the cells of the step's timepoints afterwards."""

    outcomes: list[Outcome]
    timepoints: list[DisplayedTimepoint]
    cells: Cells


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
            return  # another request was faster, or the campaign has been closed
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
    """Whether the step is yet to be started; only a POST starts it."""
    return step.opened_at is None and can_begin(read, step)


def absences(read: Read, timepoints: Sequence[DisplayedTimepoint], now: datetime) -> list[ItemScore]:
    """What the system enters: a reason for every item of a film that does not exist."""
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

    Values are accepted only for the step that the reader is at, by default the open one.
    """
    authorise(actor, Action.READ_CASES)
    instrument = instrument_of(read)
    for operation in operations:
        check_operation(instrument, operation)
    with audited_atomic():
        writable = hold_writable(read, step)
        saved, told = settle_operations(operations, writable.timepoints, sitting)
        if told:
            looks = FilmLook.objects.bulk_create(first_looks(instrument, writable.films, told))
            scores = ItemScore.objects.bulk_create([score for score, _ in told])
            record_saving(read, actor, operations, [*looks, *scores])
    return saved


def settle_operations(
    operations: Sequence[Operation], timepoints: list[DisplayedTimepoint], sitting: int | None
) -> tuple[Saved, list[Told]]:
    """The outcome of each operation, and the scores to store, each with the time its film was viewed."""
    by_token = {timepoint.token: timepoint for timepoint in timepoints}
    cells, stored = cells_and_operations(timepoints, {operation.op_id for operation in operations})
    outcomes: list[Outcome] = []
    told: list[Told] = []
    for operation in operations:
        timepoint = shown_one(by_token, operation.timepoint)
        if operation.op_id in stored:
            outcomes.append(repeated(operation, stored[operation.op_id], timepoint))
            continue
        cell = cells.get((timepoint.pk, operation.item), Cell(None, "", 0, ""))
        if cell.reason == ABSENT or cell.revision != operation.base_revision:
            outcomes.append(conflict(operation, cell))
            continue
        if timepoint.signed_before and (operation.value, operation.reason) != (cell.value, cell.reason):
            demand_change_reason(operation.change_reason, operation.change_note)
        score = new_score(timepoint, operation, sitting)
        told.append((score, operation.seen_at))
        stored[score.op_id] = score
        cells[timepoint.pk, score.item] = Cell(score.value, score.reason, score.revision, score.entry)
        outcomes.append(saved(operation, score))
    return Saved(outcomes, timepoints, cells), told


def check_operation(instrument: Instrument, operation: Operation) -> None:
    """The item exists, the value or the reason is one that may be entered."""
    item = demand_item(instrument, operation.item)
    reasons = {reason.code: reason.label for reason in instrument.reasons}
    if operation.reason and operation.reason not in reasons:
        text = f"The reason for {item.label} cannot be {quoted(operation.reason)}. Choose {either(reasons.values())}."
        raise BadInput(text)
    if operation.value is not None and operation.value not in item.allowed:
        raise BadInput(f"The score of {item.label} cannot be {operation.value}. Choose {either(item.allowed)}.")
    if operation.value is not None and operation.reason:
        raise BadInput(f"The entry for {item.label} has both a score and a reason for having none. Keep one of them.")
    if operation.entry not in ("key", "click", "bulk"):
        raise BadInput(f"The entry method cannot be {quoted(operation.entry)}. It is key, click or bulk.")


def shown_one(timepoints: Mapping[str, DisplayedTimepoint], token: str) -> DisplayedTimepoint:
    """The open timepoint of that token."""
    if token not in timepoints:
        raise BadInput("This timepoint accepts no entries now. Load the page again.")
    return timepoints[token]


def new_score(timepoint: DisplayedTimepoint, operation: Operation, sitting: int | None) -> ItemScore:
    """The next revision of the cell. Before the first signature no reason for a change is kept."""
    now = timezone.now()
    return ItemScore(
        timepoint=timepoint,
        item=operation.item,
        revision=operation.base_revision + 1,
        value=operation.value,
        reason=operation.reason,
        entry=operation.entry,
        op_id=operation.op_id,
        captured_at=operation.captured_at,
        captured_plausible=is_plausible(operation.captured_at, now),
        saved_at=now,
        dwell_ms=operation.dwell_ms,
        sitting_id=sitting,
        **kept_change(timepoint, operation.change_reason, operation.change_note),
    )


def saved(operation: Operation, score: ItemScore, status: str = "saved") -> Outcome:
    """The operation was saved as this score."""
    return Outcome(
        operation.op_id,
        status,
        operation.timepoint,
        score.item,
        score.revision,
        score.value,
        score.reason,
        score.saved_at,
    )


def repeated(operation: Operation, score: ItemScore, timepoint: DisplayedTimepoint) -> Outcome:
    """The operation was stored before; what was stored for it."""
    if score.timepoint_id != timepoint.pk or score.item != operation.item:
        raise BadInput("This entry was already saved for another cell. Load the page again.")
    return saved(operation, score, "duplicate")


def conflict(operation: Operation, cell: Cell) -> Outcome:
    """The cell has a newer revision; the reader decides which to keep."""
    now = timezone.now()
    return Outcome(
        operation.op_id, "conflict", operation.timepoint, operation.item, cell.revision, cell.value, cell.reason, now
    )


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
