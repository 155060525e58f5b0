"""The data of the agreement page and its downloads for one group of sites over one interval."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reading.charter.versions import terms_of
from reading.models import Campaign
from scoring.agreement.bootstrap import Bootstrap
from scoring.agreement.interval_report import interval_report
from scoring.ratings.adjudicated import adjudicated_results
from scoring.ratings.campaign import CampaignRatings, compared_in, discordant_as_first_signed, readers_of
from scoring.ratings.repeats import own_agreement, pairs_of, ratings_twice

Row = dict[str, Any]


def agreement_data(
    campaign: Campaign, ratings: CampaignRatings, *, group: str, end: str, names: Mapping[int, str]
) -> Row:
    """Agreement between readers and of each reader with their own repeats; `names` gives the readers' names."""
    cube = ratings.cube([names[reader] for reader in ratings.people])
    return {
        "trial": campaign.trial.code,
        "campaign": campaign.code,
        "sites": group,
        "adjudication": adjudication_of(campaign),
        "adjudicated": adjudicated_results(campaign, ratings.visits, group, end),
        **interval_report(cube, end, ratings.visits.planned, averaged=readers_of(campaign), bootstrap=Bootstrap()),
        "intra_reader": intra_reader(campaign, group, end, names),
    }


def adjudication_of(campaign: Campaign) -> Row:
    """The adjudication rate as first signed; None if the charter has no adjudication."""
    if terms_of(campaign.charter).adjudicates:
        return rate_of(*discordant_as_first_signed(campaign))
    return rate_of(0, 0) | {"reason": "No case is adjudicated under this charter"}


def rate_of(discordant: int, cases: int) -> Row:
    """The share of cases on which the readers disagreed as first signed.

    >>> rate_of(1, 4)
    {'value': 0.25, 'discordant': 1, 'n': 4, 'reason': ''}
    """
    reason = "" if cases else "No case has a result yet"
    return {"value": discordant / cases if cases else None, "discordant": discordant, "n": cases, "reason": reason}


def intra_reader(campaign: Campaign, group: str, end: str, names: Mapping[int, str]) -> list[Row]:
    """First reads against hidden repeats, a row per reader."""
    return [
        {"reader": names[reader.pk], **own_agreement(ratings_twice(campaign, pairs, group), end)}
        for reader, pairs in pairs_of(compared_in(campaign)).items()
    ]
