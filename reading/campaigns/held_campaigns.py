"""A campaign that no other transaction closes or amends: locked after the chains of its reads and before its cases."""

from __future__ import annotations

from collections.abc import Sequence

from reading.capture_chains import hold_chains
from reading.models import Campaign, Case, Read


def held_campaign(campaign: Campaign) -> Campaign:
    """The campaign as it is stored, locked until the transaction ends."""
    return Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)


def hold_to_reissue(campaign: Campaign, cases: Sequence[Case]) -> None:
    """Locks what issuing these cases of the campaign again needs, in the order in which everybody locks it."""
    hold_chains(Read.objects.filter(case__in=cases).select_related("case__campaign__trial"))
    held_campaign(campaign)
