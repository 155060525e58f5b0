"""The number of cases that a batch may release, and the number of repeats among them. Pure.

A repeat is hidden among unread cases. So that its batch does not reveal it either, repeats are issued at one rate in
every batch, the charter's share, at most a third; unread cases are kept back for the repeats still due.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from typing import TypeVar

from reading.issuing.randomisation import MILLION, Draw

T = TypeVar("T")
# Unread cases in a reader's part of a batch for each repeat in it.
FEWEST_UNREAD = 3
# Pairs of a first read and a repeat, below which no ICC is reported.
FEWEST_PAIRS = 30


def rate_of(share: float) -> Fraction:
    """Repeats for each unread case in a batch."""
    return min(Fraction(round(share * MILLION), MILLION), Fraction(1, FEWEST_UNREAD))


def places_for_repeats(draw: Draw, size: int, unread: int, share: float) -> int:
    """The number of repeats in a batch of this size. A remaining fraction is drawn at random.

    They replace unread cases, so that the length of a batch does not reveal them.
    """
    rate = rate_of(share)
    whole, rest = divmod(min(size * rate / (1 + rate), unread * rate), 1)
    return int(whole) + (draw.below(MILLION) < rest * MILLION)


def choose_repeats(
    draw: Draw, due: Mapping[int, list[int]], readers: Collection[int], places: int, readers_per_case: int
) -> list[tuple[int, int]]:
    """The repeats in these places as (reader, case), distributed as evenly as possible among the readers.

    If all readers of a batch read every case, their parts have equal length only with equal numbers of repeats.
    """
    if len(readers) == readers_per_case:
        places = min([places, *(len(due.get(reader, [])) for reader in readers)])
    order = draw.permutation(sorted(readers))
    queues = [[(reader, case) for case in draw.permutation(sorted(due.get(reader, [])))] for reader in order]
    in_turn = [one for turn in zip_longest(*queues) for one in turn if one is not None]
    return in_turn[: places * readers_per_case]


def hidden(repeats: Iterable[tuple[int, T]], unread: Mapping[int, int]) -> list[T]:
    """The repeats, as (reader, repeat), that each have three unread cases around them."""
    taken: Counter[int] = Counter()
    kept = []
    for reader, repeat in repeats:
        taken[reader] += 1
        if taken[reader] * FEWEST_UNREAD <= unread.get(reader, 0):
            kept.append(repeat)
    return kept


@dataclass(frozen=True)
class Stock:
    """The data for a release: `cases` still need readers; `to_come` repeats are drawn and not issued, of which
    the wash-out of `due` is over."""

    cases: int
    readers: int
    readers_per_case: int
    to_come: int
    due: int
    share: float

    @property
    def releasable(self) -> int:
        """The largest number of cases that leaves enough unread ones for the repeats still due, and for those that
        the release itself draws while the campaign has room for them."""
        rate = rate_of(self.share)
        if not rate:
            return self.cases
        reads = self.cases * self.readers_per_case
        own = reads * rate > self.to_come + self.readers
        some = range(1, self.cases + 1)
        return bisect_left(some, True, key=lambda cases: not self.leaves_enough(cases, rate, own))

    @property
    def largest(self) -> int:
        """The largest batch: the cases that can be released, and the repeats among them."""
        among = min(self.due // self.readers_per_case, int(self.releasable * rate_of(self.share)))
        return self.releasable + among

    def leaves_enough(self, cases: int, rate: Fraction, own: bool) -> bool:
        """Whether after this release each repeat that is still possible has its unread cases."""
        released = cases * self.readers_per_case
        left = self.cases * self.readers_per_case - released
        possible = min(Fraction(self.to_come), (released + left) * rate)
        after = possible - min(Fraction(self.due), released * rate)
        if own:
            after += released * Fraction(round(self.share * MILLION), MILLION)
        return left * rate >= after
