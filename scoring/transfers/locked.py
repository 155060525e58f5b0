"""Transfers of a lock: the locked package itself. An interim stays apart from whatever opens arms."""

from __future__ import annotations

from config.errors import WrongState
from reading.models import Campaign, CampaignStatus
from reading.states import said_of
from scoring.models import ArmsRequest, ArmsRequestStatus, DataTransfer, Lock
from scoring.transfer_models import Purpose

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
    """Whether an interim transfer of the campaign was ever requested."""
    return DataTransfer.objects.filter(campaign=campaign, purpose=Purpose.INTERIM).exists()


def demand_interim(campaign: Campaign) -> None:
    """WrongState for a campaign whose arms are open, that was final, or beside which another was opened before it was
    locked."""
    if ArmsRequest.objects.filter(campaign=campaign, status__in=CONCERNING_ARMS).exists():
        raise WrongState(
            f"The arms of campaign {campaign.code} were requested, so it is no interim: arms never open on one."
        )
    if DataTransfer.objects.filter(campaign=campaign, purpose=Purpose.FINAL).exists():
        raise WrongState(f"Campaign {campaign.code} was transferred as final, so it is no interim.")
    if other := opened_before_the_lock(campaign):
        raise WrongState(
            f"Campaign {other.code} was opened before {campaign.code} was locked. An interim is locked before the next "
            "campaign is opened, so that no case is read in both at the same time."
        )


def opened_before_the_lock(campaign: Campaign) -> Campaign | None:
    """A later campaign of the trial that was opened before the first lock of this one; not one for training."""
    first = Lock.objects.filter(campaign=campaign).earliest("number")
    others = Campaign.objects.filter(trial=campaign.trial, training=None).exclude(pk=campaign.pk)
    return others.filter(film_cut_off__gt=campaign.film_cut_off, film_cut_off__lt=first.locked_at).first()
