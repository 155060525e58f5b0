"""A p-chart of discordance: the share of discordant cases in groups of a reader's consecutive cases. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

GROUP = 20
SIGMAS = 3.0


@dataclass(frozen=True)
class CaseGroup:
    """Consecutive cases, counted from 1, and the number of discordant ones."""

    first: int
    last: int
    discordant: int
    lower: float
    upper: float

    @property
    def share(self) -> float:
        """The share of discordant cases."""
        return self.discordant / (self.last - self.first + 1)

    @property
    def beyond(self) -> bool:
        """Whether more cases than usual were discordant."""
        return self.share > self.upper


def groups_of(discordant: Sequence[bool], centre: float) -> list[CaseGroup]:
    """Full groups of 20 cases, with limits at centre - and + 3 sqrt(centre (1 - centre) / 20), within 0 and 1.

    `centre` is the share of discordant cases of the whole campaign.

    >>> chart = groups_of([True] * 10 + [False] * 30, 0.2)
    >>> [(group.share, group.beyond) for group in chart]
    [(0.5, True), (0.0, False)]
    >>> round(chart[0].upper, 6)
    0.468328
    """
    reach = SIGMAS * math.sqrt(centre * (1 - centre) / GROUP)
    lower, upper = max(0.0, centre - reach), min(1.0, centre + reach)
    return [
        CaseGroup(start + 1, start + GROUP, sum(discordant[start : start + GROUP]), lower, upper)
        for start in range(0, len(discordant) - GROUP + 1, GROUP)
    ]
