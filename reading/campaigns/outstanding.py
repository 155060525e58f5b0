"""What is left to do in a campaign: it cannot be closed or locked while reads are unsigned."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from reading.charter.versions import readers_at_work
from reading.issuing.repeats import lapsed_repeats
from reading.issuing.suspensions import away_from
from reading.models import Campaign, CampaignStatus, Read, ReadKind, ReadStatus
from reading.models.campaign import WITHOUT_RESULT


@dataclass(frozen=True)
class Outstanding:
    """Counts only. `reads` counts unsigned ones of every kind: closing a campaign without its repeats and controls
    would reveal to their readers what they were. `lapsed` are drawn repeats that can no longer be issued or signed."""

    cases: int
    reads: int
    lapsed: int


def outstanding_in(campaign: Campaign) -> Outstanding:
    """The work left. A repeat or control of somebody who no longer reads in the trial lapses."""
    unsigned = Read.objects.counting().filter(case__in=campaign.cases.live()).exclude(status=ReadStatus.SIGNED)
    awaited = unsigned.filter(waited_for(campaign))
    lapsed = unsigned.filter(kind=ReadKind.REPEAT).exclude(pk__in=awaited)
    return Outstanding(
        cases=campaign.cases.to_read().filter(status__in=WITHOUT_RESULT).count(),
        reads=awaited.count(),
        lapsed=lapsed_repeats(campaign) + lapsed.count(),
    )


def waited_for(campaign: Campaign, through: str = "") -> Q:
    """The reads that the campaign waits for while they are unsigned; `through` leads to them from another table.

    A repeat cannot be given to another reader, so it is not waited for while its reader is suspended. One that nobody
    waited for when the campaign was closed has lapsed, also if its reader can read again since; one that was signed
    and returned is waited for.
    """
    able, others = able_readers(campaign), [kind for kind in ReadKind.values if kind != ReadKind.REPEAT]
    reader, kind = f"{through}reader__in", f"{through}kind__in"
    no_repeat = Q(**{reader: able, kind: others})
    if campaign.status != CampaignStatus.OPEN:
        return no_repeat | Q(**{reader: able, f"{through}status": ReadStatus.RETURNED})
    return Q(**{reader: able - away_from(campaign)}) | no_repeat


def able_readers(campaign: Campaign) -> set[int]:
    """Who can read in the campaign now. An unsigned read of anybody else is not waited for.

    A person whose qualification has expired finishes the reads that they were given before.
    """
    return {person.pk for role in ("reader", "adjudicator") for person in readers_at_work(campaign.charter, role)}
