"""Requesting a transfer: purpose, cut and recipient are checked and fixed; a job builds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet

from accounts.models import User
from accounts.roles import ALLOWED, Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.transitions import moved
from config.wording import quoted
from jobs.queue import add
from reading.issuing.randomisation import new_seed
from reading.models import Campaign, CampaignStatus
from reading.states import said_of
from scoring.models import OF_A_LOCK, TRANSFER_TRANSITIONS, DataTransfer, Lock, Purpose, TransferStatus
from scoring.transfers.cuts import Cut, demand_cut
from scoring.transfers.locked import demand_lock_for
from studies.models import Membership, Trial
from studies.naming import checked_choice

RECEIVING = [role for role, actions in ALLOWED.items() if Action.RECEIVE_TRANSFER in actions]

INTERIM_MEANS = "The arms of this campaign can then never be opened here, and no final transfer of it can follow."


@dataclass(frozen=True, kw_only=True)
class WantedTransfer:
    """A person's request; for an interim they have confirmed that its arms are never opened."""

    purpose: str
    recipient: User
    cut: Cut = Cut()
    confirmed: bool = False


def recipients(trial: Trial) -> QuerySet[User]:
    """The people of a trial who can receive a transfer."""
    members = Membership.objects.current().filter(trial=trial, role__in=[str(role) for role in RECEIVING])
    return User.objects.filter(pk__in=members.values("user"), is_active=True).order_by("name", "pk")


def ask_for_transfer(*, campaign: Campaign, actor: Actor, user: User, wanted: WantedTransfer) -> DataTransfer:
    """The next transfer of the campaign; a job builds it."""
    authorise(actor, Action.MAKE_TRANSFER)
    with audited_atomic():
        chosen = checked(Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk), wanted)
        earlier = DataTransfer.objects.filter(campaign=campaign)
        before = earlier.filter(purpose=wanted.purpose, status=TransferStatus.READY).first()
        transfer = DataTransfer.objects.create(
            campaign=campaign,
            number=earlier.count() + 1,
            purpose=wanted.purpose,
            recipient=wanted.recipient,
            asked_by=user,
            cut={**wanted.cut.as_json(), "campaign_cases": campaign.cases.count()},
            seed=seed_for(wanted.purpose, before),
            before=before,
            **chosen,
        )
        add(kind="scoring.transfer", key=f"transfer-{transfer.pk}", payload={"transfer": transfer.pk})
        record_event("scoring.transfer.requested", transfer, actor, recipient=str(wanted.recipient))
    return transfer


def checked(campaign: Campaign, wanted: WantedTransfer) -> dict[str, Any]:
    """The cases of the cut, or the lock; refuses what cannot be transferred."""
    checked_choice("purpose", wanted.purpose, Purpose.choices)
    demand_recipient(campaign.trial, wanted.recipient)
    if campaign.trains:
        raise WrongState(f"Campaign {campaign.code} is for training, so nothing of it is transferred.")
    if wanted.purpose not in OF_A_LOCK:
        if campaign.status == CampaignStatus.DRAFT:
            raise WrongState(f"{said_of(campaign)} A transfer needs a campaign that was opened.")
        return {"cases": demand_cut(campaign, wanted.purpose, wanted.cut)}
    if wanted.cut != Cut():
        raise BadInput(
            f"{Purpose(wanted.purpose).label} transfers hold the whole locked dataset. Leave day and batches empty.",
            field="until",
        )
    lock: Lock = demand_lock_for(campaign, wanted.purpose)
    if wanted.purpose == Purpose.INTERIM and not wanted.confirmed:
        raise BadInput(f"Confirm that this is an interim transfer. {INTERIM_MEANS}", field="confirmed")
    return {"lock": lock}


def demand_recipient(trial: Trial, recipient: User) -> None:
    """BadInput unless the person can receive transfers in the trial."""
    if not recipients(trial).filter(pk=recipient.pk).exists():
        raise BadInput(
            f"The recipient {quoted(str(recipient))} is not a statistician of trial {trial.code}. Choose one who is.",
            field="recipient",
        )


def seed_for(purpose: str, before: DataTransfer | None) -> str:
    """The seed of a test transfer: that of the previous one, so that only real changes differ."""
    if purpose != Purpose.TEST:
        return ""
    return before.seed if before else new_seed().hex()


def move_transfer(transfer: DataTransfer, to: TransferStatus, **changes: object) -> None:
    """The transfer's next state, along TRANSFER_TRANSITIONS; one that was settled before stays as it is."""
    moved(transfer, to, TRANSFER_TRANSITIONS, **changes)


def record_event(
    action: str, transfer: DataTransfer, actor: Actor, reason: str = "", rows: Sequence[Model] = (), **more: object
) -> None:
    """One event about a transfer, with the rows that were made."""
    record(
        action=action,
        actor=actor,
        stream=transfer.campaign.trial.code,
        subject=("scoring.datatransfer", str(transfer.pk)),
        reason=reason,
        details={
            "campaign": transfer.campaign.code,
            "number": transfer.number,
            "purpose": transfer.purpose,
            "root": transfer.root,
            **more,
        },
        rows=list(rows),
        tracked=[transfer],
    )
