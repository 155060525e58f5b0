"""The seeds of a locked campaign, so that its orders can be drawn again; never shown to readers of the trial."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.roles import READING_ROLES, Action, authorise
from audit.models import Event
from audit.trail import Actor, audited_atomic, record
from config.errors import NotAllowed, WrongState
from reading.issuing.randomisation import commitment
from reading.models import Batch, Campaign, CampaignStatus, SealedSeed
from reading.seals import unseal
from reading.states import said_of
from studies.models import Membership, Trial


def reveal_seeds(*, campaign: Campaign, actor: Actor) -> dict[str, Any]:
    """Every seed of the campaign with the event that committed to it; recorded in the audit trail each time.

    From now on these batches take no more reads, and the campaign cannot be reopened.
    """
    authorise(actor, Action.REVEAL_SEEDS)
    if campaign.status != CampaignStatus.LOCKED:
        raise WrongState(f"{said_of(campaign)} Its seeds can be revealed once it is locked.")
    if reads_in(campaign.trial, actor.user_id):
        text = f"You read in trial {campaign.trial.code}, so you may not see the seeds of its orders."
        raise NotAllowed(message=text)
    seeds = [open_batch_seed(batch) for batch in campaign.batches.select_related("campaign__trial").order_by("pk")]
    with audited_atomic():
        hidden = Batch.objects.filter(campaign=campaign, seed_revealed_at=None)
        revealed = list(hidden)
        hidden.update(seed_revealed_at=timezone.now())
        record(
            action="reading.seeds.revealed",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            details={"campaign": campaign.code, "commitments": [seed["commitment"] for seed in seeds]},
            tracked=revealed,
        )
    return {"trial": campaign.trial.code, "campaign": campaign.code, "seeds": seeds}


def reads_in(trial: Trial, user_id: int | None) -> bool:
    """Whether the person reads or adjudicates in the trial now."""
    if user_id is None:
        return False
    held = Membership.objects.current().filter(trial=trial, user_id=user_id, role__in=READING_ROLES)
    return held.exists()


def open_batch_seed(batch: Batch) -> dict[str, Any]:
    """A batch's seed, checked against its commitment in the audit trail."""
    recorded = event_of(batch)
    committed = recorded.content["details"]["commitment"]
    seed = seed_committed_to(batch, committed)
    if not seed:
        raise WrongState(
            f"The seed of {batch.name} is not the one that the audit trail committed to. "
            "Ask an administrator to verify the audit trail."
        )
    trail = {"stream": recorded.stream, "seq": recorded.seq, "hash": recorded.hash}
    return {"batch": batch.name, "commitment": batch.commitment, "seed": seed, "trail": trail}


def seed_committed_to(batch: Batch, committed: str) -> str:
    """The sealed seed in hex; empty if it or the batch differs from the commitment."""
    if batch.commitment != committed:
        return ""
    seed = str(unseal(SealedSeed.objects.get(batch=batch).sealed, bound_to=f"seed {committed}")["seed"])
    return seed if commitment(bytes.fromhex(seed)) == committed else ""


def event_of(batch: Batch) -> Event:
    """The event that recorded the commitment of a batch when it was requested."""
    of_batch = Event.objects.of_record("reading.batch", str(batch.pk))
    recorded = (
        of_batch.filter(stream=batch.campaign.trial.code, action="reading.batch.requested").order_by("seq").first()
    )
    if recorded is None:
        raise WrongState(
            f"The audit trail holds no commitment for the seed of {batch.name}. "
            "Ask an administrator to verify the audit trail."
        )
    return recorded
