"""A query to a reader: the items to check in fixed words; each is confirmed under a reason or changed, then signed.

An item is shown with every timepoint that has its film, whatever was found: neither a direction nor a value nor which
items were found by a check and which were drawn at random.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils import timezone

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted, either, quoted
from reading.capture_chains import chain_of, hold_chains
from reading.models import DisplayedTimepoint, Read, ReadQuery, ReadStatus, ReadStep
from reading.room.cells import ABSENT, CellContent, CellContents, cells_of, instrument_of, timepoints_of
from reading.room.impossible_codes import joint_in_words
from reading.room.steps import open_step

CONFIRM_REASONS = {
    "looked-again": "I looked at the films again and am keeping the scores",
    "hard-to-see": "The films show the joint poorly, and I am keeping the scores",
    "altered-joint": "The joint was altered by surgery or another disease, and I am keeping the scores",
}


@dataclass(frozen=True)
class QueriedItem:
    """An item to check: its place and letters in words, whether it was changed, and the reason if it was confirmed."""

    key: str
    label: str
    letters: tuple[str, ...]
    changed: bool
    reason: str

    @property
    def is_answered(self) -> bool:
        """Whether the reader has changed or confirmed it."""
        return self.changed or bool(self.reason)

    @property
    def says(self) -> str:
        """The reason in words."""
        return CONFIRM_REASONS.get(self.reason, "")


def open_query(read: Read) -> ReadQuery | None:
    """The query that the reader has to answer, if the read was returned for one."""
    if read.status != ReadStatus.RETURNED:
        return None
    return ReadQuery.objects.filter(read=read, sent_at__isnull=False, answered_at=None).first()


def queried_items(read: Read) -> list[QueriedItem]:
    """The items to check, in the order of the instrument; none without an open query."""
    query, step = open_query(read), open_step(read)
    return items_of(query, read, step) if query and step else []


def items_of(query: ReadQuery, read: Read, step: ReadStep) -> list[QueriedItem]:
    """The items of a query as they stand."""
    instrument, timepoints = instrument_of(read), timepoints_of(step)
    cells, signed = cells_of(timepoints), signed_cells(step)
    found = []
    for item in (instrument.item(key) for key in query.items):
        shown = [one for one in timepoints if cell_in(cells, one, item.key).reason != ABSENT]
        changed = any(differs(cell_in(cells, one, item.key), signed[one.token].get(item.key)) for one in shown)
        letters = tuple(one.letter for one in shown)
        reason = query.confirmed.get(item.key, "")
        found.append(QueriedItem(item.key, joint_in_words(item), letters, changed, reason))
    return found


def cell_in(cells: CellContents, timepoint: DisplayedTimepoint, item: str) -> CellContent:
    """The content of a cell, which may be empty."""
    return cells.get((timepoint.pk, item), CellContent(None, "", 0, ""))


def signed_cells(step: ReadStep) -> dict[str, dict[str, list[object]]]:
    """The cells as signed last, by timepoint token and item: value, reason, revision."""
    values = json.loads(step.signed_values.latest("version").values)
    return {token: entered["values"] for token, entered in values["timepoints"].items()}


def differs(cell: CellContent, signed: list[object] | None) -> bool:
    """Whether a cell has another grade or reason than was signed."""
    return [cell.value, cell.reason] != (signed[:2] if signed else [None, ""])


def confirm_items(*, read: Read, actor: Actor, reasons: Mapping[str, str]) -> None:
    """Records for items of the open query that their scores stay, and why; the same reasons sent twice change nothing.

    The signature that follows covers them.
    """
    authorise(actor, Action.READ_CASES)
    for reason in reasons.values():
        if reason not in CONFIRM_REASONS:
            text = f"The reason for keeping a score cannot be {quoted(reason)}."
            raise BadInput(f"{text} Choose {either(map(quoted, CONFIRM_REASONS.values()))}.")
    with audited_atomic():
        hold_chains([read])
        read.refresh_from_db(fields=["status"])
        query = open_query(read)
        if query is None:
            raise WrongState("This read has no cells to check now. Load the page again.")
        if unknown := sorted(set(reasons) - set(query.items)):
            raise BadInput(f"The cell {quoted(unknown[0])} is not among those to check. Load the page again.")
        if query.confirmed | reasons == query.confirmed:
            return
        ReadQuery.objects.filter(pk=query.pk).update(confirmed=query.confirmed | reasons)
        record(
            action="reading.query.confirmed",
            actor=actor,
            stream=chain_of(read),
            subject=("reading.read", str(read.pk)),
            details={"case": read.case.number, "confirmed": len(reasons)},
            tracked=[query],
        )


def why_unanswered(items: list[QueriedItem]) -> str:
    """The number of items that are neither changed nor confirmed; empty if there are none."""
    left = sum(not one.is_answered for one in items)
    return (
        f"{counted(left, 'joint')} to check {'is' if left == 1 else 'are'} neither changed nor confirmed."
        if left
        else ""
    )


def demand_answered(items: list[QueriedItem]) -> None:
    """WrongState while an item to check is neither changed nor confirmed."""
    if text := why_unanswered(items):
        raise WrongState(f"{text} Change its scores or give a reason for keeping them.")


def answers_of(items: list[QueriedItem]) -> dict[str, str]:
    """What the signature covers: for each item, "changed" or the reason for which it stays."""
    return {one.key: "changed" if one.changed else one.reason for one in items}


def close_query(read: Read) -> list[ReadQuery]:
    """Records that the query of a read was answered. Inside the transaction in which it is signed again."""
    sent = ReadQuery.objects.filter(read=read, sent_at__isnull=False, answered_at=None)
    closed = list(sent)
    sent.update(answered_at=timezone.now())
    return closed
