"""Agreement between readers, for statistician and imaging lead: status and change, without arms."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from accounts.roles import Action
from config.cells import EXCEL_MARK, Badge, Column, Progress, label_of
from config.listing import Listing
from reading.campaigns.analysis_of_record import arms_opened_at, timing_at, timing_badge, timing_of
from reading.issuing.queries import asks_readers
from reading.models import Campaign
from scoring.checks.after_close import SHOWN_IN
from scoring.ratings.agreement_csv import agreement_csv as csv_of
from scoring.ratings.campaign import Values, cases_with_result, compared_in, readers_of
from scoring.ratings.figures import bland_altman_figure, probability_figure
from scoring.ratings.thresholds import may_simulate
from scoring.views.agreement_choice import AgreementChosen, choose, demand_drawn_cases
from studies.access import trial_or_404
from studies.arms.custodian_keys import holds_arms


def results(request: HttpRequest, code: str) -> HttpResponseBase:
    """The campaigns of a trial, with the pages available for each."""
    trial, actor = trial_or_404(request, code, Action.SEE_AGREEMENT)
    opened = arms_opened_at(trial)
    columns = [
        Column("campaign", "Campaign", lambda row: f"{row.code} {row.title}", "code"),
        Column("status", "Status", lambda row: Badge(row.status, label_of(row, "status")), "status"),
        Column("analysis", "Analysis", lambda row: timing_badge(timing_at(row, opened))),
        Column("compared", "Cases compared", lambda row: Progress(cases_with_result(row), compared_in(row).count())),
        Column("pages", "", lambda row: "", template=f"scoring/cells/pages_of_{actor.role}.html", csv=False),
    ]
    listing = Listing(
        request,
        trial.campaigns.select_related("trial", "charter__signature", "training"),
        columns=columns,
        name="results",
        caption="Campaigns",
        search=["code", "title"],
        empty="The trial has no campaign.",
        load=with_pages,
    )
    return listing.respond(
        "scoring/results.html", {"trial": trial, "role": actor.role, "holds_arms": holds_arms(trial)}
    )


def with_pages(rows: Sequence[Campaign]) -> None:
    """Gives campaigns whether other thresholds, and the outcome of queries to readers, may be viewed."""
    for row in rows:
        vars(row)["simulates"] = may_simulate(row)
        vars(row)["asked"] = row.status in SHOWN_IN and asks_readers(row)


def agreement(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """ICC, SDC, SEM, SDD, CCC, kappa, Bland-Altman and progressors of one group of sites over one interval."""
    chosen = choose(request, code, slug)
    data = chosen.data(request)
    context = {"trial": chosen.campaign.trial, "campaign": chosen.campaign, "chosen": chosen, "data": data}
    context["timing"] = timing_of(chosen.campaign)
    return render(request, "scoring/agreement/page.html", context)


def agreement_json(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The figures of the page, unrounded, as JSON."""
    chosen = choose(request, code, slug)
    text = json.dumps(chosen.data_to_download(request), indent=1, allow_nan=False, ensure_ascii=False)
    return download(chosen, text, "application/json", "json")


def agreement_csv(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """The figures of the page, unrounded, a row per figure."""
    chosen = choose(request, code, slug)
    return download(chosen, EXCEL_MARK + csv_of(chosen.data_to_download(request)), "text/csv; charset=utf-8", "csv")


def download(chosen: AgreementChosen, text: str, kind: str, ending: str) -> HttpResponse:
    """A file named after trial, campaign, sites and interval."""
    name = "-".join((chosen.campaign.trial.code, chosen.campaign.code, "agreement", chosen.group, chosen.end))
    name = re.sub(r"[^A-Za-z0-9.-]+", "-", name)
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return HttpResponse(text, content_type=kind, headers=headers)


def figure(request: HttpRequest, code: str, slug: str, name: str) -> HttpResponse:
    """A figure of the changes over the chosen interval, as SVG."""
    chosen = choose(request, code, slug)
    if name not in FIGURES:
        raise Http404
    demand_drawn_cases(chosen)
    change = chosen.figures_or_refused().change
    svg = FIGURES[name](change, "score units", readers_of(chosen.campaign))
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


FIGURES: dict[str, Callable[[Values, str, int], bytes]] = {
    "bland-altman": bland_altman_figure,
    "probability": probability_figure,
}
