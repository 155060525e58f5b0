"""The review of a read before its signature: gaps, not assessable, bulk entries, flags. No sums."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from config.errors import BadInput, Refusal
from config.refusals import status_of
from instruments.definition import Instrument, Item
from reading.access import read_or_404
from reading.blinded import blind_case, queue_key
from reading.cells import ABSENT, Cell, cells_of, exposures_of, instrument_of, notes_of
from reading.models import Exposure, Read, ReadStatus, ReadStep
from reading.models.read import WRITABLE
from reading.randomisation import new_token
from reading.signing import MEANINGS, canonical_text, canonical_values, digest_of, sign_step
from reading.views.screen import see_other, step_of, unkept

SIDES = {"L": "Left", "R": "Right"}


@login_required
@require_GET
def review(request: HttpRequest, token: str) -> HttpResponse:
    """What is about to be signed."""
    read, _ = read_or_404(request, token)
    return unkept(render(request, "reading/review.html", review_context(read, step_of(read))))


@login_required
@require_POST
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Signs what the review showed; the same submission twice is one signature."""
    read, actor = read_or_404(request, token)
    step = step_of(read)
    digest = request.POST.get("values_digest", "")
    if read.status == ReadStatus.SIGNED and step.signed_values.filter(digest=digest).exists():
        return see_other(after_signing(read))
    if not isinstance(request.user, User):
        raise BadInput("signer", "nobody", "a person who is signed in")
    try:
        sign_step(
            read=read,
            step=step,
            actor=actor,
            user=request.user,
            password=request.POST.get("password", ""),
            meaning=request.POST.get("meaning", ""),
            shown_digest=digest,
        )
    except Refusal as refusal:
        context = review_context(read, step) | {"error": str(refusal)}
        return unkept(render(request, "reading/review.html", context, status=status_of(refusal)))
    return see_other(after_signing(read))


def after_signing(read: Read) -> str:
    """The next case's screen, or the worklist when none waits."""
    waiting = Read.objects.waiting_for(read.reader_id).first()
    return reverse("reading:screen", args=[waiting.token]) if waiting else reverse("reading:worklist")


def review_context(read: Read, step: ReadStep) -> dict[str, Any]:
    """Everything on the review page."""
    instrument, exposures = instrument_of(read), exposures_of(step)
    cells = cells_of(exposures)
    case = blind_case(read, step, exposures)
    gaps = cells_that(instrument, exposures, cells, lambda cell: not cell.filled)
    writable = read.status in WRITABLE
    return {
        "case": case.as_json() | {"panes": []},
        "progress": case.progress,
        "can_sign": writable and not gaps,
        "why_not": case.read_only if not writable else gaps_in_words(len(gaps)),
        "error": "",
        "values_digest": digest_of(canonical_text(canonical_values(read, step))),
        "sign_op_id": new_token(),
        "queue_key": queue_key(read),
        "meanings": [{"code": code, "label": label} for code, label in meanings_for(read).items()],
        "gaps": gaps,
        "not_assessable": cells_that(
            instrument, exposures, cells, lambda cell: bool(cell.reason) and cell.reason != ABSENT
        ),
        "bulk": cells_that(instrument, exposures, cells, lambda cell: cell.entry == "bulk"),
        "flags": flagged(instrument, exposures),
        "by_exposure": [count_cells(instrument, exposure, cells) for exposure in exposures],
    }


def gaps_in_words(count: int) -> str:
    """How many cells are empty; nothing when none is."""
    return "" if count == 0 else "1 cell is empty." if count == 1 else f"{count} cells are empty."


def meanings_for(read: Read) -> dict[str, str]:
    """What a signature may mean on this read."""
    wanted = "corrected" if read.returns.exists() else "read"
    return {wanted: MEANINGS[wanted]}


def cells_that(
    instrument: Instrument, exposures: list[Exposure], cells: dict[tuple[int, str], Cell], wanted: Any
) -> list[dict[str, str]]:
    """The cells for which the condition holds, in reading order."""
    empty = Cell(None, "", 0, "")
    return [
        describe(instrument, exposure, item, cell)
        for item in instrument.items
        for exposure in exposures
        if wanted(cell := cells.get((exposure.pk, item.key), empty))
    ]


def describe(instrument: Instrument, exposure: Exposure, item: Item, cell: Cell) -> dict[str, str]:
    """A cell in words."""
    reason = instrument.reason(cell.reason).label if cell.reason else ""
    label = f"{SIDES[item.side]} {item.region}, {item.label}, {item.feature}"
    return {
        "exposure": exposure.token,
        "letter": exposure.letter,
        "item": item.key,
        "label": label,
        "reason": reason,
        "comment": "",
    }


def flagged(instrument: Instrument, exposures: list[Exposure]) -> list[dict[str, str]]:
    """The cells the reader flagged or commented."""
    by_pk = {exposure.pk: exposure for exposure in exposures}
    empty = Cell(None, "", 0, "")
    return [
        describe(instrument, by_pk[exposure], instrument.item(item), empty) | {"comment": note.comment}
        for (exposure, item), note in notes_of(exposures).items()
        if note.flag or note.comment
    ]


def count_cells(instrument: Instrument, exposure: Exposure, cells: dict[tuple[int, str], Cell]) -> dict[str, Any]:
    """Counts of cells of one exposure, never sums of scores."""
    own = [cell for (pk, _), cell in cells.items() if pk == exposure.pk and cell.filled]
    absent = sum(cell.reason == ABSENT for cell in own)
    not_assessable = sum(bool(cell.reason) for cell in own) - absent
    return {
        "letter": exposure.letter,
        "scored": sum(cell.value is not None for cell in own),
        "not_assessable": not_assessable,
        "absent": absent,
        "empty": len(instrument.items) - len(own),
    }
