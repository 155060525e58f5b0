"""One edit of one cell: the request from a browser, the checks before it is stored, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from config.errors import BadInput
from config.wording import either, quoted
from instruments.definition import Instrument
from reading.models import DisplayedTimepoint, ItemScore
from reading.room.capture_times import is_plausible
from reading.room.cells import CellContent, demand_item
from reading.room.change_reasons import kept_change


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
class OperationResult:
    """The result of an operation, and the content of its cell now."""

    op_id: str
    status: str
    timepoint: str
    item: str
    revision: int
    value: int | None
    reason: str
    saved_at: datetime


def check_operation(instrument: Instrument, operation: Operation) -> None:
    """Checks that the item exists and that the value or reason may be entered."""
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


def saved(operation: Operation, score: ItemScore, status: str = "saved") -> OperationResult:
    """The operation was saved as this score."""
    return OperationResult(
        operation.op_id,
        status,
        operation.timepoint,
        score.item,
        score.revision,
        score.value,
        score.reason,
        score.saved_at,
    )


def repeated(operation: Operation, score: ItemScore, timepoint: DisplayedTimepoint) -> OperationResult:
    """The operation was already stored; the stored content."""
    if score.timepoint_id != timepoint.pk or score.item != operation.item:
        raise BadInput("This entry was already saved for another cell. Load the page again.")
    return saved(operation, score, "duplicate")


def conflict(operation: Operation, cell: CellContent) -> OperationResult:
    """The cell has a newer revision; the reader decides which to keep."""
    now = timezone.now()
    return OperationResult(
        operation.op_id, "conflict", operation.timepoint, operation.item, cell.revision, cell.value, cell.reason, now
    )
