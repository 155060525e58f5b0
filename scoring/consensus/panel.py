"""The readers whose mean is a number of a case's result if only some readers could evaluate a visit. Pure.

The only place where this is decided: totals, changes, analysis.csv and the CDISC files all use it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from scoring.consensus.discordance import Series

THIRD_READ, EVALUABLE, MISSING = "third-read", "evaluable-readers", "missing"
FEWEST = 2


@dataclass(frozen=True)
class ChosenReaders:
    """The readers whose mean is the value of a visit or an interval; with a reason, the value is missing."""

    readers: tuple[int, ...]
    reason: str = ""


@dataclass(frozen=True)
class Panel:
    """All readers whose read of a case is used, primary first; the deciding readers; the rule for partial visits."""

    everyone: tuple[Series, ...]
    deciding: tuple[int, ...]
    rule: str = THIRD_READ

    @property
    def fewest(self) -> int:
        """How many readers a mean needs. One is enough only if the charter requires no third read and none was made."""
        return 1 if self.rule == EVALUABLE and len(self.everyone) == FEWEST else FEWEST

    def at(self, evaluable: Collection[int]) -> ChosenReaders:
        """The readers for a visit, or for both ends of an interval, that these readers could evaluate.

        The deciding readers if all of them could, or if nobody could. Otherwise everyone who could: never
        fewer than `fewest`, and none of them under the rule "missing". An adjudicator who replaces both is alone.
        """
        if len(self.deciding) == 1 or not evaluable or set(self.deciding) <= set(evaluable):
            return ChosenReaders(self.deciding)
        able = tuple(one.reader for one in self.everyone if one.reader in evaluable)
        if self.rule == MISSING or len(able) < self.fewest:
            return ChosenReaders(able, f"evaluable for only {len(able)} of {len(self.everyone)} readers")
        return ChosenReaders(able)


def alone(series: Series) -> Panel:
    """The panel of one read."""
    return Panel((series,), (series.reader,))
