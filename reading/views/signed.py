"""After a signature: what was signed, and a link to the next case. Nothing is opened here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from reading.models import SignedValues
from reading.room.access import Piece, piece_or_404
from reading.room.blinded import blind_case
from reading.room.cells import cells_of, timepoints_of
from reading.room.pace import wait_for
from reading.room.queue_key import queue_key
from reading.room.worklist import waiting_for
from reading.views.screen import unkept


@require_GET
def signed(request: HttpRequest, token: str) -> HttpResponse:
    """Confirms that the entry is signed; an unsigned entry redirects to its screen."""
    piece = piece_or_404(request, token)
    if piece.step.locked_at is None:
        return redirect("reading:screen", token)
    waiting = waiting_for(piece.read.reader_id, 1)
    following = waiting[0] if waiting else None
    wait = wait_for(following) if following else None
    context = {
        "case": blind_case(piece, (), cells_of(timepoints_of(piece.step))).as_json(),
        "what": "Timepoint" if piece.step.token else "Case",
        "signature": signature_of(piece),
        "following": following if following and not wait else None,
        "wait": wait,
        "queue_key": queue_key(piece.read.reader_id, piece.token),
    }
    return unkept(render(request, "reading/signed.html", context))


def signature_of(piece: Piece) -> SignedValues:
    """The newest signature under the step."""
    return SignedValues.objects.select_related("signature").filter(step=piece.step).latest("version")


def address_after(piece: Piece) -> str:
    """The page after a signature: a training read with its reference, or an offer of the next case."""
    name = "reading:screen" if piece.read.case.campaign.trains else "reading:signed"
    return reverse(name, args=[piece.token])
