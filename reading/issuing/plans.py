"""What is drawn for all reads of a job before any is written: tokens, queues, positions and repeats.

The tokens are kept with the job, so that one that was interrupted goes on with the same draws.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.tokens import new_token
from reading.campaigns.frozen_films import FrozenCase
from reading.issuing.allocation import Assignment
from reading.issuing.presentations import MIXED, draw_queue, draw_repeats, queue_name
from reading.issuing.release import hidden
from reading.models import Case, CaseStatus, Read, ReadKind


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
        """For the job."""
        one = self.assignment
        return [[one.case, one.reader, str(one.kind)], self.token, list(self.steps)]

    @classmethod
    def from_json(cls, kept: Sequence[Any]) -> PlannedRead:
        """Back from the job."""
        return cls(Assignment(*kept[0]), kept[1], tuple(kept[2]))


@dataclass(frozen=True)
class Places:
    """What was drawn for readers: the name of each entry's queue, its position, and which reads will be repeated."""

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
    """The tokens of the steps of a read where timepoints are mixed; none where a read is one entry."""
    return tuple(new_token() for _ in frozen.timepoints) if presentation in MIXED else ()


def still_wanted(assignments: Sequence[Assignment]) -> list[Assignment]:
    """Without cases voided since the request, and without a second adjudication of an adjudicated case.

    Called inside a transaction, in which the cases stay as they are.
    """
    cases = Case.objects.select_for_update().filter(pk__in={one.case for one in assignments}).order_by("pk")
    live = {case.pk for case in cases if case.status != CaseStatus.VOIDED}
    thirds = Read.objects.counting().filter(case__in=live, kind=ReadKind.ADJUDICATION)
    adjudicated = set(thirds.values_list("case_id", flat=True))
    wanted = [
        one
        for one in assignments
        if one.case in live and not (one.kind == ReadKind.ADJUDICATION and one.case in adjudicated)
    ]
    return hidden_only(wanted)


def hidden_only(assignments: Sequence[Assignment]) -> list[Assignment]:
    """Without the repeats that have too few unread cases left around them; they stay due."""
    others = [one for one in assignments if one.kind != ReadKind.REPEAT]
    repeats = [(one.reader, one) for one in assignments if one.kind == ReadKind.REPEAT]
    unread = Counter(one.reader for one in others if one.kind == ReadKind.PRIMARY)
    return [*others, *hidden(repeats, unread)]


def draw_places(seed: bytes, planned: Sequence[PlannedRead], share: float) -> Places:
    """A queue for each reader, and the reads that will be repeated; the same each time for the same tokens."""
    places = Places({}, {}, set())
    for reader in sorted({one.assignment.reader for one in planned}):
        own = [one for one in planned if one.assignment.reader == reader]
        entries = [entry for one in own for entry in one.entries]
        places.queues.update(dict.fromkeys(entries, queue_name(entries)))
        places.positions.update({entry: place for place, entry in enumerate(draw_queue(seed, entries))})
        first = [one.token for one in own if one.assignment.kind == ReadKind.PRIMARY]
        places.repeated.update(draw_repeats(seed, first, share))
    return places
