"""The imaging lead's score checks: signed reads with a finding, and one read with its films and values. Read only.

While the campaign is open nothing here opens a seal: no subject, visit, date or order, and no other reader's scores.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from accounts.roles import Action
from config.cells import Column, Link
from config.errors import Refusal
from config.filters import ChoiceFilter
from config.listing import Listing
from config.refusals import status_of
from config.sent_forms import sent_from
from instruments.definition import Instrument
from reading.issuing.queries import asks_readers
from reading.models import Campaign, CampaignStatus, Read
from reading.room.cells import instrument_of_campaign
from reading.room.films import read_preview
from scoring.checks.after_close import SHOWN_IN
from scoring.checks.one_read import panes_of, values_of
from scoring.checks.order_rules import AFTER_CLOSE
from scoring.checks.queries import in_preparation, mark_items, prepare_batch, query_of
from scoring.checks.rules import KINDS, RuleFinding
from scoring.checks.signed_sheets import CheckedRead, checked_campaign, entries_of, signed_of
from scoring.views.agreement_choice import campaign_for
from studies.access import trial_or_404
from studies.models import ReaderImage

LABELS = KINDS | AFTER_CLOSE
Row = dict[str, Any]


@require_GET
def checks(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The signed reads of a campaign with a finding, a row for each finding."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    instrument, checked = instrument_of_campaign(campaign), checked_campaign(campaign)
    rows = [row_of(instrument, one, finding, campaign) for one in checked.found for finding in one.findings]
    listing = Listing(
        request,
        rows,
        columns=COLUMNS,
        name=f"score-checks-{campaign.code}",
        caption="Findings",
        search=["case", "reader"],
        empty="No signed read has a finding." if checked.count else "No read of this campaign has been signed yet.",
    )
    context = {"trial": campaign.trial, "campaign": campaign, "checked": checked.count}
    context["closed"] = campaign.status in SHOWN_IN
    if asks_readers(campaign):
        context["outcomes"] = context["closed"]
        context["preparing"] = in_preparation(campaign) if campaign.status == CampaignStatus.OPEN else None
    return listing.respond("scoring/checks.html", context)


COLUMNS = [
    Column("case", "Case", "case", "case"),
    Column("reader", "Reader", "reader", "reader"),
    Column("kind", "Check", "kind", "kind", ChoiceFilter("kind", [(label, label) for label in LABELS.values()])),
    Column("where", "Place", "where", "where"),
    Column("joints", "Joints", "joints"),
    Column("number", "Values to review", "number", "number"),
    Column("open", "", "open", csv=False),
]


def row_of(instrument: Instrument, one: CheckedRead, finding: RuleFinding, campaign: Campaign) -> Row:
    """A finding in words."""
    address = reverse("scoring:check", args=[campaign.trial.code, campaign.code, one.read.token])
    return {
        "case": one.read.case.number,
        "reader": str(one.read.reader),
        "kind": LABELS[finding.kind],
        "where": finding.where,
        "joints": joints_in_words(instrument, finding),
        "number": len(finding.items),
        "open": Link("Films and values", address),
    }


def joints_in_words(instrument: Instrument, finding: RuleFinding) -> str:
    """The joints of a finding, each once."""
    items = [instrument.item(key) for key in finding.items]
    return ", ".join(dict.fromkeys(item.place for item in items))


@sent_from("scoring:checks", "code", "slug")
def prepare(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """Prepares a batch of queries from the marks, for a coordinator to release."""
    _, actor = trial_or_404(request, code, Action.MARK_QUERIES)
    _, campaign = campaign_for(request, code, slug, Action.MARK_QUERIES)
    batch = prepare_batch(campaign=campaign, actor=actor)
    messages.success(request, f"Batch {batch.number} has been prepared. A coordinator can now release it.")
    return redirect("scoring:checks", code, slug)


@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, code: str, slug: str, token: str) -> HttpResponse:
    """The films and values of a signed read, with the joints of its findings marked; a POST marks some for a query."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    read = get_object_or_404(signed_of(campaign), token=token)
    if request.method == "POST":
        _, actor = trial_or_404(request, code, Action.MARK_QUERIES)
        items = request.POST.getlist("items")
        try:
            mark_items(read=read, actor=actor, items=items)
        except Refusal as refusal:
            return check_page(request, campaign, read, refusal, items)
        messages.success(request, "The marks for the next batch of queries have been saved.")
        return redirect(request.path)
    return check_page(request, campaign, read)


def check_page(
    request: HttpRequest, campaign: Campaign, read: Read, refusal: Refusal | None = None, items: Collection[str] = ()
) -> HttpResponse:
    """The page of a read; after a refusal with its text and the items as they were sent."""
    instrument, entries = instrument_of_campaign(campaign), entries_of([read])[read.pk]
    findings = checked_campaign(campaign).of(read)
    marked = {key for finding in findings for key in finding.items}
    panes, query = panes_of(read, instrument, marked), query_of(read, findings)
    if query and refusal:
        query = replace(query, marked=frozenset(items))
    context = {
        "trial": campaign.trial,
        "campaign": campaign,
        "read": read,
        "findings": [(LABELS[one.kind], one.where, joints_in_words(instrument, one)) for one in findings],
        "panes": panes,
        "values": values_of(instrument, panes, entries, marked),
        "query": query,
        "error": str(refusal or ""),
    }
    status = status_of(refusal) if refusal else 200
    return private(render(request, "scoring/check.html", context, status=status))


@require_GET
def check_film(request: HttpRequest, code: str, slug: str, film: str) -> HttpResponse:
    """The picture of a film in a signed read of the campaign."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    reads = signed_of(campaign).filter(case__consent_withdrawn=False)
    shown = Q(displayedfilm__token=film, displayedfilm__timepoint__step__read__in=reads)
    return private(HttpResponse(read_preview(get_object_or_404(ReaderImage, shown)), content_type="image/jpeg"))


def private(response: HttpResponse) -> HttpResponse:
    """Prevents caching in browsers and proxies."""
    response["Cache-Control"] = "private, no-store"
    return response
