"""One reader of a campaign: reads, differences from the partners, charts, repeats. Too few cases give no figure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from statistics import fmean, median
from typing import Any

from scoring.agreement.kappa import share
from scoring.agreement.results import Estimate
from scoring.monitoring.discordance_chart import CaseGroup, groups_of
from scoring.monitoring.drift import Drift, drift_of
from scoring.monitoring.pairs import ComparedCase
from scoring.monitoring.signed_counts import ReadCounts

# With fewer cases no figure of a reader is given.
FEWEST_CASES = 10


@dataclass(frozen=True, eq=False)
class MonitoredReader:
    """A reader with their reads and the cases compared with the partner, both in the order of the reader's signatures.

    `number` is that of the code in datasets: 1 for R01. `differences` are the reader's own totals minus the partner's;
    with two partners, minus the mean of theirs.
    """

    pk: int
    number: int
    name: str
    reads: list[ReadCounts]
    compared: list[ComparedCase]
    centre: float
    repeats: dict[str, Any] | None

    @cached_property
    def differences(self) -> list[float]:
        """The reader's own mean total minus the partner's, a number a case."""
        return [one.difference if one.first == self.pk else -one.difference for one in self.compared]

    @cached_property
    def drift(self) -> Drift:
        """The chart of drift."""
        return drift_of(self.differences)

    @cached_property
    def groups(self) -> list[CaseGroup]:
        """The chart of discordance."""
        return groups_of([one.discordant for one in self.compared], self.centre)

    @property
    def mean_difference(self) -> float | None:
        """The mean difference from the partner, in score units."""
        return fmean(self.differences) if len(self.compared) >= FEWEST_CASES else None

    @property
    def discordant_share(self) -> float | None:
        """The share of the compared cases that were discordant."""
        return fmean(one.discordant for one in self.compared) if len(self.compared) >= FEWEST_CASES else None

    @cached_property
    def disagreement(self) -> Estimate | None:
        """The reader disagreement index: the share of compared cases whose accepted result contradicts the reader."""
        known = [one.against for one in self.compared if one.against is not None]
        if len(known) < FEWEST_CASES:
            return None
        blank = Estimate("disagreement index", None, None, None, len(known), 1)
        return share(sum(self.pk in against for against in known), blank)

    @property
    def missing_share(self) -> float | None:
        """Of the sites on films that exist, the share that was not assessable."""
        missing = sum(one.missing for one in self.reads)
        return self.share_of(missing, missing + sum(one.graded for one in self.reads))

    @property
    def zero_share(self) -> float | None:
        """Of the grades, the share that is 0."""
        return self.share_of(sum(one.zeros for one in self.reads), sum(one.graded for one in self.reads))

    @property
    def bulk_share(self) -> float | None:
        """Of the entries before the first signature, the share made for a whole joint at once."""
        return self.share_of(sum(one.bulk for one in self.reads), sum(one.entered for one in self.reads))

    def share_of(self, part: int, whole: int) -> float | None:
        """A share of the reader's entries."""
        return part / whole if len(self.reads) >= FEWEST_CASES and whole else None

    @property
    def minutes(self) -> float | None:
        """The median time of a case, by the reader's own clock."""
        timed = [one.seconds / 60 for one in self.reads if one.seconds is not None]
        return median(timed) if len(timed) >= FEWEST_CASES else None
