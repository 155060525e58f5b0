"""What is left to do in a campaign: it cannot be closed or locked while reads are unsigned."""

from __future__ import annotations

from dataclasses import dataclass

from reading.charter.versions import readers_at_work
from reading.issuing.repeats import lapsed_repeats
from reading.models import Campaign, Read, ReadStatus
from reading.models.campaign import WITHOUT_RESULT


@dataclass(frozen=True)
class Outstanding:
    """Counts only. `reads` counts unsigned ones of every kind: closing a campaign without its repeats and controls
    would reveal to their readers what they were. `lapsed` are drawn repeats that can no longer be issued."""

    cases: int
    reads: int
    lapsed: int


def outstanding_in(campaign: Campaign) -> Outstanding:
    """The work left. A repeat or control of somebody who no longer reads in the trial lapses."""
    live = campaign.cases.live()
    reads = (
        Read.objects.counting()
        .filter(case__in=live, reader__in=able_readers(campaign))
        .exclude(status=ReadStatus.SIGNED)
    )
    return Outstanding(
        cases=campaign.cases.to_read().filter(status__in=WITHOUT_RESULT).count(),
        reads=reads.count(),
        lapsed=lapsed_repeats(campaign),
    )


def able_readers(campaign: Campaign) -> set[int]:
    """Who can read in the campaign now. An unsigned read of anybody else is not waited for.

    A person whose qualification has expired finishes the reads that they were given before.
    """
    return {person.pk for role in ("reader", "adjudicator") for person in readers_at_work(campaign.charter, role)}
