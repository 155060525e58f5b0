"""Reopening a closed campaign: signed over the root of its last lock and the reason."""

from __future__ import annotations

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act, meaning_of
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from reading.campaigns.analysis_of_record import demand_not_of_record, stays_of_record
from reading.campaigns.opening import move_campaign
from reading.issuing.consent import resume_consenting, stopped_in
from reading.models import Campaign, CampaignStatus
from reading.states import demand_reason, said_of


def reopen_campaign(*, campaign: Campaign, actor: Actor, user: User, password: str, reason: str) -> None:
    """Reopens a campaign that is closed and not locked; the same form sent twice reopens once.

    A stopped case can be read again if the withdrawal of consent was corrected since.
    """
    authorise(actor, Action.RUN_CAMPAIGN)
    demand_reason(reason)
    prove(act=Act.REOPENING, user=user, password=password)
    stopped = stopped_in(campaign)
    with audited_atomic():
        current = Campaign.objects.select_for_update().select_related("trial").get(pk=campaign.pk)
        number = reopenings(current)
        if reopened_by(current, user, digest_of_reopening(current, number - 1, reason)):
            return
        demand_reopenable(current)
        write_signature(
            act=Act.REOPENING,
            actor=actor,
            user=user,
            record=("reading.campaign", str(current.pk)),
            digest=digest_of_reopening(current, number, reason),
            stream=current.trial.code,
        )
        move_campaign(campaign, CampaignStatus.OPEN, closed_at=None)
        record(
            action="reading.campaign.reopened",
            actor=actor,
            stream=current.trial.code,
            subject=("reading.campaign", str(current.pk)),
            changes={"status": [CampaignStatus.CLOSED, CampaignStatus.OPEN]},
            reason=reason,
            details={"campaign": current.code, "lock root": current.locked_root},
            tracked=[campaign],
        )
        resume_consenting(stopped, actor)


def keeps_its_result(campaign: Campaign) -> bool:
    """Whether a closed campaign can never be reopened: its lock is the analysis of record, or its seeds are known."""
    return stays_of_record(campaign) or seeds_known(campaign)


def seeds_known(campaign: Campaign) -> bool:
    """Whether seeds of the campaign were revealed."""
    return campaign.batches.filter(seed_revealed_at__isnull=False).exists()


def demand_reopenable(campaign: Campaign) -> None:
    """WrongState while it is locked or open, once arms were received after its lock, and once its seeds are known."""
    demand_not_of_record(campaign, "reopened")
    if campaign.status != CampaignStatus.CLOSED:
        raise WrongState(f"{said_of(campaign)} Only a campaign that is closed, and not locked, can be reopened.")
    if seeds_known(campaign):
        raise WrongState(
            f"The seeds of campaign {campaign.code} were revealed, so its orders are known. It cannot be reopened. "
            "Read its cases again in a new campaign."
        )


def signatures_on(campaign: Campaign) -> list[Signature]:
    """The signatures of its reopenings, oldest first."""
    of_record = Signature.objects.filter(record_kind="reading.campaign", record_id=str(campaign.pk))
    return list(of_record.filter(meaning=meaning_of(Act.REOPENING)).order_by("pk"))


def reopenings(campaign: Campaign) -> int:
    """How often the campaign was reopened."""
    return len(signatures_on(campaign))


def reopened_by(campaign: Campaign, user: User, digest: str) -> bool:
    """Whether the campaign is open because this person signed the same reopening."""
    last = signatures_on(campaign)[-1:]
    same = any(signature.signer_id == user.pk and signature.digest == digest for signature in last)
    return same and campaign.status == CampaignStatus.OPEN


def digest_of_reopening(campaign: Campaign, number: int, reason: str) -> str:
    """The data that the signature covers: the root of the last lock (empty before the first) and the reason."""
    return statement(
        trial=campaign.trial.code, campaign=campaign.code, reopening=number, root=campaign.locked_root, reason=reason
    )
