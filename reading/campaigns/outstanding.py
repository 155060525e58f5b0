"""Outstanding work in a campaign: it cannot be closed or locked while reads are unsigned."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from reading.charter.versions import readers_at_work, terms_of
from reading.issuing.repeats import lapsed_repeats
from reading.issuing.suspensions import away_from
from reading.models import Campaign, CaseStatus, Read, ReadKind, ReadReturn, ReadStatus
from reading.models.campaign import WITHOUT_RESULT


@dataclass(frozen=True)
class Outstanding:
    """Counts only. `reads` counts unsigned reads of every kind: closing a campaign without its repeats and controls
    would reveal their kind to their readers. `lapsed` are drawn repeats that can no longer be issued or signed."""

    cases: int
    reads: int
    lapsed: int


def outstanding_in(campaign: Campaign) -> Outstanding:
    """The outstanding work. A repeat or control of a person who no longer reads in the trial lapses."""
    unsigned = Read.objects.counting().filter(case__in=campaign.cases.live()).exclude(status=ReadStatus.SIGNED)
    awaited = unsigned.filter(waited_for(campaign))
    lapsed = unsigned.filter(kind=ReadKind.REPEAT).exclude(pk__in=awaited)
    return Outstanding(
        cases=campaign.cases.to_read().filter(status__in=WITHOUT_RESULT).count(),
        reads=awaited.count(),
        lapsed=lapsed_repeats(campaign) + lapsed.count(),
    )


def waiting_for_queries(campaign: Campaign) -> int:
    """The cases that have no result and a signed first read that no released batch of queries held."""
    if not terms_of(campaign.charter).reader_queries:
        return 0
    first = Read.objects.counting().filter(case=OuterRef("pk"), kind=ReadKind.PRIMARY, status=ReadStatus.SIGNED)
    waits = Exists(first.filter(query__batch__released_at=None))
    return campaign.cases.to_read().filter(waits, status=CaseStatus.OPEN).count()


def waited_for(campaign: Campaign, through: str = "") -> Q:
    """The reads that the campaign needs while they are unsigned; `through` is the path to them from another table.

    A repeat cannot be given to another reader, so it is not needed while its reader is suspended. Once the campaign
    is closed, reads that were not needed have lapsed, even if their reader can read again: only reads of a case without
    a result are needed, and reads that were returned after the close.
    """
    able, others = able_readers(campaign), [kind for kind in ReadKind.values if kind != ReadKind.REPEAT]
    reader, no_repeat = f"{through}reader__in", {f"{through}kind__in": others}
    if campaign.closed_at is None:
        return Q(**{reader: able - away_from(campaign)}) | Q(**{reader: able}, **no_repeat)
    returns = ReadReturn.objects.filter(read__case__campaign=campaign, returned_at__gte=campaign.closed_at)
    returned = {f"{through}status": ReadStatus.RETURNED, f"{through}pk__in": returns.values("read")}
    without_result = {f"{through}case__status__in": WITHOUT_RESULT}
    return Q(**{reader: able}, **no_repeat, **without_result) | Q(**{reader: able}, **returned)


def able_readers(campaign: Campaign) -> set[int]:
    """The people who can read in the campaign now. An unsigned read of anybody else is not needed.

    A person whose qualification has expired may finish the reads that were issued to them before.
    """
    return {person.pk for role in ("reader", "adjudicator") for person in readers_at_work(campaign.charter, role)}
