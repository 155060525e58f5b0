"""What the opening of arms leaves standing: the analysis of record, and whether a campaign was planned before it."""

from __future__ import annotations

from config.errors import WrongState
from reading.models import Campaign
from studies.models import ArmsHolding, Trial

PRESPECIFIED, POST_HOC = "prespecified", "post hoc"


def arms_received(trial: Trial) -> bool:
    """Whether somebody has received the arms of the trial."""
    return ArmsHolding.objects.filter(trial=trial, received_at__isnull=False).exists()


def stays_of_record(campaign: Campaign) -> bool:
    """Whether the campaign was locked and the arms were received since: its lock stays the analysis of record."""
    return bool(campaign.locked_root) and arms_received(campaign.trial)


def demand_not_of_record(campaign: Campaign, cannot: str) -> None:
    """Refuses whatever would change the analysis of record; `cannot` ends the sentence "... cannot be"."""
    if stays_of_record(campaign):
        raise WrongState(
            f"The arms of trial {campaign.trial.code} were received, so the lock of campaign {campaign.code} stays the "
            f"analysis of record. It cannot be {cannot}. Build another dataset and lock it as a correction."
        )


def timing_of(campaign: Campaign) -> str:
    """Whether the charter was signed before any arm of the trial was opened here (prespecified) or later (post hoc)."""
    signature = campaign.charter.signature
    opened = ArmsHolding.objects.filter(trial=campaign.trial).values_list("opened_at", flat=True).first()
    return POST_HOC if signature and opened and signature.signed_at >= opened else PRESPECIFIED
