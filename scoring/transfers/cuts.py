"""The cut of a transfer: complete cases of a campaign, by the day on which their last read was signed, and by batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Max, Q
from django.utils import timezone

from config.errors import BadInput, WrongState
from config.wording import both, counted
from reading.campaigns.outstanding import waited_for
from reading.charter.versions import terms_of
from reading.models import Batch, Campaign, Case, CaseStatus, Read, ReadKind, ReadStatus
from reading.models.read import COUNTING
from scoring.models import DataTransfer, Purpose

WITH_RESULT = (CaseStatus.CONSENSUS, CaseStatus.ADJUDICATED)
COMPLETE = {
    Purpose.TEST: "A case is complete once it has its result and all of its reads are signed.",
    Purpose.REVIEW: "For a review, a case is complete once all of its primary reads are signed.",
}


@dataclass(frozen=True)
class Cut:
    """How cases are chosen: signed up to a day, and read in these batches; without either, every complete case."""

    until: date | None = None
    batches: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The form in which it is stored and written into the manifest."""
        return {"until": self.until.isoformat() if self.until else None, "batches": list(self.batches)}


def cut_in_words(cut: dict[str, Any]) -> str:
    """The cut as worded on the page and in the README.

    >>> cut_in_words({"until": "2026-03-01", "batches": ["one", "two"]})
    'complete cases signed up to 2026-03-01, of the batches one and two'
    >>> cut_in_words({"until": None, "batches": []})
    'every complete case'
    """
    if not cut.get("until") and not cut.get("batches"):
        return "every complete case"
    until = f" signed up to {cut['until']}" if cut["until"] else ""
    named = f", of the batch{'es' if len(cut['batches']) > 1 else ''} {both(cut['batches'])}" if cut["batches"] else ""
    return f"complete cases{until}{named}"


def complete_cases(campaign: Campaign, purpose: str, cut: Cut) -> list[int]:
    """The ids of the complete cases of a cut, voided and stopped ones included.

    A review uses primary reads only: that a case awaits adjudication would reveal something about its changes.
    """
    of_kind = Q(reads__kind=ReadKind.PRIMARY) if purpose == Purpose.REVIEW else Q()
    signed = of_kind & Q(reads__status=ReadStatus.SIGNED)
    counting = of_kind & Q(reads__status__in=[str(status) for status in COUNTING])
    waiting = counting & ~Q(reads__status=ReadStatus.SIGNED) & waited_for(campaign, "reads__")
    cases = campaign.cases.annotate(
        signed=Count("reads", filter=signed),
        waiting=Count("reads", filter=waiting),
        last=Max("reads__signed_at", filter=signed),
    ).order_by("pk")
    is_complete = is_read if purpose == Purpose.REVIEW else has_result
    readers = terms_of(campaign.charter).readers_per_case
    outside = outside_of(campaign, demand_batches(campaign, cut.batches))
    return [
        case.pk for case in cases if is_complete(case, readers) and within(case, cut.until) and case.pk not in outside
    ]


def is_read(case: Any, readers: int) -> bool:
    """Whether every primary read of a case is signed; a case voided, or stopped before that, counts as done."""
    if case.status == CaseStatus.VOIDED or stopped_early(case, case.signed, readers):
        return True
    return case.signed >= readers and not case.waiting


def stopped_early(case: Case, signed: int, readers: int) -> bool:
    """Whether consent was withdrawn before all primary reads were signed. One stopped later looks like any other.

    The absence of a result would reveal that it was awaiting adjudication.
    """
    return case.consent_withdrawn and signed < readers


def has_result(case: Any, _: int) -> bool:
    """Whether a case has its result and no read is left to sign; one that never gets a result counts as done."""
    return case.has_no_result or (case.status in WITH_RESULT and not case.waiting)


def within(case: Any, until: date | None) -> bool:
    """Whether the last read of a case was signed by the end of a day in UTC; a case without a signed read is not."""
    if until is None:
        return True
    return case.last is not None and case.last.date() <= until


def demand_batches(campaign: Campaign, names: Sequence[str]) -> set[int]:
    """The batches of these names; BadInput names one that the campaign does not have."""
    known = list(Batch.objects.filter(campaign=campaign, name__in=names).values_list("pk", "name"))
    if missing := set(names) - {name for _, name in known}:
        raise BadInput(f"Campaign {campaign.code} has no batch {both(sorted(missing))}.", field="batches")
    return {pk for pk, _ in known}


def outside_of(campaign: Campaign, batches: set[int]) -> set[int]:
    """The cases without a primary read in these batches; none if no batch was chosen."""
    if not batches:
        return set()
    primary = Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
    inside = set(primary.filter(batch__in=batches).values_list("case", flat=True))
    return set(campaign.cases.values_list("pk", flat=True)) - inside


def demand_cut(campaign: Campaign, purpose: str, cut: Cut) -> list[int]:
    """The cases of a cut, of which at least one is neither voided nor stopped."""
    if cut.until and cut.until > timezone.now().date():
        raise BadInput(f"The last day cannot be {cut.until}: it is after today.", field="until")
    cases = complete_cases(campaign, purpose, cut)
    whole = campaign.cases.to_read() if purpose == Purpose.REVIEW else campaign.cases.expected()
    if not whole.filter(pk__in=cases).exists():
        raise WrongState(f"No case of campaign {campaign.code} is complete in this cut. {COMPLETE[Purpose(purpose)]}")
    return cases


def demand_still_whole(transfer: DataTransfer) -> None:
    """WrongState if a case of a stored cut has been reopened since."""
    lost = set(transfer.cases) - set(complete_cases(transfer.campaign, transfer.purpose, Cut()))
    if lost:
        raise WrongState(
            f"{counted(len(lost), 'case')} of the cut {'was' if len(lost) == 1 else 'were'} reopened after the transfer"
            " was requested. Ask for another transfer."
        )
