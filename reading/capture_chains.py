"""The audit chain of each read: everything recorded while its reader works on it, separate from the trial's own chain.

Readers of a trial therefore do not wait for each other, only requests for the same read do. The trial's chain records
the start of a read's chain and its length whenever the read stops or resumes.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q

from audit.streams import ChainState, part_of
from audit.trail import hold
from reading.models import Campaign, CaseStatus, Read, ReadStatus, ReadStep
from reading.models.read import KEPT_FOR_LOOKS

IN_HAND = (ReadStatus.DRAWN, ReadStatus.ISSUED, ReadStatus.OPENED, ReadStatus.RETURNED)
ChainStates = dict[str, ChainState]


def chain_of(read: Read) -> str:
    """The name of the read's chain; readers never see it."""
    return part_of(read.case.campaign.trial.code, f"read-{read.pk}")


def hold_chains(reads: Iterable[Read]) -> None:
    """Makes concurrent actions on these reads take turns; called before anything else in the transaction is locked."""
    hold([chain_of(read) for read in reads])


def begun(reads: Iterable[Read], trial_code: str) -> ChainStates:
    """The chains of reads that are being issued."""
    return {part_of(trial_code, f"read-{read.pk}"): ChainState.BEGUN for read in reads}


def ended(reads: Iterable[Read]) -> ChainStates:
    """The chains of reads that accept no more entries."""
    return {chain_of(read): ChainState.ENDED for read in reads}


def resumed(reads: Iterable[Read]) -> ChainStates:
    """The chains of reads that accept entries again."""
    return {chain_of(read): ChainState.OPEN for read in reads}


def chain_after_change(read: Read) -> ChainStates:
    """The chain of a read after a change, as it is stored now: it ends unless the reader may still work on it."""
    return resumed([read]) if in_hand(read) else ended([read])


def in_hand(read: Read) -> bool:
    """Whether the reader may still work on the read, as it is stored."""
    return read.status in IN_HAND or kept_for_looks(read)


def kept_for_looks(read: Read) -> bool:
    """Whether a declined read still has mixed timepoints in its reader's worklist that are not signed."""
    if read.status != ReadStatus.DECLINED or read.case.status == CaseStatus.VOIDED or read.case.consent_withdrawn:
        return False
    return read.steps.filter(token__isnull=False, declined_at=None, locked_at=None).exists()


def reads_in_hand(campaign: Campaign) -> list[Read]:
    """The reads of the campaign on which a reader may still work."""
    steps = ReadStep.objects.filter(KEPT_FOR_LOOKS, read__case__campaign=campaign, locked_at=None)
    own = Read.objects.filter(Q(status__in=IN_HAND) | Q(pk__in=steps.values("read")), case__campaign=campaign)
    return list(own.select_related("case__campaign__trial").order_by("pk"))
