"""The score history of a campaign: every revision, the page of a cell, and an auditor's signature over a range."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.identity import signed_in
from accounts.roles import Action, allows
from config.form_refusals import refused_on
from config.keyset import KeysetListing
from config.wording import counted
from reading.models import Campaign, CampaignStatus
from reading.room.impossible_codes import joint_in_words
from scoring.forms.history import ReviewForm
from scoring.history.access import HistoryAccess, cell_of, counts_of, seen_by
from scoring.history.columns import columns_of
from scoring.history.reviews import range_of, record_export, sign_review
from scoring.history.revisions import described, fetch, instrument_of_history, revisions_of
from scoring.models import ScoreReview
from studies.access import trial_or_404

EMPTY = "No score has been saved in this campaign yet. Every value a reader enters or changes appears here at once."


def scores(request: HttpRequest, code: str) -> HttpResponseBase:
    """Every revision, newest first, as a page or as CSV; only counts if the rows may not be seen yet."""
    seen = seen_by(request, code)
    context: dict[str, Any] = {
        "trial": seen.trial,
        "campaign": seen.campaign,
        "campaigns": seen.trial.campaigns.exclude(status=CampaignStatus.DRAFT),
    }
    if seen.campaign is None or seen.counts_only:
        counts = counts_of(seen.campaign) if seen.campaign else []
        return render(request, "scoring/history/counts.html", context | {"counts": counts})
    listing = history_of(request, seen)
    if listing.param("format") == "csv":
        record_export(campaign=seen.campaign, actor=seen.actor, filters=filters_in(listing))
    newest = ScoreReview.objects.filter(campaign=seen.campaign).select_related("signature")[:20]
    reviews = [(one, filters_in_words(listing, one.filters)) for one in newest]
    context |= {"reviews": reviews, "may_review": allows(seen.actor.role, Action.REVIEW_SCORES)}
    return listing.respond("scoring/history/page.html", context | {"identified": seen.identities is not None})


def history_of(request: HttpRequest, seen: HistoryAccess) -> KeysetListing:
    """The list of a campaign's revisions."""
    campaign, known = seen.whole, seen.identities
    rows, as_csv = revisions_of(campaign), request.GET.get("format") == "csv"
    if known is not None and as_csv:
        known.load_all()
    return KeysetListing(
        request,
        described(rows) if as_csv else rows,
        columns=columns_of(campaign, known),
        name=f"scores-{campaign.trial.code}-{campaign.code}",
        caption="Revisions of scores",
        hidden=("read", "clock"),
        empty=EMPTY,
        prepare=lambda keys: fetch(campaign, keys, known),
    )


def filters_in(listing: KeysetListing) -> dict[str, str]:
    """The filters of a list that are set."""
    return {item.name: item.value for item in listing.filters if item.value}


def filters_in_words(listing: KeysetListing, filters: Mapping[str, str]) -> str:
    """Filters as the bar shows them."""
    return ", ".join(item.in_words(filters[item.name]) for item in listing.filters if item.name in filters)


def cell(request: HttpRequest, code: str, timepoint: str, item: str) -> HttpResponseBase:
    """Every revision of one cell, newest first."""
    trial, actor = trial_or_404(request, code, Action.SEE_SCORE_HISTORY)
    of_cell = Campaign.objects.filter(cases__reads__steps__timepoints__token=timepoint, trial=trial)
    campaign = get_object_or_404(of_cell.select_related("trial", "charter").distinct())
    seen = HistoryAccess(trial, actor, campaign)
    keys, known = cell_of(seen, timepoint, item), seen.identities
    name = joint_in_words(instrument_of_history(campaign).item(item))
    listing = KeysetListing(
        request,
        described(revisions_of(campaign).filter(pk__in=keys)),
        columns=[column for column in columns_of(campaign, known) if column.key not in ("case", "read")],
        name=f"cell-{timepoint}-{item}",
        caption="Revisions of this cell",
        prepare=lambda wanted: fetch(campaign, wanted, known),
    )
    if listing.param("format") == "csv":
        record_export(campaign=campaign, actor=actor, filters={"timepoint": timepoint, "item": item})
    return listing.respond("scoring/history/cell.html", {"trial": trial, "campaign": campaign, "item": name})


def review(request: HttpRequest, code: str) -> HttpResponse:
    """The auditor signs the rows selected by the filters in the address as reviewed."""
    seen = seen_by(request, code, Action.REVIEW_SCORES)
    campaign, listing = seen.whole, history_of(request, seen)
    filters, form = filters_in(listing), ReviewForm(request.POST or None)
    reviewed = range_of(listing.narrowed_rows)
    if request.method == "POST" and form.is_valid():
        with refused_on(form):
            made = sign_review(
                campaign=campaign,
                actor=seen.actor,
                user=signed_in(request),
                filters=filters,
                reviewed=reviewed,
                **form.cleaned_data,
            )
            messages.success(request, f"Signed: review {made.number} covers {counted(made.rows, 'revision')}.")
            return redirect(reverse("scoring:scores", args=[code]) + f"?campaign={campaign.code}")
    context = {"trial": seen.trial, "campaign": campaign, "reviewed": reviewed, "form": form}
    context["filters"] = filters_in_words(listing, filters)
    return render(request, "scoring/history/review.html", context, status=400 if form.errors else 200)
