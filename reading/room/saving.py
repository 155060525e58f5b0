"""Saving values: each operation is stored once, and an entry on an outdated revision is a conflict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Model

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput
from reading.capture_chains import chain_of
from reading.models import DisplayedTimepoint, FilmLook, ItemScore, Read, ReadStep
from reading.room.cells import ABSENT, CellContent, CellContents, cells_and_operations, instrument_of
from reading.room.change_reasons import demand_change_reason
from reading.room.looks import first_looks
from reading.room.operations import Operation, OperationResult, check_operation, conflict, new_score, repeated, saved
from reading.room.writable import hold_writable

Entered = tuple[ItemScore, datetime | None]


@dataclass(frozen=True)
class Saved:
    """The outcome of each operation, and the cells of the step's timepoints afterwards."""

    outcomes: list[OperationResult]
    timepoints: list[DisplayedTimepoint]
    cells: CellContents


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
