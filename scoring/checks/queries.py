"""The imaging lead's part of queries: marking items that a check found, and preparing a batch with sham items.

Only what one read shows by itself can be marked. Beside each marked item another without a finding is drawn at random
from the same read. A reader may recognise which is which by their own values; a query shows nothing about order or
partner that the reader's own values do not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, QuerySet

from accounts.roles import Action, authorise
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from config.wording import counted, quoted
from instruments.definition import Instrument, Item
from instruments.not_assessable import ABSENT
from reading.campaigns.held_campaigns import held_campaign
from reading.issuing.queries import askable_reads, asks_readers
from reading.issuing.randomisation import Draw, commitment, new_seed
from reading.issuing.seeds import sealed_seed
from reading.models import Campaign, QueryBatch, QueryMark, Read, ReadQuery
from reading.room.cells import instrument_of_campaign
from reading.states import demand_open
from scoring.checks.rules import KINDS, RuleFinding
from scoring.checks.signed_sheets import Entries, checked_campaign, entries_of

MOST_ITEMS = 10


def reads_to_prepare(campaign: Campaign) -> list[Read]:
    """The signed reads that are not yet in a batch and can be asked about."""
    return list(askable_reads(campaign).filter(query=None).select_related("case"))


@dataclass(frozen=True)
class NextQueries:
    """The reads that the next batch will hold, how many are marked, and whether an earlier batch still waits."""

    reads: int
    marked: int
    waits: bool


def in_preparation(campaign: Campaign) -> NextQueries:
    """The state of the next batch."""
    reads = reads_to_prepare(campaign)
    waits = campaign.query_batches.filter(released_at=None).exists()
    return NextQueries(len(reads), valid_marks(reads).count(), waits)


@dataclass(frozen=True)
class QueryOfRead:
    """What the lead can do about a read: the items to mark, those that are marked, and what was sent."""

    items: tuple[Item, ...]
    marked: frozenset[str]
    sent: ReadQuery | None


def query_of(read: Read, findings: Sequence[RuleFinding]) -> QueryOfRead | None:
    """The query of a read; None where the charter has none."""
    campaign = read.case.campaign
    if not asks_readers(campaign):
        return None
    sent = ReadQuery.objects.filter(read=read).select_related("batch").first()
    open_to_mark = sent is None and askable_reads(campaign).filter(pk=read.pk).exists()
    instrument = instrument_of_campaign(campaign)
    keys = in_order(instrument, list(found_items(findings))) if open_to_mark else []
    marked = {key for mark in valid_marks([read]) for key in mark.items}
    return QueryOfRead(tuple(map(instrument.item, keys)), frozenset(marked), sent)


def found_items(findings: Sequence[RuleFinding]) -> set[str]:
    """The items that can be marked: those that a check of the read alone found."""
    return {key for finding in findings if finding.kind in KINDS for key in finding.items}


def mark_items(*, read: Read, actor: Actor, items: Sequence[str]) -> None:
    """Marks items of a signed read for the next batch in place of earlier marks; none takes the mark away."""
    authorise(actor, Action.MARK_QUERIES)
    campaign = read.case.campaign
    demand_queries(campaign)
    instrument, findings = instrument_of_campaign(campaign), checked_campaign(campaign).of(read)
    wanted = in_order(instrument, demand_found(items, findings))
    others = others_of(instrument, entries_of([read])[read.pk], findings)
    if len(others) < len(wanted):
        allowed = f"Mark at most {counted(len(others), 'joint')}" if others else "Nothing can be marked"
        raise BadInput(f"{allowed}: too few other joints are left to ask about as well.", field="items")
    with audited_atomic():
        held_campaign(campaign)
        if not askable_reads(campaign).filter(pk=read.pk, query=None).exists():
            raise WrongState("This read can no longer be asked about. Load the page again.")
        mark, _ = QueryMark.objects.update_or_create(read=read, defaults={"items": wanted})
        record(
            action="reading.query.marked",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.read", str(read.pk)),
            details={"case": read.case.number, "joints": len(wanted)},
            tracked=[mark],
        )


def demand_queries(campaign: Campaign) -> None:
    """WrongState unless the charter has queries and the campaign is open."""
    if not asks_readers(campaign):
        raise WrongState(f"Readers of {campaign.code} are sent no queries: its charter does not provide for them.")
    demand_open(campaign, "Queries can be prepared")


def demand_found(items: Sequence[str], findings: Sequence[RuleFinding]) -> Sequence[str]:
    """BadInput for an item that no check of this read found, or for too many."""
    if unknown := sorted(set(items) - found_items(findings)):
        raise BadInput(f"No check of this read found {quoted(unknown[0])}. Load the page again.", field="items")
    if len(items) > MOST_ITEMS:
        text = f"A query names at most {MOST_ITEMS} joints that a check found. You marked {len(items)}."
        raise BadInput(text, field="items")
    return items


def in_order(instrument: Instrument, items: Sequence[str]) -> list[str]:
    """Items in the order of the instrument, each once."""
    return sorted(set(items), key=instrument.positions.__getitem__)


def others_of(instrument: Instrument, entries: Entries, findings: Sequence[RuleFinding]) -> list[str]:
    """The items of a read that have a film and that no check found."""
    shown = {key for cells in entries.values() for key, entry in cells.items() if entry[1] != ABSENT.code}
    return in_order(instrument, list(shown - found_items(findings)))


def with_shams(draw: Draw, instrument: Instrument, marked: Sequence[str], others: Sequence[str]) -> list[str]:
    """The marked items and as many others, drawn from the same region and feature where any is left."""
    left = draw.permutation(others)
    chosen = list(marked)
    for item in map(instrument.item, marked):
        like = [key for key in left if is_like(instrument, key, item.region, item.feature)]
        left.remove(sham := (like or left)[0])
        chosen.append(sham)
    return in_order(instrument, chosen)


def is_like(instrument: Instrument, key: str, region: str, feature: str) -> bool:
    """Whether an item is of this region and feature."""
    item = instrument.item(key)
    return (item.region, item.feature) == (region, feature)


def prepare_batch(*, campaign: Campaign, actor: Actor) -> QueryBatch:
    """A batch with every signed read that was in none yet; those that are marked get a query."""
    authorise(actor, Action.MARK_QUERIES)
    demand_queries(campaign)
    seed, instrument, checked = new_seed(), instrument_of_campaign(campaign), checked_campaign(campaign)
    with audited_atomic():
        held_campaign(campaign)
        earlier = QueryBatch.objects.filter(campaign=campaign)
        if earlier.filter(released_at=None).exists():
            raise WrongState("A batch is waiting for its release. Prepare the next one when it has been released.")
        reads = reads_to_prepare(campaign)
        if not reads:
            raise WrongState("No signed read is waiting for a batch.")
        fields = {"commitment": commitment(seed), "sealed": sealed_seed(seed)}
        batch = QueryBatch.objects.create(campaign=campaign, number=earlier.count() + 1, **fields)
        items = {
            read.pk: with_shams(
                Draw(seed, f"query on read {read.token}"),
                instrument,
                marks,
                others_of(instrument, entries, checked.of(read)),
            )
            for read, marks, entries in marked_reads(reads)
        }
        rows = [ReadQuery(batch=batch, read=read, items=items.get(read.pk, [])) for read in reads]
        queries = ReadQuery.objects.bulk_create(rows)
        record(
            action="reading.queries.prepared",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.querybatch", str(batch.pk)),
            details={"campaign": campaign.code, "number": batch.number, "reads": len(reads), "queries": len(items)},
            tracked=[batch, *queries],
        )
    return batch


def valid_marks(reads: Sequence[Read]) -> QuerySet[QueryMark]:
    """The marks on these reads; a signature after a mark makes it void."""
    of_reads = QueryMark.objects.filter(read__in=[read.pk for read in reads]).exclude(items=[])
    return of_reads.filter(marked_at__gte=F("read__signed_at"))


def marked_reads(reads: Sequence[Read]) -> list[tuple[Read, list[str], Entries]]:
    """Those of the reads that are marked, with the marks and entries."""
    marks = {mark.read_id: mark.items for mark in valid_marks(reads)}
    marked = [read for read in reads if read.pk in marks]
    entries = entries_of(marked)
    return [(read, marks[read.pk], entries[read.pk]) for read in marked]
