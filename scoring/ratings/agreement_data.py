"""What the agreement page and its downloads show of one group of sites over one interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reading.models import Campaign
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.interval_report import interval_report
from scoring.ratings.campaign import CampaignRatings, discordant_as_first_signed
from scoring.ratings.repeats import own_agreement, pairs_of, ratings_twice

Row = dict[str, Any]
# A reader whose only reads were returned for correction has no dataset code yet.
CORRECTING = "reader correcting"


def agreement_data(
    campaign: Campaign, ratings: CampaignRatings, *, group: str, end: str, names: Mapping[int, str]
) -> Row:
    """Agreement between readers and of each reader with their own repeats; `names` says how readers are named."""
    cube = ratings.cube([names.get(reader, CORRECTING) for reader in ratings.people])
    return {
        "trial": campaign.trial.code,
        "campaign": campaign.code,
        "sites": group,
        "adjudication": rate_of(*discordant_as_first_signed(campaign)),
        **interval_report(cube, end, ratings.visits.planned, bootstrap=Bootstrap()),
        "intra_reader": intra_reader(campaign, group, end, names),
    }


def rate_of(discordant: int, cases: int) -> Row:
    """The share of cases on which the two readers disagreed as first signed.

    >>> rate_of(1, 4)
    {'value': 0.25, 'discordant': 1, 'n': 4, 'reason': ''}
    """
    reason = "" if cases else "No case has a result yet"
    return {"value": discordant / cases if cases else None, "discordant": discordant, "n": cases, "reason": reason}


def intra_reader(campaign: Campaign, group: str, end: str, names: Mapping[int, str]) -> list[Row]:
    """First reads against hidden repeats, a row a reader."""
    return [
        {"reader": names[reader.pk], **own_agreement(ratings_twice(campaign, pairs, group), end)}
        for reader, pairs in pairs_of(campaign).items()
    ]
