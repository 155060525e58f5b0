"""Agreement between readers, for statistician and imaging lead: status and change, without arms."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

import instruments
from accounts.roles import Action, allows
from config.errors import BadInput
from config.wording import either, quoted
from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.agreement.report import Cube, report
from scoring.consensus.results import groups_of
from scoring.datasets.building import reader_codes
from scoring.ratings.campaign import newest_results, ratings_of
from scoring.ratings.figures import bland_altman_figure, probability_figure
from scoring.ratings.repeats import own_agreement, pairs_of, ratings_twice
from studies.access import memberships_or_404, trial_or_404
from studies.arms.custodian_keys import holds_arms
from studies.models import Trial


def campaign_for(request: HttpRequest, code: str, slug: str, action: Action) -> tuple[Trial, Campaign]:
    """A campaign of a trial the person belongs to."""
    trial, _ = trial_or_404(request, code, action)
    return trial, get_object_or_404(Campaign.objects.select_related("trial", "charter"), trial=trial, code=slug)


def results(request: HttpRequest, code: str) -> HttpResponse:
    """The campaigns of a trial, with what can be seen of each."""
    trial, actor = trial_or_404(request, code, Action.SEE_AGREEMENT)
    rows = [(one, len(newest_results(one)), one.cases.live().count()) for one in trial.campaigns.all()]
    context = {"trial": trial, "campaigns": rows, "role": actor.role, "holds_arms": holds_arms(trial)}
    return render(request, "scoring/results.html", context)


def agreement(request: HttpRequest, code: str, slug: str) -> HttpResponse:
    """ICC, SEM, SDD, SDC and Bland-Altman of one group of sites; each reader against his own repeats."""
    trial, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    groups = list(groups_of(instruments.get(terms_of(campaign.charter).instrument)))
    group = chosen(request, groups)
    cube = ratings_of(campaign, group)
    context = {"trial": trial, "campaign": campaign, "groups": groups, "group": group, "cube": cube}
    if len(cube.values) and cube.visits:
        found = report(cube)
        context |= {"found": found, "rows": detectable_rows(found), "last": cube.visits[-1]}
    context["own"] = own_rows(request, campaign, group)
    return render(request, "scoring/agreement.html", context)


def own_rows(request: HttpRequest, campaign: Campaign, group: str) -> list[tuple[str, dict[str, Any]]]:
    """Each reader's agreement with himself: by name for whoever may see scores per reader, else by dataset code."""
    named = any(allows(one.role, Action.SEE_READER_SCORES) for one in memberships_or_404(request, campaign.trial.code))
    codes = reader_codes(campaign)
    return [
        (str(reader) if named else codes[reader.pk], own_agreement(ratings_twice(campaign, pairs, group)))
        for reader, pairs in pairs_of(campaign).items()
    ]


def chosen(request: HttpRequest, groups: list[str]) -> str:
    """The group of sites asked for."""
    group = request.GET.get("group", "total")
    if group not in groups:
        raise BadInput(f"The group of sites cannot be {quoted(group)}. Choose {either(groups)}.")
    return group


def detectable_rows(found: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The figures in score units, each with its limits or its reason."""
    return [
        ("Standard error of measurement, status", found["sem"]),
        ("Smallest detectable difference, status", found["sdd_status"]),
        ("Smallest detectable difference, change", found["sdd_change"]),
        ("Smallest detectable change", found["sdc"]),
    ]


def figure(request: HttpRequest, code: str, slug: str, name: str) -> HttpResponse:
    """A figure of the change from the first to the last visit, as SVG."""
    _, campaign = campaign_for(request, code, slug, Action.SEE_AGREEMENT)
    groups = list(groups_of(instruments.get(terms_of(campaign.charter).instrument)))
    cube = ratings_of(campaign, chosen(request, groups))
    svg = figure_of(cube, name)
    return HttpResponse(svg, content_type="image/svg+xml", headers={"Cache-Control": "private, no-store"})


def figure_of(cube: Cube, name: str) -> bytes:
    """The named figure."""
    if len(cube.visits) < 2:
        raise Http404
    change = cube.values[:, -1] - cube.values[:, 0]
    if name == "bland-altman":
        return bland_altman_figure(change[:, 0], change[:, 1], "points")
    if name == "probability":
        return probability_figure(change.mean(axis=1), "points", report(cube)["sdc"].get("value"))
    raise Http404
