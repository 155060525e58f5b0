"""Two reads of a case side by side, for the imaging lead's recalibration meetings, once the campaign is closed."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Column, Link
from config.errors import WrongState
from config.listing import Listing
from reading.models import Campaign
from scoring.checks.after_close import SHOWN_IN
from scoring.checks.compared_films import rows_of, visits_shown
from scoring.checks.signed_sheets import signed_of
from scoring.checks.two_reads import ComparedReads, PairSummary, compared_reads, pair_summaries
from scoring.views.agreement_choice import campaign_for
from scoring.views.checks import private


@require_GET
def comparisons(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Every pair of signed reads of a case, with how many of their values differ."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    context = {"trial": campaign.trial, "campaign": campaign}
    if campaign.status not in SHOWN_IN:
        return render(request, "scoring/comparisons.html", context)

    def link_of(row: PairSummary) -> Link:
        return Link("Compare", reverse("scoring:comparison", args=[code, campaign.code, *row.tokens]))

    columns = [
        Column("case", "Case", "case", "case"),
        Column("first", "First reader", "first", "first"),
        Column("second", "Second reader", "second", "second"),
        Column("kinds", "Kinds of read", "kinds", "kinds"),
        Column("values", "Values", "values"),
        Column("different", "Values that differ", "different", "different"),
        Column("largest", "Largest difference (grades)", "largest", "largest"),
        Column("open", "", link_of, csv=False),
    ]
    listing = Listing(
        request,
        pair_summaries(campaign),
        columns=columns,
        name=f"comparisons-{campaign.trial.code}-{campaign.code}",
        caption="Pairs of reads",
        search=["case", "first", "second", "kinds"],
        sort="-different",
        empty="No case of this campaign has two signed reads.",
    )
    return listing.respond("scoring/comparisons.html", context)


@require_GET
def comparison(request: HttpRequest, code: str, slug: str, first: str, second: str) -> HttpResponse:
    """The films of a case with both readers' values; a key leads from difference to difference."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_READER_SCORES)
    if campaign.status not in SHOWN_IN:
        raise WrongState(f"Two reads of a case can be compared once campaign {campaign.code} is closed.")
    compared = pair_or_404(campaign, first, second)
    context = {
        "trial": campaign.trial,
        "campaign": campaign,
        "compared": compared,
        "visits": visits_shown(compared),
        "rows": rows_of(compared),
    }
    return private(render(request, "scoring/comparison.html", context))


def pair_or_404(campaign: Campaign, first: str, second: str) -> ComparedReads:
    """The two signed reads with these tokens, of one case."""
    read = get_object_or_404(signed_of(campaign), token=first)
    for one in compared_reads(campaign, read.case):
        if (one.first.token, one.second.token) == (first, second):
            return one
    raise Http404
