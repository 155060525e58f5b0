"""The duration of signed reads, for the imaging lead; readers never see it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse

from accounts.roles import Action
from config.cells import Badge, Column, Link
from config.filters import ChoiceFilter
from config.listing import Listing
from reading.models import Campaign, ReadKind, ReadStep
from scoring.reading_times import FASTEST_SECONDS, signed_steps
from studies.access import trial_or_404

FOUND = [("True", "Unusually fast"), ("False", "None")]


def reading_times(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Every signed step of a campaign, the fastest first."""
    trial, _ = trial_or_404(request, code, Action.SEE_READER_SCORES)
    campaign = get_object_or_404(Campaign.objects.select_related("trial"), trial=trial, code=slug)
    columns = [
        Column("case", "Case", lambda step: history(step, campaign), "read__case__number"),
        Column("reader", "Reader", "read.reader", "read__reader__name"),
        Column("kind", "Kind", "read.get_kind_display", "read__kind", ChoiceFilter("read__kind", ReadKind.choices)),
        Column("timepoints", "Timepoints", "n_timepoints", "n_timepoints"),
        Column("seconds", "Seconds", lambda step: rounded(step.entry_seconds), "entry_seconds"),
        Column("each", "Seconds for each timepoint", lambda step: rounded(step.seconds), "seconds"),
        Column("finding", "Finding", finding, "fast", ChoiceFilter("fast", FOUND)),
        Column("signed", "Signed", "locked_at", "locked_at"),
    ]
    listing = Listing(
        request,
        signed_steps(campaign),
        columns=columns,
        name=f"reading-times-{campaign.code}",
        caption="Reading times",
        search=["read__reader__name"],
        sort="each",
        empty="No read of this campaign has been signed yet.",
    )
    context = {"trial": trial, "campaign": campaign, "fastest": FASTEST_SECONDS}
    return listing.respond("scoring/reading_times.html", context)


def rounded(seconds: float | None) -> float | None:
    """The number to a tenth of a second."""
    return None if seconds is None else round(seconds, 1)


def finding(step: Any) -> Badge | None:
    """The finding, if there is one."""
    return Badge("fast", "Unusually fast", "waiting") if step.fast else None


def history(step: ReadStep, campaign: Campaign) -> Link:
    """The case, with a link to every value entered in it."""
    number = step.read.case.number
    address = reverse("scoring:scores", args=[campaign.trial.code])
    return Link(str(number), f"{address}?campaign={campaign.code}&case-from={number}&case-to={number}")
