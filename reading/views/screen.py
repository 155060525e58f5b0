"""The reading screen and the requests it sends. Nothing here names a subject, a visit, a site or a date."""

from __future__ import annotations

import re
from dataclasses import asdict
from datetime import datetime
from typing import Any, TypeVar

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from config.days import moment_from
from config.errors import BadInput
from config.given_json import sent_json
from config.sent_forms import sent_from
from config.wording import quoted
from reading.campaigns.image_problems import PROBLEMS, report_problem
from reading.campaigns.training import awaits_reference, lay_beside
from reading.charter.terms import Terms
from reading.models import DisplayedFilm, DisplayedTimepoint
from reading.room.access import Piece, piece_or_404
from reading.room.blinded import (
    blind_case,
    describe_instrument,
    in_reading_order,
    next_case,
    present_values,
    progress_of,
    screen_terms,
    terms_for,
)
from reading.room.cells import CellContents, cells_of, instrument_of
from reading.room.change_reasons import CHANGE_REASONS
from reading.room.films import inline_preview, read_band, read_preview
from reading.room.notes import save_note
from reading.room.operations import Operation
from reading.room.queries import queried_items
from reading.room.queue_key import queue_key
from reading.room.saving import save_values
from reading.room.served import keep_served
from reading.room.sessions import awaits_opening, open_read
from reading.room.steps import film_shown, timepoints_shown
from reading.room.taking_over import take_over_read
from studies.models import ReaderImage

Answer = TypeVar("Answer", bound=HttpResponseBase)

MAX_OPERATIONS = 50
OP_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def sitting_of(request: HttpRequest) -> int | None:
    """The key of the display check made in this session, if any; a session belongs to one person."""
    return request.session.get("sitting")


@require_http_methods(["GET", "POST"])
def screen(request: HttpRequest, token: str) -> HttpResponse:
    """The reading screen. A POST begins the case; a GET of one that is not begun offers to, and changes nothing."""
    piece = piece_or_404(request, token, to_look_at=True)
    terms = terms_for(piece.read)
    if terms.display_check_required and sitting_of(request) is None:
        return redirect(reverse("reading:display-check") + f"?next={request.path}")
    if request.method == "POST":
        open_read(read=piece.read, actor=piece.actor, step=piece.step)
        if not in_place(request):
            return see_other(request.path)
    elif awaits_opening(piece.read, piece.step):
        return unkept(render(request, "reading/begin.html", {"what": "timepoint" if piece.step.token else "case"}))
    return unkept(render(request, "reading/screen.html", screen_context(request, piece, terms)))


def screen_context(request: HttpRequest, piece: Piece, terms: Terms) -> dict[str, Any]:
    """The data of the screen."""
    shown = timepoints_shown(piece.read, piece.step)
    cells, queried = cells_of(shown), queried_items(piece.read)
    return {
        "case": blind_case(piece, shown, cells).as_json()
        | {"awaits_reference": awaits_reference(piece.read), "signed_before": piece.step.signed_values.exists()}
        | {"queried": [one.key for one in queried]},
        "queried": queried,
        "previews": {} if in_place(request) else first_previews(shown),
        "instrument": describe_instrument(instrument_of(piece.read), terms),
        "values": values_shown(piece, shown, cells),
        "terms": screen_terms(terms),
        "queue_key": queue_key(piece.read.reader_id, piece.token),
        "next_case": next_case(piece),
        "change_reasons": [{"code": code, "label": label} for code, label in CHANGE_REASONS.items()],
        "problems": [{"code": code, "label": label} for code, label in PROBLEMS.items()],
    }


def values_shown(piece: Piece, timepoints: list[DisplayedTimepoint], cells: CellContents) -> dict[str, Any]:
    """The contents of the cells; on a signed training read, the reference as well."""
    found = present_values(timepoints, cells)
    if not piece.writable and piece.read.case.campaign.trains:
        lay_beside(found, piece.read)
    return found


def in_place(request: HttpRequest) -> bool:
    """Whether the page replaces one that has already fetched its films; otherwise it fetches the previews itself."""
    return request.headers.get("X-Requested-With") == "fetch"


def first_previews(timepoints: list[DisplayedTimepoint]) -> dict[str, str]:
    """The previews of the first side by film token."""
    first = [in_reading_order(timepoint)[0] for timepoint in timepoints]
    return {film.token: inline_preview(film.reader_image) for film in first if film.reader_image}


def unkept(response: Answer) -> Answer:
    """The response is not stored anywhere and does not reveal its age."""
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def preview(request: HttpRequest, token: str, film: str) -> HttpResponse:
    """The preview of a film in the reader's own read."""
    _, _, image = film_or_404(request, token, film)
    return unkept(HttpResponse(read_preview(image), content_type="image/jpeg"))


@require_GET
def band(request: HttpRequest, token: str, film: str, level: str, number: int) -> HttpResponse:
    """One band of a level of a film in the reader's own read; the first of the full level is recorded."""
    piece, shown, image = film_or_404(request, token, film)
    if level not in ("small", "full") or number >= len(image.bands[level]):
        raise Http404
    content = read_band(image, level, number)
    if level == "full" and not hasattr(shown, "served"):
        keep_served(read=piece.read, actor=piece.actor, films=[shown])
    return unkept(HttpResponse(content, content_type="application/octet-stream"))


def film_or_404(request: HttpRequest, token: str, film: str) -> tuple[Piece, DisplayedFilm, ReaderImage]:
    """A film on the person's own screen with its reader image; films of other reads are not looked up."""
    piece = piece_or_404(request, token, to_look_at=True)
    shown = film_shown(piece.read, piece.step, film)
    if shown is None or shown.reader_image is None:
        raise Http404
    return piece, shown, shown.reader_image


@require_POST
def values(request: HttpRequest, token: str) -> HttpResponse:
    """Saves operations; returns the outcome of each and how many cells are filled."""
    piece = piece_or_404(request, token)
    given = body_of(request, "ops")
    if len(given) > MAX_OPERATIONS:
        raise BadInput(f"At most {MAX_OPERATIONS} entries are saved at a time. The request has {len(given)}.")
    operations = [parse_operation(one) for one in given]
    saved = save_values(
        read=piece.read, actor=piece.actor, operations=operations, sitting=sitting_of(request), step=piece.step
    )
    progress = progress_of(piece, saved.cells, saved.timepoints)
    return JsonResponse({"results": [answer_of(asdict(outcome)) for outcome in saved.outcomes], **progress})


def body_of(request: HttpRequest, name: str) -> list[dict[str, Any]]:
    """The named list of objects of a JSON body."""
    body = sent_json(request)
    given = body.get(name) if isinstance(body, dict) else None
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise BadInput(f"The request is not JSON with a list of objects under {quoted(name)}.")
    return given


def parse_operation(given: dict[str, Any]) -> Operation:
    """An operation as the browser sends it; BadInput names what is wrong with it."""
    try:
        return Operation(
            op_id=op_id_of(given["op_id"]),
            timepoint=text_of(given["timepoint"], "timepoint"),
            item=text_of(given["item"], "item"),
            value=None if given["value"] is None else whole(given["value"], "value", 100),
            reason=text_if_any(given, "reason"),
            base_revision=whole(given["base_revision"], "base_revision", 1_000_000),
            captured_at=moment(given["captured_at"], "captured_at"),
            entry=text_of(given["entry"], "entry"),
            dwell_ms=whole(given.get("dwell_ms", 0), "dwell_ms", 2_000_000_000),
            resolves=text_if_any(given, "resolves")[:40],
            seen_at=moment(given["seen_at"], "seen_at") if given.get("seen_at") else None,
            change_reason=text_if_any(given, "change_reason"),
            change_note=text_if_any(given, "change_note"),
        )
    except KeyError as missing:
        raise BadInput(f"The entry has no field {quoted(missing.args[0])}.") from None


def whole(given: object, name: str, largest: int) -> int:
    """A whole number from 0 to the largest."""
    if not isinstance(given, int) or isinstance(given, bool) or not 0 <= given <= largest:
        raise BadInput(f"The field {name} cannot be {quoted(given)}. Give a whole number from 0 to {largest}.")
    return given


def text_of(given: object, name: str) -> str:
    """Text."""
    if not isinstance(given, str):
        raise BadInput(f"The field {name} cannot be {quoted(given)}. Give text.")
    return given


def text_if_any(given: dict[str, Any], name: str) -> str:
    """Text, or nothing."""
    return "" if given.get(name) is None else text_of(given[name], name)


def op_id_of(given: object) -> str:
    """The id by which an entry is recognised when it is sent again; without one, two entries would count as one."""
    if not isinstance(given, str) or not OP_ID.fullmatch(given):
        text = f"The field op_id cannot be {quoted(given)}."
        raise BadInput(f"{text} Give 1 to 40 letters, digits, hyphens and underscores.")
    return given


def yes_or_no(given: object, name: str) -> bool:
    """True or false."""
    if not isinstance(given, bool):
        raise BadInput(f"The field {name} cannot be {quoted(given)}. Give true or false.")
    return given


def moment(given: object, name: str) -> datetime:
    """A time with its zone in ISO 8601."""
    try:
        return moment_from(str(given))
    except ValueError:
        text = f"The field {name} cannot be {quoted(given)}. Give a time such as 2026-01-31T12:00:00.000Z."
        raise BadInput(text) from None


def answer_of(outcome: dict[str, Any]) -> dict[str, Any]:
    """An outcome with its time as text."""
    return outcome | {"saved_at": outcome["saved_at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")}


@require_POST
def notes(request: HttpRequest, token: str) -> HttpResponse:
    """Saves a flag or a comment on a cell."""
    piece = piece_or_404(request, token)
    (given,) = body_of_one(request)
    note = save_note(
        read=piece.read,
        actor=piece.actor,
        step=piece.step,
        timepoint_token=text_of(given.get("timepoint", ""), "timepoint"),
        item=text_of(given.get("item", ""), "item"),
        flag=yes_or_no(given.get("flag", False), "flag"),
        comment=text_if_any(given, "comment"),
        op_id=op_id_of(given.get("op_id", "")),
    )
    answer = {"op_id": note.op_id, "timepoint": given["timepoint"], "item": note.item, "flag": note.flag}
    saved_at = note.saved_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return JsonResponse({**answer, "comment": note.comment, "saved_at": saved_at, **progress_of(piece)})


def body_of_one(request: HttpRequest) -> list[dict[str, Any]]:
    """A JSON body that is one object."""
    given = sent_json(request)
    if not isinstance(given, dict):
        raise BadInput("The request is not a JSON object.")
    return [given]


@sent_from("reading:screen", "token")
def problem(request: HttpRequest, token: str) -> HttpResponse:
    """Reports an image problem to the coordinator."""
    piece = piece_or_404(request, token)
    report_problem(
        read=piece.read,
        actor=piece.actor,
        step=piece.step,
        film_token=request.POST.get("film", ""),
        reason=request.POST.get("kind", ""),
        note=request.POST.get("text", ""),
    )
    return see_other(reverse("reading:screen", args=[token]))


@require_POST
def take_over(request: HttpRequest, token: str) -> HttpResponse:
    """Records that the reader continues in this window."""
    piece = piece_or_404(request, token)
    take_over_read(read=piece.read, actor=piece.actor, step=piece.step)
    return HttpResponse(status=204)


def see_other(address: str) -> HttpResponse:
    """303: the response to a form is at another address."""
    return HttpResponseRedirect(address, status=303)
