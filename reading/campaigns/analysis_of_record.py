"""The effect of opening the arms: the analysis of record, and whether a campaign was prespecified."""

from __future__ import annotations

from datetime import datetime

from config.cells import Badge
from config.errors import WrongState
from reading.models import Campaign
from studies.models import ArmsHolding, Trial

PRESPECIFIED, POST_HOC = "prespecified", "post hoc"


def arms_received(trial: Trial) -> bool:
    """Whether anyone has received the arms of the trial."""
    return ArmsHolding.objects.filter(trial=trial, received_at__isnull=False).exists()


def stays_of_record(campaign: Campaign) -> bool:
    """Whether the arms were received after the campaign was locked: its lock then stays the analysis of record."""
    return bool(campaign.locked_root) and arms_received(campaign.trial)


def demand_not_of_record(campaign: Campaign, cannot: str) -> None:
    """Refuses an act that would change the analysis of record; `cannot` ends the sentence "... cannot be"."""
    if stays_of_record(campaign):
        raise WrongState(
            f"The arms of trial {campaign.trial.code} were received, so the lock of campaign {campaign.code} remains "
            f"the analysis of record. It cannot be {cannot}. Build another dataset and lock it as a correction."
        )


def timing_of(campaign: Campaign) -> str:
    """Whether the charter was signed before any arm of the trial was opened here (prespecified) or later (post hoc)."""
    return timing_at(campaign, arms_opened_at(campaign.trial))


def arms_opened_at(trial: Trial) -> datetime | None:
    """When the arms of the trial were first opened here."""
    return ArmsHolding.objects.filter(trial=trial).values_list("opened_at", flat=True).first()


def timing_at(campaign: Campaign, opened: datetime | None) -> str:
    """Like `timing_of`, for lists: the time of opening is given, and the charter's signature was fetched."""
    signature = campaign.charter.signature
    return POST_HOC if signature and opened and signature.signed_at >= opened else PRESPECIFIED


def timing_badge(timing: str) -> Badge:
    """Prespecified or post hoc, as a word for a list."""
    return Badge("post-hoc", "Post hoc", "held") if timing == POST_HOC else Badge("prespecified", "Prespecified")
