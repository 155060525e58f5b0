"""Uploading by browser: a page for many files at once, each sent in pieces and received separately."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.roles import Action
from audit.trail import Actor
from config.errors import BadInput
from config.given_json import sent_json
from config.whole import whole_from
from config.wording import counted, quoted
from studies.access import site_or_404
from studies.arrival.delivery import deliver
from studies.arrival.intake import IntakeReceipt, open_transmittal
from studies.arrival.pieces import PIECE_BYTES, forget_stale, keep, key_of, received, whole
from studies.forms.upload import UploadForm
from studies.models import Film, Site, Transmittal, TransmittalEntry, Trial

SHOWN, SHOWN_FOR = 100, timedelta(days=7)


def upload(request: HttpRequest, code: str) -> HttpResponse:
    """The page; without scripts its form sends the files in one request."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    replaces = film_to_replace(site, request.GET.get("replaces", ""))
    form = UploadForm(site, request.POST or None, request.FILES or None, initial=chosen(request, replaces))
    if request.method == "POST" and form.is_valid():
        receipts = receive_form(trial, site, actor, form.cleaned_data, replaces)
        messages.success(
            request, f"{counted(len(receipts), 'file was', 'files were')} uploaded. See the results below."
        )
        return redirect("studies:site_upload", code)
    context = {
        "trial": trial,
        "site": site,
        "form": form,
        "replaces": replaces,
        "entries": recent(site),
        "deliveries": deliveries(site),
        "piece_bytes": PIECE_BYTES,
    }
    return render(request, "studies/site/upload.html", context, status=400 if form.errors else 200)


def film_to_replace(site: Site, pk: str) -> Film | None:
    """The film of this site that a new one replaces."""
    if not pk:
        return None
    number = whole_from(pk)
    if number is None:
        raise BadInput(f"There is no film {quoted(pk)} to replace. Choose one from the films of your site.")
    return get_object_or_404(Film.objects.select_related("visit"), site=site, pk=number)


def chosen(request: HttpRequest, replaces: Film | None) -> dict[str, Any]:
    """The choices already made by the link to this page."""
    return {"visit": replaces.visit_id if replaces else request.GET.get("visit")}


def receive_form(
    trial: Trial, site: Site, actor: Actor, typed: dict[str, Any], replaces: Film | None
) -> list[IntakeReceipt]:
    """Receives every file of the plain form."""
    transmittal = open_transmittal(trial=trial, site=site, channel="browser", actor=actor)
    about = {"visit": typed["visit"], "film_date": typed["film_date"], "replaces": replaces, "actor": actor}
    return [
        receipt
        for file in typed["films"]
        if file is not None
        for receipt in deliver(transmittal=transmittal, name=file.name, file=file.file, **about)
    ]


def entries_of(site: Site) -> QuerySet[TransmittalEntry]:
    """The files uploaded by browser, with the data of a row."""
    entries = TransmittalEntry.objects.filter(transmittal__site=site, transmittal__channel="browser")
    return entries.select_related("film__visit__plan", "film__subject", "transmittal__trial").order_by("-pk")


def recent(site: Site) -> QuerySet[TransmittalEntry]:
    """The newest of these, so that the results are still shown after the page was closed and opened again."""
    return entries_of(site).filter(at__gte=timezone.now() - SHOWN_FOR)[:SHOWN]


def deliveries(site: Site) -> QuerySet[Transmittal]:
    """Recent deliveries by any channel; one without a file has no form."""
    lately = Transmittal.objects.filter(site=site, opened_at__gte=timezone.now() - SHOWN_FOR)
    return lately.annotate(n_files=Count("entries")).filter(n_files__gt=0).order_by("-pk")[:SHOWN]


@require_POST
def start(request: HttpRequest, code: str) -> JsonResponse:
    """Opens a delivery for files that were dropped together."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    forget_stale()
    transmittal = open_transmittal(trial=trial, site=site, channel="browser", actor=actor)
    return JsonResponse({"transmittal": transmittal.token})


@require_GET
def here(request: HttpRequest, code: str, fingerprint: str) -> JsonResponse:
    """Responds with the number of bytes already received, now or on an earlier visit to the page."""
    _, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    key = key_of(site=site, user_id=actor.user_id, fingerprint=fingerprint)
    return JsonResponse({"received": received(key)})


@require_http_methods(["PUT"])
def piece(request: HttpRequest, code: str, fingerprint: str, begin: int) -> JsonResponse:
    """Accepts the next piece of a file."""
    _, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    key = key_of(site=site, user_id=actor.user_id, fingerprint=fingerprint)
    return JsonResponse({"received": keep(key=key, begin=begin, content=request.body)})


@require_POST
def finish(request: HttpRequest, code: str, fingerprint: str) -> HttpResponse:
    """Receives the file once it is complete; answers with the rows that show the result."""
    trial, site, actor = site_or_404(request, code, Action.UPLOAD_FILMS)
    said = object_sent(request)
    form = UploadForm(site, {name: "" if value is None else str(value) for name, value in said.items()})
    if not form.is_valid():
        wrong = " ".join(str(error) for errors in form.errors.values() for error in errors)
        raise BadInput(f"The file was not received. {wrong}")
    transmittal = get_object_or_404(Transmittal, site=site, sent_by=actor.user_id, token=said.get("transmittal", ""))
    replaces = film_to_replace(site, str(said.get("replaces", "")))
    key = key_of(site=site, user_id=actor.user_id, fingerprint=fingerprint)
    with whole(key=key, size=checked_size(said)) as file:
        receipts = deliver(
            transmittal=transmittal,
            name=str(said.get("name", ""))[-255:],
            file=file,
            visit=form.cleaned_data["visit"],
            film_date=form.cleaned_data["film_date"],
            replaces=replaces,
            actor=actor,
        )
    entries = entries_of(site).filter(pk__in=[receipt.entry.pk for receipt in receipts])
    return render(request, "studies/site/rows.html", {"trial": trial, "entries": entries})


def object_sent(request: HttpRequest) -> dict[str, Any]:
    """The object that the page sent."""
    said = sent_json(request)
    if not isinstance(said, dict):
        given = quoted(request.body[:80].decode(errors="replace"))
        raise BadInput(f"The request {given} is not a JSON object. Load the page again and send the file once more.")
    return said


def checked_size(said: dict[str, Any]) -> int:
    """The size of the file as stated by the browser."""
    size = said.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        raise BadInput(f"The file size must be a whole number of bytes, at least 1, and {quoted(size)} was given.")
    return size


@require_GET
def row(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """One updated row, while its film is being processed."""
    trial, site, _ = site_or_404(request, code, Action.UPLOAD_FILMS)
    entry = get_object_or_404(entries_of(site), pk=pk)
    return render(request, "studies/site/rows.html", {"trial": trial, "entries": [entry]})
