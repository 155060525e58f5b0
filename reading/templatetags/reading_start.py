"""Why reading cannot start, for the first page of a trial: from the charter to each campaign in preparation."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from reading.campaigns.opening import Obstacle, why_not
from reading.models import CampaignStatus, CharterStatus
from studies.models import Trial

register = template.Library()
WaitingCampaign = tuple[str, str, list[Obstacle]]


@register.inclusion_tag("reading/why_not.html")
def why_reading_cannot_start(trial: Trial) -> dict[str, Any]:
    """The next steps, their pages and their obstacles; `open` counts the campaigns that have left preparation."""
    campaigns = list(trial.campaigns.select_related("charter", "trial").order_by("code"))
    drafts = [campaign for campaign in campaigns if campaign.status == CampaignStatus.DRAFT]
    pages = [(f"Campaign {draft.code}", reverse("reading:campaign", args=[trial.code, draft.code])) for draft in drafts]
    waiting = [(label, url, why_not(draft)) for (label, url), draft in zip(pages, drafts, strict=True)]
    return {"waiting": waiting or nothing_prepared(trial, campaigns), "open": len(campaigns) - len(drafts)}


def nothing_prepared(trial: Trial, campaigns: list[Any]) -> list[WaitingCampaign]:
    """The step before a campaign can be opened; empty if there is a campaign."""
    if campaigns:
        return []
    if not trial.charters.filter(status=CharterStatus.SIGNED).exists():
        return [
            ("Charter", reverse("reading:charters", args=[trial.code]), [Obstacle("No charter version is signed.")])
        ]
    return [("Campaign", reverse("reading:campaigns", args=[trial.code]), [Obstacle("No campaign has been created.")])]
