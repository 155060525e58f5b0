"""Transfers of a lock: the locked package itself. An interim is kept separate from campaigns whose arms are opened."""

from __future__ import annotations

from django.db.models import Max

from config.errors import WrongState
from reading.models import Campaign, CampaignStatus
from reading.states import said_of
from scoring.models import ArmsRequest, ArmsRequestStatus, DataTransfer, Lock, Purpose, TransferStatus

CONCERNING_ARMS = (ArmsRequestStatus.WAITING, ArmsRequestStatus.OPENING, ArmsRequestStatus.OPENED)


def demand_lock_for(campaign: Campaign, purpose: str) -> Lock:
    """The newest lock of a locked campaign, for an interim or a final transfer."""
    if campaign.status != CampaignStatus.LOCKED:
        raise WrongState(
            f"{said_of(campaign)} An interim or final transfer holds a locked dataset, so the campaign must be locked."
        )
    if purpose == Purpose.INTERIM:
        demand_interim(campaign)
    elif is_interim(campaign):
        raise WrongState(
            f"Campaign {campaign.code} was transferred as an interim and stays one. The final transfer is that of the "
            "campaign which reads its cases again."
        )
    return Lock.objects.filter(campaign=campaign).select_related("dataset").latest("number")


def is_interim(campaign: Campaign) -> bool:
    """Whether the campaign was or is being transferred as an interim."""
    return has_transfer(campaign, Purpose.INTERIM)


def has_transfer(campaign: Campaign, purpose: Purpose) -> bool:
    """Whether the campaign has a transfer of this purpose that did not fail."""
    return (
        DataTransfer.objects.filter(campaign=campaign, purpose=purpose).exclude(status=TransferStatus.FAILED).exists()
    )


def demand_interim(campaign: Campaign) -> None:
    """WrongState for a campaign whose arms are open, that was final, or that was open together with another."""
    if ArmsRequest.objects.filter(campaign=campaign, status__in=CONCERNING_ARMS).exists():
        raise WrongState(
            f"The arms of campaign {campaign.code} were requested, so it cannot be an interim: "
            "arms are never opened on one."
        )
    if has_transfer(campaign, Purpose.FINAL):
        raise WrongState(f"Campaign {campaign.code} was transferred as final, so it cannot be an interim.")
    if other := open_beside(campaign):
        raise WrongState(
            f"Campaign {other.code} was opened before {campaign.code} was locked and was not locked before "
            f"{campaign.code} was opened. While an interim is read, no other campaign may be open, so that no case is "
            "read in both at the same time."
        )


def open_beside(campaign: Campaign) -> Campaign | None:
    """Another campaign that was open together with this one before its first lock; not one for training."""
    first = Lock.objects.filter(campaign=campaign).earliest("number")
    others = Campaign.objects.filter(trial=campaign.trial, training=None).exclude(pk=campaign.pk)
    opened = others.filter(film_cut_off__lt=first.locked_at).annotate(last_lock=Max("locks__locked_at"))
    return opened.exclude(status=CampaignStatus.LOCKED, last_lock__lt=campaign.film_cut_off).first()
