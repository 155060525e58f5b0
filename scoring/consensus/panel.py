"""Whose mean a number of a case's result is, where only some of its readers could evaluate a visit. Pure.

The one place where this is decided: totals, changes, analysis.csv and the CDISC files all ask it.
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
    """Everyone whose read of a case is used, primary readers first; who decides it; the rule for partial visits."""

    everyone: tuple[Series, ...]
    deciding: tuple[int, ...]
    rule: str = THIRD_READ

    @property
    def fewest(self) -> int:
        """How many readers a mean needs. One is enough only where the charter wants no third read and none was made."""
        return 1 if self.rule == EVALUABLE and len(self.everyone) == FEWEST else FEWEST

    def at(self, evaluable: Collection[int]) -> ChosenReaders:
        """The readers for a visit, or for both ends of an interval, that these readers could evaluate.

        Those who decide the case where all of them could, or where nobody could. Otherwise everyone who could: never
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
