"""Releasing a batch of queries: the reads in it go back to their readers, and the other cases get their results.

The coordinator sees no joint, and until the release only counts. A read that meanwhile cannot be asked about any more
is left out: it was returned, its case was voided or stopped, or an adjudication of its case was issued.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Signature, User
from accounts.roles import Action, authorise
from accounts.signatures import prove, signed_before, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import WrongState
from jobs.queue import add
from reading.campaigns.held_campaigns import held_campaign
from reading.capture_chains import hold_chains
from reading.charter.versions import terms_of
from reading.issuing.suspensions import away_from
from reading.models import Campaign, Case, QueryBatch, Read, ReadKind, ReadQuery, ReadReturn, ReadStatus
from reading.models.campaign import CaseQuerySet
from reading.room.signing import open_again
from reading.states import demand_open

WHY_RETURNED = "A query to the reader"


@dataclass(frozen=True)
class QueryCounts:
    """What a coordinator sees of a batch."""

    batch: QueryBatch
    reads: int
    queries: int
    joints: int
    sent: int
    answered: int


def batches_of(campaign: Campaign) -> list[QueryCounts]:
    """Every batch of a campaign with its numbers, newest first."""
    return [counts_of(batch) for batch in campaign.query_batches.prefetch_related("queries").order_by("-number")]


def counts_of(batch: QueryBatch) -> QueryCounts:
    """The numbers of a batch whose queries were fetched."""
    every = [(one.items, one.sent_at, one.answered_at) for one in batch.queries.all()]
    asked = [one for one in every if one[0]]
    return QueryCounts(
        batch=batch,
        reads=len(every),
        queries=len(asked),
        joints=sum(len(items) for items, _, _ in asked),
        sent=sum(sent is not None for _, sent, _ in asked),
        answered=sum(answered is not None for _, _, answered in asked),
    )


def asks_readers(campaign: Campaign) -> bool:
    """Whether readers of this campaign are sent queries."""
    return terms_of(campaign.charter).reader_queries and not campaign.trains


def askable_reads(campaign: Campaign) -> QuerySet[Read]:
    """Signed reads of the campaign whose readers can be asked now."""
    return askable_among(campaign.cases.all())


def askable_among(cases: CaseQuerySet) -> QuerySet[Read]:
    """Those of the reads of these cases: first reads without an issued adjudication, and repeats.

    Repeats are treated alike, so that a query does not show which reads are repeats.
    """
    third = Read.objects.counting().filter(case=OuterRef("case"), kind=ReadKind.ADJUDICATION)
    signed = Read.objects.filter(case__in=cases.to_read(), status=ReadStatus.SIGNED)
    return signed.filter(Q(kind=ReadKind.REPEAT) | Q(~Exists(third), kind=ReadKind.PRIMARY)).order_by("pk")


def released_reads(case: Case) -> set[int]:
    """The reads of a case that were in a released batch of queries; none where readers are sent no queries."""
    if not asks_readers(case.campaign):
        return set()
    released = ReadQuery.objects.filter(read__case=case, batch__released_at__isnull=False)
    return set(released.values_list("read_id", flat=True))


def waits_for_a_batch(case: Case, reads: Sequence[Read], released: Collection[int]) -> bool:
    """Whether the result of a case waits until each of its first reads has been in a released batch of queries.

    A stopped case is in no batch and does not wait.
    """
    if case.consent_withdrawn or not asks_readers(case.campaign):
        return False
    if any(read.kind == ReadKind.ADJUDICATION for read in reads):
        return False
    return any(read.pk not in released for read in reads if read.kind == ReadKind.PRIMARY)


def release_queries(*, campaign: Campaign, number: int, actor: Actor, user: User, password: str) -> QueryBatch:
    """Sends the queries of a batch to their readers. The same form sent twice releases once."""
    authorise(actor, Action.RETURN_READS)
    prove(act=Act.QUERIES, user=user, password=password)
    batch = campaign.query_batches.filter(number=number).first()
    if batch is None:
        raise WrongState(f"No such batch of queries has been prepared in campaign {campaign.code}.")
    queries = batch.queries.select_related(
        "read__case__campaign__charter", "read__case__campaign__trial", "read__reader"
    )
    with audited_atomic():
        hold_chains([query.read for query in queries.order_by("read_id")])
        held_campaign(campaign)
        held = batch_held(batch)
        if released_by(held, user):
            return held
        demand_open(campaign, "Queries can be released")
        hold_cases(queries)
        now, askable = timezone.now(), set(askable_reads(campaign).values_list("pk", flat=True))
        sent = [query for query in queries if query.items and query.read_id in askable]
        signature = sign(held, sent, actor, user)
        QueryBatch.objects.filter(pk=held.pk).update(released_at=now, signature=signature)
        ReadQuery.objects.filter(pk__in=[query.pk for query in sent]).update(sent_at=now)
        for query in sent:
            send_back(query.read, signature, actor)
        ask_readers(held, sent)
        ask_for_results(held, [query.read for query in queries])
        record(
            action="reading.queries.released",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.querybatch", str(held.pk)),
            details={"campaign": campaign.code, "number": held.number, "queries": len(sent)},
            tracked=[held, *sent],
        )
    return held


def hold_cases(queries: QuerySet[ReadQuery]) -> None:
    """Locks the cases of these queries, in the order in which a job that issues reads locks them."""
    cases = Case.objects.filter(pk__in=queries.order_by().values("read__case"))
    list(cases.select_for_update().order_by("pk").values_list("pk", flat=True))


def batch_held(batch: QueryBatch) -> QueryBatch:
    """The batch, locked until the transaction ends."""
    return QueryBatch.objects.select_for_update(of=("self",)).select_related("campaign__trial").get(pk=batch.pk)


def released_by(held: QueryBatch, user: User) -> bool:
    """Whether this person released the batch; WrongState if somebody else did."""
    if held.released_at is None:
        return False
    sent = held.queries.filter(sent_at__isnull=False).select_related("read")
    if signed_before(act=Act.QUERIES, user=user, record=on_batch(held), digest=said_of(held, sent)):
        return True
    raise WrongState(f"Batch {held.number} of queries has already been released. Load the page again.")


def send_back(read: Read, signature: Signature, actor: Actor) -> None:
    """Returns a read to its reader for its query, under the signature of the release."""
    returned = ReadReturn(read=read, reason="query", signature=signature)
    open_again(returned, read.steps.filter(counts=True), actor, WHY_RETURNED, {})


def ask_readers(batch: QueryBatch, sent: Sequence[ReadQuery]) -> None:
    """Adds the job of the mail to each reader with a query who is not suspended."""
    away = set(away_from(batch.campaign))
    counts = Counter(query.read.reader_id for query in sent if query.read.reader_id not in away)
    for reader, reads in sorted(counts.items()):
        payload = {"reader": reader, "trial": batch.campaign.trial.code, "reads": reads}
        add(kind="reading.mail_query", key=f"{batch.pk}-{reader}", payload=payload)


def ask_for_results(batch: QueryBatch, reads: Sequence[Read]) -> None:
    """Adds the job of every case with a read in the batch; the job determines whether the case still waits."""
    for case in sorted({read.case_id for read in reads if read.kind == ReadKind.PRIMARY}):
        add(kind="scoring.consensus", key=f"case-{case}-queries-{batch.number}", payload={"case": case})


def sign(batch: QueryBatch, sent: Sequence[ReadQuery], actor: Actor, user: User) -> Signature:
    """The signature of a release; called inside its transaction."""
    stream, digest = batch.campaign.trial.code, said_of(batch, sent)
    return write_signature(
        act=Act.QUERIES, actor=actor, user=user, record=on_batch(batch), digest=digest, stream=stream
    )


def on_batch(batch: QueryBatch) -> tuple[str, str]:
    """The record of the signature."""
    return "reading.querybatch", str(batch.pk)


def said_of(batch: QueryBatch, sent: Iterable[ReadQuery]) -> str:
    """The digest that the signature covers: the batch, and for each read that is sent, the items to check.

    The token of a read cannot be guessed, so nobody finds the items by trying.
    """
    campaign, cells = batch.campaign, {query.read.token: query.items for query in sent}
    facts = {"trial": campaign.trial.code, "campaign": campaign.code, "number": batch.number}
    return statement(**facts, commitment=batch.commitment, cells=json.dumps(cells, sort_keys=True))
