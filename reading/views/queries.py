"""The batches of queries of a campaign, in counts, and the release of the one that waits."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from accounts.act_forms import ActForm
from accounts.identity import signed_in
from accounts.roles import Action
from accounts.signed_acts import Act
from config.cells import Column
from config.form_refusals import refused_on
from config.listing import Listing
from reading.issuing.queries import batches_of, release_queries
from reading.views.campaigns import campaign_or_404

COLUMNS = [
    Column("number", "Batch", "batch.number", "batch.number"),
    Column("prepared", "Prepared", "batch.prepared_at"),
    Column("reads", "Reads checked", "reads", "reads"),
    Column("queries", "Queries", "queries", "queries"),
    Column("joints", "Joints named", "joints", "joints"),
    Column("released", "Released", "batch.released_at"),
    Column("sent", "Sent", "sent", "sent"),
    Column("answered", "Answered", "answered", "answered"),
]


def queries(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Every batch, newest first; a POST releases the one that waits."""
    trial, campaign, actor = campaign_or_404(request, code, slug, Action.RETURN_READS)
    form = ActForm(Act.QUERIES, data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            number, user = posted_number(request), signed_in(request)
            made = release_queries(campaign=campaign, number=number, actor=actor, user=user, **form.cleaned_data)
            messages.success(request, f"Batch {made.number} of queries has been released.")
            return redirect(request.path)
    every = batches_of(campaign)
    waiting = next((one.batch for one in every if one.batch.released_at is None), None)
    listing = Listing(
        request,
        every,
        columns=COLUMNS,
        name=f"queries-{campaign.code}",
        caption="Batches",
        empty="No batch of queries has been prepared in this campaign.",
    )
    context = {"trial": trial, "campaign": campaign, "form": form, "waiting": waiting}
    answer = listing.respond("reading/queries.html", context)
    answer.status_code = 400 if form.errors else answer.status_code
    return answer


def posted_number(request: HttpRequest) -> int:
    """The number of the batch that the page showed; 0 if none was sent."""
    number = request.POST.get("number", "")
    return int(number) if number.isdecimal() and len(number) < 10 else 0
