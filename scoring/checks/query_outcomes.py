"""The outcome of the queries of a campaign, once it is closed: what each joint was asked about for, and the answer.

Until then it stays closed: whether a joint was found by a check or drawn at random is for people who see the order.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from config.process_cache import Kept
from instruments.definition import Instrument, Item
from reading.campaigns.case_seals import identities
from reading.models import Campaign, QueryMark, ReadQuery, ReadStatus, SignedValues
from reading.room.cells import instrument_of_campaign
from scoring.agreement.kappa import share
from scoring.agreement.results import Estimate
from scoring.checks.one_read import entry_of
from scoring.checks.rules import KINDS, Checks
from scoring.checks.signed_sheets import Entries, sheet_of
from scoring.consensus.signed_series import demand_as_signed, visits_of_reads
from scoring.ratings.signed_state import signed_state

CHANGED = "changed"
# What a row of the summary counts besides the checks of KINDS: the joints of every check, and those drawn at random.
ANY_CHECK, AT_RANDOM = "any-check", "at-random"


@dataclass(frozen=True)
class AskedJoint:
    """A joint that a reader was asked to check.

    `kinds` are the checks that found it; nothing was found at one that was `drawn` at random. `answer` is CHANGED, the
    reason for keeping the scores, or empty where the read was not signed again. `before` and `after` are the entries in
    true order. `signed` is false while the read waits to be signed again.
    """

    case: int
    token: str
    reader: int
    batch: int
    item: Item
    drawn: bool
    kinds: tuple[str, ...]
    answer: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    signed: bool

    @property
    def counted_as(self) -> tuple[str, ...]:
        """The rows of the summary in which the joint is counted."""
        return (AT_RANDOM,) if self.drawn else (ANY_CHECK, *self.kinds)


@dataclass(frozen=True)
class OutcomeCount:
    """The answers about the joints of one kind, of one reader or, without a reader, of all."""

    reader: int | None
    kind: str
    kept: int = 0
    changed: int = 0
    unanswered: int = 0

    @property
    def asked(self) -> int:
        """All joints asked about."""
        return self.kept + self.changed + self.unanswered

    @property
    def share_changed(self) -> Estimate:
        """Of the answered joints, the share that was changed, with its exact interval."""
        answered = self.kept + self.changed
        return share(self.changed, Estimate("share changed", None, None, None, answered, 1))

    def with_answer(self, answer: str) -> OutcomeCount:
        """The same count with one joint more."""
        if answer == CHANGED:
            return replace(self, changed=self.changed + 1)
        return replace(self, kept=self.kept + 1) if answer else replace(self, unanswered=self.unanswered + 1)


@dataclass(frozen=True)
class SignedVersion:
    """The signed entries of a read, and the answers to its query that the same signature covers."""

    entries: Entries
    checked: dict[str, str]


outcomes_kept = Kept[list[AskedJoint]](size=16)


def asked_joints(campaign: Campaign) -> list[AskedJoint]:
    """Every joint that a reader of the campaign was asked about, recomputed after a new signature."""
    key = (campaign.pk, campaign.status)
    return list(outcomes_kept.of(key, signed_state(campaign), lambda: list(look_up(campaign))))


def look_up(campaign: Campaign) -> Iterator[AskedJoint]:
    """Every joint of the cases that count, by case and joint; with any number of reads in the same number of queries.

    The reads of a case come in an order that says nothing about their readers' names.
    """
    sent = ReadQuery.objects.filter(
        batch__campaign=campaign, sent_at__isnull=False, read__case__in=campaign.cases.live()
    )
    queries = list(sent.select_related("batch", "read__case").order_by("read__case__number", "read__token"))
    reads = [query.read_id for query in queries]
    marks = dict(QueryMark.objects.filter(read__in=reads).values_list("read", "items"))
    versions, visit_of = versions_of_reads(reads), visits_of_reads(reads)
    frozen = identities([query.read.case for query in queries])
    instrument = instrument_of_campaign(campaign)
    checks = Checks(instrument)
    for query in queries:
        before, after = around_the_answer(versions[query.read_id])
        visits = [timepoint.visit for timepoint in frozen[query.read.case_id].timepoints]
        kinds = kinds_by_item(checks, before.entries)
        for key in query.items:
            drawn = key not in marks[query.read_id]
            yield AskedJoint(
                case=query.read.case.number,
                token=query.read.token,
                reader=query.read.reader_id,
                batch=query.batch.number,
                item=instrument.item(key),
                drawn=drawn,
                kinds=() if drawn else kinds.get(key, ()),
                answer=after.checked.get(key, ""),
                before=in_order(instrument, key, before.entries, visit_of, visits),
                after=in_order(instrument, key, after.entries, visit_of, visits) if after.checked else (),
                signed=query.read.status == ReadStatus.SIGNED,
            )


def versions_of_reads(reads: Sequence[int]) -> dict[int, list[SignedVersion]]:
    """Every signed version of these reads, the oldest first. What readers were asked about was shown in one step."""
    signed = SignedValues.objects.filter(step__read__in=reads, step__counts=True).order_by("version")
    found = defaultdict[int, list[SignedVersion]](list)
    for read, values, digest in signed.values_list("step__read_id", "values", "digest"):
        demand_as_signed(values, digest, read)
        content = json.loads(values)
        entries = {token: entered["values"] for token, entered in content["timepoints"].items()}
        found[read].append(SignedVersion(entries, content.get("checked", {})))
    return found


def around_the_answer(versions: Sequence[SignedVersion]) -> tuple[SignedVersion, SignedVersion]:
    """The version that was queried and the one with the answer; without an answer, the last one and nothing."""
    for before, after in zip(versions, versions[1:], strict=False):
        if after.checked:
            return before, after
    return versions[-1], SignedVersion({}, {})


def kinds_by_item(checks: Checks, entries: Entries) -> dict[str, tuple[str, ...]]:
    """The checks that find each item in these entries."""
    found = defaultdict[str, dict[str, None]](dict)
    for finding in checks.of(sheet_of(checks.instrument, entries)):
        for key in finding.items:
            found[key][finding.kind] = None
    return {key: tuple(kinds) for key, kinds in found.items()}


def in_order(
    instrument: Instrument, key: str, entries: Entries, visit_of: dict[str, int], visits: Sequence[int]
) -> tuple[str, ...]:
    """The entries of an item in true order."""
    by_visit: dict[int, Any] = {visit_of[token]: values.get(key) for token, values in entries.items()}
    return tuple(entry_of(instrument, by_visit.get(visit)) for visit in visits)


def counted_outcomes(asked: Sequence[AskedJoint], readers: Iterable[int]) -> list[OutcomeCount]:
    """The answers of all readers, then of each of these, by kind; a joint that two checks found counts in both."""
    counts = [
        counted_kind(asked, reader, kind) for reader in (None, *readers) for kind in (ANY_CHECK, *KINDS, AT_RANDOM)
    ]
    return [one for one in counts if one.asked]


def counted_kind(asked: Sequence[AskedJoint], reader: int | None, kind: str) -> OutcomeCount:
    """The answers about the joints of a kind."""
    count = OutcomeCount(reader, kind)
    for one in asked:
        if kind in one.counted_as and reader in (None, one.reader):
            count = count.with_answer(one.answer)
    return count
