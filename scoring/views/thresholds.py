"""The adjudication rate at other thresholds, and the largest difference between the readers of each case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from accounts.roles import Action
from config.cells import Badge, Column, Number
from config.errors import WrongState
from config.listing import Listing
from reading.campaigns.analysis_of_record import timing_of
from reading.charter.versions import terms_of
from reading.models import Campaign, CampaignStatus
from scoring.agreement.threshold_rates import ThresholdRates
from scoring.consensus.panel import THIRD_READ
from scoring.ratings.differences import CaseDifference, differences_of
from scoring.ratings.figures import threshold_figure
from scoring.ratings.thresholds import LARGEST, may_simulate, own_threshold, simulated
from scoring.views.agreement_choice import campaign_for

OWN = Badge("own", "Charter", "active")
Context = dict[str, Any]


@dataclass(frozen=True)
class RateRow:
    """A threshold with the number of cases above it, their share in per cent and its limits."""

    threshold: float
    cases: float
    n: int
    rate: float
    lower: float
    upper: float


@require_GET
def thresholds(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """The adjudication rate for thresholds from 0 to 20, as a drawing and a list."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    terms = terms_of(campaign.charter)
    context: Context = {"trial": campaign.trial, "campaign": campaign, "timing": timing_of(campaign)}
    context |= {"may": may_simulate(campaign), "own": own_threshold(terms), "largest": LARGEST}
    found = simulated(campaign) if context["may"] else None
    if found is None or not found.n:
        return render(request, "scoring/thresholds.html", context)
    context |= {"cases": found.n, "third_read": terms.partial_visits == THIRD_READ}
    context["pooled"] = campaign.trains or not terms.adjudicates
    return rate_list(request, campaign, found, context["own"]).respond("scoring/thresholds.html", context)


def rate_list(request: HttpRequest, campaign: Campaign, found: ThresholdRates, own: float | None) -> Listing:
    """A row for each threshold."""
    places = max(1, len(str(own).partition(".")[2]))
    columns = [
        Column("threshold", "Threshold (score units)", lambda row: Number(row.threshold, places), "threshold"),
        Column("own", "In the charter", lambda row: OWN if row.threshold == own else None),
        Column("cases", "Cases adjudicated", lambda row: whole_or(row.cases), "cases"),
        Column("n", "Of cases", "n"),
        Column("rate", "Adjudication rate (%)", lambda row: Number(row.rate, 1), "rate"),
        Column("lower", "Lower limit (%)", lambda row: Number(row.lower, 1)),
        Column("upper", "Upper limit (%)", lambda row: Number(row.upper, 1)),
    ]
    return Listing(
        request,
        rows_of(found),
        columns=columns,
        name=f"thresholds-{campaign.trial.code}-{campaign.code}",
        caption="Adjudication rate by threshold",
        per_page=100,
        hidden=("n",),
    )


def rows_of(found: ThresholdRates) -> list[RateRow]:
    """The rates as rows, shares in per cent."""
    lines = (found.rate * 100, found.lower * 100, found.upper * 100)
    numbers = zip(*(line.tolist() for line in (found.thresholds, found.cases, *lines)), strict=True)
    return [RateRow(threshold, cases, found.n, *shares) for threshold, cases, *shares in numbers]


def whole_or(cases: float) -> int | Number:
    """A number of cases, with a decimal if cases count in parts.

    >>> whole_or(3.0), str(whole_or(3.25))
    (3, '3.2')
    """
    whole = round(cases)
    return whole if abs(cases - whole) < 1e-9 else Number(cases, 1)


@require_GET
def figure(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The rate by threshold as SVG."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    if not may_simulate(campaign):
        raise WrongState(f"Other thresholds are shown once campaign {campaign.code} is closed.")
    svg = threshold_figure(simulated(campaign), own_threshold(terms_of(campaign.charter)), LARGEST)
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


@require_GET
def differences(request: HttpRequest, code: str, slug: str) -> HttpResponseBase:
    """Each case with the largest difference of two of its readers, once the campaign is closed."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    context: Context = {"trial": campaign.trial, "campaign": campaign, "timing": timing_of(campaign)}
    if campaign.status not in (CampaignStatus.CLOSED, CampaignStatus.LOCKED):
        return render(request, "scoring/differences.html", context)
    rows = differences_of(campaign)
    known = [float(row.largest) for row in rows if row.largest is not None]
    context |= {"own": own_threshold(terms_of(campaign.charter)), "known": len(known), "cases": len(rows)}
    context |= {"median": float(np.median(known)), "most": max(known)} if known else {}
    return difference_list(request, campaign, rows).respond("scoring/differences.html", context)


def difference_list(request: HttpRequest, campaign: Campaign, rows: list[CaseDifference]) -> Listing:
    """A row for each case with a result."""

    def largest(row: CaseDifference) -> Number | None:
        return None if row.largest is None else Number(float(row.largest), 4)

    columns = [
        Column("case", "Case", "number", "number"),
        Column("largest", "Largest difference between two readers (score units)", largest, "largest"),
        Column("partial", "Visits that only some readers could evaluate", "partial", "partial"),
        Column("result", "Result", lambda row: Badge(row.outcome, row.outcome_in_words), "outcome"),
    ]
    return Listing(
        request,
        rows,
        columns=columns,
        name=f"differences-{campaign.trial.code}-{campaign.code}",
        caption="Largest difference by case",
        sort="-largest",
        empty="No case of this campaign has a result.",
    )
