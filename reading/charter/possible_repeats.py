"""Which shares of hidden repeats a trial still has room for, as the charter form shows before anyone signs it."""

from __future__ import annotations

from dataclasses import dataclass

from reading.issuing.release import FEWEST_PAIRS, Stock, rate_of

SHARES = (0.05, 0.1, 0.2, 0.33, 0.5)


@dataclass(frozen=True)
class Possible:
    """What a share means for a trial of a given size."""

    share: float
    first: int
    kept: int
    each: int

    @property
    def enough(self) -> bool:
        """Whether each reader can have the pairs that an ICC needs."""
        return self.each >= FEWEST_PAIRS


def possible_repeats(cases: int, readers: int, each: int) -> list[Possible]:
    """For each share, `each` case having so many readers: cases that may be read before the wash-out, cases kept back,
    and repeats of each reader.

    >>> [(one.first, one.kept, one.each, one.enough) for one in possible_repeats(600, 2, 2)[:2]]
    [(300, 300, 15, False), (300, 300, 30, True)]
    """
    return [possible_with(share, cases, max(readers, each), each) for share in SHARES]


def possible_with(share: float, cases: int, readers: int, each: int) -> Possible:
    """One row: every case that may be issued at once is, and the rest follow when the wash-out is over."""
    stock = Stock(cases, readers, each, to_come=0, due=0, share=share)
    kept = cases - stock.releasable
    return Possible(share, stock.releasable, kept, int(kept * each * rate_of(share) / readers))
