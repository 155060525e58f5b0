"""The draws for all reads of a job before any is written: tokens, queues, positions and repeats.

The tokens are stored with the job, so that an interrupted job continues with the same draws.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.tokens import new_token
from reading.campaigns.frozen_films import FrozenCase
from reading.charter.versions import qualified_today
from reading.issuing.affiliations import independent
from reading.issuing.allocation import Assignment
from reading.issuing.presentations import MIXED, draw_queue, draw_repeats, queue_name
from reading.issuing.release import hidden
from reading.issuing.suspensions import without_suspended
from reading.models import Campaign, Case, Read, ReadKind


@dataclass(frozen=True)
class PlannedRead:
    """A read about to be issued: its token, and those of its steps when each is an entry of the worklist."""

    assignment: Assignment
    token: str
    steps: tuple[str, ...]

    @property
    def entries(self) -> list[str]:
        """The entries in the reader's worklist: the read, or every step that is its own entry."""
        return list(self.steps) or [self.token]

    def as_json(self) -> list[Any]:
        """The form stored with the job."""
        one = self.assignment
        return [[one.case, one.reader, str(one.kind)], self.token, list(self.steps)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> PlannedRead:
        """Reads the form stored with the job."""
        return cls(Assignment(*kept[0]), kept[1], tuple(kept[2]))


@dataclass(frozen=True)
class DrawnPlaces:
    """The draws for readers: the name of each entry's queue, its position, and which reads will be repeated."""

    queues: dict[str, str]
    positions: dict[str, int]
    repeated: set[str]


def plan_reads(presentation: str, wanted: Iterable[Assignment], frozen: Mapping[int, FrozenCase]) -> list[PlannedRead]:
    """New tokens for these reads."""
    planned = []
    for one in wanted:
        token = new_token()
        planned.append(PlannedRead(one, token, step_tokens(presentation, frozen[one.case], token)))
    return planned


def step_tokens(presentation: str, frozen: FrozenCase, read_token: str) -> tuple[str, ...]:
    """The tokens of a read's steps where timepoints are mixed; none where a read is one entry."""
    return tuple(new_token() for _ in frozen.timepoints) if presentation in MIXED else ()


def still_wanted(assignments: Sequence[Assignment], most: int | None) -> list[Assignment]:
    """The assignments that still apply: no case that ended since the request, no repeat among too few unread cases."""
    free = still_free(assignments, most)
    left = Case.objects.filter(pk__in={one.case for one in free}).to_read()
    still = set(left.values_list("pk", flat=True))
    return hidden_only([one for one in free if one.case in still])


def still_free(assignments: Sequence[Assignment], most: int | None) -> list[Assignment]:
    """The assignments without suspended or unqualified readers, cases of the reader's own site, a second adjudication
    of an adjudicated case, and cases since given by another batch to the same reader, or to `most` primary readers
    (None: any number).

    Called inside a transaction, in which the cases stay as they are.
    """
    cases = {one.case for one in assignments}
    list(Case.objects.select_for_update().filter(pk__in=cases).order_by("pk").values_list("pk"))
    counting = Read.objects.counting().filter(case__in=cases)
    adjudicated = set(counting.filter(kind=ReadKind.ADJUDICATION).values_list("case_id", flat=True))
    readers = defaultdict[int, set[int]](set)
    for case, reader in counting.filter(kind=ReadKind.PRIMARY).values_list("case_id", "reader_id"):
        readers[case].add(reader)

    def is_free(one: Assignment) -> bool:
        own = readers[one.case]
        if one.kind == ReadKind.ADJUDICATION:
            return one.case not in adjudicated
        if one.kind != ReadKind.PRIMARY:
            return True
        if one.reader in own or (most is not None and len(own) >= most):
            return False
        own.add(one.reader)
        return True

    return [one for one in without_unqualified(without_suspended(independent(assignments))) if is_free(one)]


def without_unqualified(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments of people who are qualified today, since a qualification may have ended; training is exempt."""
    if not assignments:
        return []
    campaign = Campaign.objects.select_related("training", "charter__trial").get(cases=assignments[0].case)
    if campaign.trains:
        return list(assignments)
    roles = {role_of(one) for one in assignments}
    able = {role: {person.pk for person in qualified_today(campaign.charter, role)} for role in roles}
    return [one for one in assignments if one.reader in able[role_of(one)]]


def role_of(one: Assignment) -> str:
    """The role in which the person reads."""
    return "adjudicator" if one.kind == ReadKind.ADJUDICATION else "reader"


def hidden_only(assignments: Sequence[Assignment]) -> list[Assignment]:
    """The assignments without repeats that have too few unread cases left around them; these stay due."""
    others = [one for one in assignments if one.kind != ReadKind.REPEAT]
    repeats = [(one.reader, one) for one in assignments if one.kind == ReadKind.REPEAT]
    unread = Counter(one.reader for one in others if one.kind == ReadKind.PRIMARY)
    return [*others, *hidden(repeats, unread)]


def draw_places(seed: bytes, planned: Sequence[PlannedRead], share: float) -> DrawnPlaces:
    """A queue for each reader, and the reads that will be repeated; the same each time for the same tokens."""
    places = DrawnPlaces({}, {}, set())
    for reader in sorted({one.assignment.reader for one in planned}):
        own = [one for one in planned if one.assignment.reader == reader]
        entries = [entry for one in own for entry in one.entries]
        places.queues.update(dict.fromkeys(entries, queue_name(entries)))
        places.positions.update({entry: place for place, entry in enumerate(draw_queue(seed, entries))})
        first = [one.token for one in own if one.assignment.kind == ReadKind.PRIMARY]
        places.repeated.update(draw_repeats(seed, first, share))
    return places
