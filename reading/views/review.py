"""The review of a read before its signature: every value, gaps, not assessable, bulk entries, flags. No sums."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.identity import signed_in
from accounts.signed_acts import meaning_of
from config.errors import Refusal
from config.refusals import status_of
from config.sent_forms import sent_from
from config.tokens import new_token
from config.wording import counted
from instruments.definition import Instrument, Item
from reading.models import DisplayedTimepoint, Read, SignedValues
from reading.room.access import Piece, piece_or_404
from reading.room.blinded import blind_case
from reading.room.cells import ABSENT, CellContent, CellContents, cells_of, instrument_of, notes_of, timepoints_of
from reading.room.impossible_codes import is_impossible, joint_in_words, reason_in_words
from reading.room.queries import CONFIRM_REASONS, confirm_items, open_query, queried_items, why_unanswered
from reading.room.queue_key import queue_key
from reading.room.score_grid import codes_on_paper, score_grid
from reading.room.signing import MEANINGS, canonical_text, canonical_values, digest_of, sign_step
from reading.room.steps import open_step, what_is_signed
from reading.views.screen import see_other, unkept
from reading.views.signed import address_after


@require_GET
def review(request: HttpRequest, token: str) -> HttpResponse:
    """The values that are about to be signed."""
    piece = piece_or_404(request, token, to_look_at=True)
    return unkept(render(request, "reading/review.html", review_context(piece)))


@sent_from("reading:review", "token")
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Signs what the review showed; the same submission twice is one signature."""
    piece = piece_or_404(request, token)
    digest = request.POST.get("values_digest", "")
    of = {"step": piece.step} if piece.step.token else {"step__read": piece.read}
    already = SignedValues.objects.filter(step__locked_at__isnull=False, digest=digest, **of)
    if already.exists():
        return see_other(after_signing(piece))
    try:
        sign_step(
            read=piece.read,
            step=piece.step,
            actor=piece.actor,
            user=signed_in(request),
            password=request.POST.get("password", ""),
            meaning=request.POST.get("meaning", ""),
            shown_digest=digest,
        )
    except Refusal as refusal:
        if already.exists():  # the same form, sent at the same moment, was processed first
            return see_other(after_signing(piece))
        return refused(request, piece, refusal, "error")
    return see_other(after_signing(piece))


@sent_from("reading:review", "token")
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Keeps the scores of joints that a query names, each under its reason; leads back to the review."""
    piece = piece_or_404(request, token)
    posted = request.POST.dict()
    given = {key.removeprefix("keep-"): str(value) for key, value in posted.items() if key.startswith("keep-")}
    try:
        confirm_items(read=piece.read, actor=piece.actor, reasons={key: given[key] for key in given if given[key]})
    except Refusal as refusal:
        return refused(request, piece, refusal, "not_kept")
    return see_other(reverse("reading:review", args=[token]))


def refused(request: HttpRequest, piece: Piece, refusal: Refusal, place: str) -> HttpResponse:
    """The review as it is now, with the refusal at that place of the page."""
    context = review_context(piece) | {place: str(refusal)}
    return unkept(render(request, "reading/review.html", context, status=status_of(refusal)))


def after_signing(piece: Piece) -> str:
    """The next step of the same case; after the last one, the confirmation and the next case."""
    if piece.step.token is None and open_step(piece.read):
        return reverse("reading:screen", args=[piece.token])
    return address_after(piece)


def review_context(piece: Piece) -> dict[str, Any]:
    """Everything on the review page."""
    read, step = piece.read, piece.step
    instrument, timepoints = instrument_of(read), timepoints_of(step)
    cells = cells_of(timepoints)
    case, queried = blind_case(piece, (), cells), queried_items(read)
    gaps = cells_that(instrument, timepoints, cells, lambda item, cell: not cell.filled)
    wrong = cells_that(instrument, timepoints, cells, lambda item, cell: is_impossible(instrument, item, cell))
    return {
        "case": case.as_json(),
        "progress": case.progress,
        "what": what_is_signed(read, step),
        "can_sign": piece.writable and not gaps and not wrong and not why_unanswered(queried),
        "why_not": case.read_only or f"{in_words(len(gaps), len(wrong))} {why_unanswered(queried)}".strip(),
        "queried": queried,
        "confirm_reasons": CONFIRM_REASONS,
        "error": "",
        "not_kept": "",
        "values_digest": digest_of(canonical_text(canonical_values(read, step))),
        "sign_op_id": new_token(),
        "queue_key": queue_key(piece.read.reader_id, piece.token),
        "meanings": [{"code": code, "label": label} for code, label in meanings_for(read).items()],
        "grid": score_grid(instrument, timepoints, cells, notes_of(timepoints)),
        "codes": codes_on_paper(instrument),
        "signatures": [signed.signature for signed in step.signed_values.select_related("signature")],
        "gaps": gaps,
        "impossible": wrong,
        "not_assessable": cells_that(
            instrument, timepoints, cells, lambda item, cell: bool(cell.reason) and cell.reason != ABSENT
        ),
        "bulk": cells_that(instrument, timepoints, cells, lambda item, cell: cell.entry == "bulk"),
        "flags": flagged(instrument, timepoints),
        "by_timepoint": [count_cells(instrument, timepoint, cells) for timepoint in timepoints],
    }


def in_words(gaps: int, impossible: int) -> str:
    """The number of cells that are empty or have an invalid code; empty if there are none."""
    empty = f"{counted(gaps, 'cell is', 'cells are')} empty." if gaps else ""
    wrong = f"{counted(impossible, 'cell holds', 'cells hold')} an impossible code." if impossible else ""
    return f"{empty} {wrong}".strip()


def meanings_for(read: Read) -> dict[str, str]:
    """The possible meanings of a signature on this read."""
    wanted = "checked" if open_query(read) else "corrected" if read.returns.exists() else "read"
    return {wanted: meaning_of(MEANINGS[wanted])}


def cells_that(
    instrument: Instrument, timepoints: list[DisplayedTimepoint], cells: CellContents, wanted: Any
) -> list[dict[str, str]]:
    """The cells for which the condition holds, in reading order."""
    empty = CellContent(None, "", 0, "")
    return [
        describe(instrument, timepoint, item, cell)
        for item in instrument.items
        for timepoint in timepoints
        if wanted(item, cell := cells.get((timepoint.pk, item.key), empty))
    ]


def describe(instrument: Instrument, timepoint: DisplayedTimepoint, item: Item, cell: CellContent) -> dict[str, str]:
    """A cell in words."""
    return {
        "timepoint": timepoint.token,
        "letter": timepoint.letter,
        "item": item.key,
        "label": joint_in_words(item),
        "reason": reason_in_words(instrument, cell.reason) if cell.reason else "",
        "comment": "",
    }


def flagged(instrument: Instrument, timepoints: list[DisplayedTimepoint]) -> list[dict[str, str]]:
    """The cells that the reader flagged or commented on."""
    by_pk = {timepoint.pk: timepoint for timepoint in timepoints}
    empty = CellContent(None, "", 0, "")
    return [
        describe(instrument, by_pk[timepoint], instrument.item(item), empty) | {"comment": note.comment}
        for (timepoint, item), note in notes_of(timepoints).items()
        if note.flag or note.comment
    ]


def count_cells(instrument: Instrument, timepoint: DisplayedTimepoint, cells: CellContents) -> dict[str, Any]:
    """Counts of cells of one timepoint, never sums of scores."""
    own = [cell for (pk, _), cell in cells.items() if pk == timepoint.pk and cell.filled]
    absent = sum(cell.reason == ABSENT for cell in own)
    not_assessable = sum(bool(cell.reason) for cell in own) - absent
    return {
        "letter": timepoint.letter,
        "scored": sum(cell.value is not None for cell in own),
        "not_assessable": not_assessable,
        "absent": absent,
        "empty": len(instrument.items) - len(own),
    }
