"""What a release would contain, for the coordinator who plans it: cases, reads, repeats, and who reads with whom."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from accounts.models import User
from reading.issuing.allocation import Assignment
from reading.issuing.assignments import plan_batch
from reading.issuing.loads import loads_here, open_loads
from reading.models import Campaign, Read, ReadKind

Pair = tuple[int, int]


@dataclass(frozen=True)
class ReaderShare:
    """A reader's unsigned reads in this campaign and in all open campaigns of the trial, and those of the release."""

    reader: str
    here: int
    everywhere: int
    added: int


@dataclass(frozen=True)
class PairShare:
    """Two readers: the cases of the campaign that both have, and those of the release."""

    readers: str
    together: int
    added: int


@dataclass(frozen=True)
class ReleasePreview:
    """A draw of the release, which draws again: as many cases and reads, but readers and pairs can get others."""

    cases: int
    first_reads: int
    repeats: int
    shares: list[ReaderShare]
    pairs: list[PairShare]


def preview_of(campaign: Campaign, readers: Sequence[User], size: int) -> ReleasePreview:
    """What a batch of this size for these readers would contain."""
    planned = plan_batch(campaign, readers, size)
    first = [one for one in planned if one.kind == ReadKind.PRIMARY]
    here, everywhere = loads_here(campaign), open_loads(campaign)
    added = Counter(one.reader for one in planned)
    return ReleasePreview(
        cases=len({one.case for one in first}),
        first_reads=len(first),
        repeats=len(planned) - len(first),
        shares=[ReaderShare(str(one), here[one.pk], everywhere[one.pk], added[one.pk]) for one in readers],
        pairs=pairs_of(campaign, readers, first),
    )


def pairs_of(campaign: Campaign, readers: Sequence[User], first: Iterable[Assignment]) -> list[PairShare]:
    """Each two of these readers with the cases that they share, before the release and by it."""
    held = Read.objects.counting().filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
    before = held.order_by().values_list("case_id", "reader_id")
    now = shared_cases(before)
    after = shared_cases([*before, *((one.case, one.reader) for one in first)])
    named = {one.pk: str(one) for one in readers}
    return [
        PairShare(f"{named[one]} and {named[other]}", now[one, other], after[one, other] - now[one, other])
        for one, other in combinations(sorted(named), 2)
    ]


def shared_cases(reads: Iterable[tuple[int, int]]) -> Counter[Pair]:
    """The number of cases that each two readers share, from (case, reader).

    >>> shared_cases([(1, 7), (1, 8), (2, 8), (2, 7), (3, 9)])
    Counter({(7, 8): 2})
    """
    people: dict[int, set[int]] = defaultdict(set)
    for case, reader in reads:
        people[case].add(reader)
    return Counter(pair for readers in people.values() for pair in combinations(sorted(readers), 2))
