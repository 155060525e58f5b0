"""Hidden repeats: cases issued to a reader a second time, for intra-reader agreement. They look like any other case.

Which first reads are repeated was drawn and sealed when they were issued; they are issued with a later batch,
each among at least three unread cases.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from audit.newest_event import state_of
from config.process_cache import Kept
from config.wording import counted
from reading.charter.versions import qualified_readers, terms_of
from reading.issuing.affiliations import affiliated
from reading.issuing.allocation import Assignment
from reading.issuing.eligible import primary_readers, wanted_readers
from reading.issuing.randomisation import Draw, new_seed
from reading.issuing.release import FEWEST_UNREAD, Stock, choose_repeats, places_for_repeats
from reading.models import Campaign, Read, ReadKind, ReadStatus, SealedRead
from reading.seals import seal, unseal

drawn = Kept[list[int]](size=16)


def drawn_for_repeat(campaign: Campaign) -> list[Read]:
    """The first reads drawn to be read again."""
    return list(first_reads(campaign).filter(pk__in=drawn_reads(campaign)))


def drawn_reads(campaign: Campaign) -> list[int]:
    """The first reads that were drawn to be repeated, signed or not; opened again only after a batch was issued."""

    def opened() -> list[int]:
        reads = Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
        sealed = reads.order_by("pk").values_list("pk", "token", "sealedread__sealed")
        return [pk for pk, token, content in sealed if unseal(content, bound_to=f"read {token}").get("repeat")]

    return drawn.of(campaign.pk, state_of(campaign.trial.code, ("reading.batch",)), opened)


def first_reads(campaign: Campaign) -> QuerySet[Read]:
    """The first reads that count, of cases that can be read."""
    first = Read.objects.counting().filter(case__campaign=campaign, kind=ReadKind.PRIMARY)
    return first.filter(case__in=campaign.cases.to_read()).order_by("pk")


def was_drawn(read: Read) -> bool:
    """Whether the read was drawn to be repeated."""
    return bool(unseal(read.sealedread.sealed, bound_to=f"read {read.token}").get("repeat"))


def renamed(read: Read, token: str) -> None:
    """Gives a read another token in memory only, and seals with it whether the read was drawn to be repeated."""
    sealed = seal({"repeat": was_drawn(read)}, bound_to=f"read {token}")
    read.token, read.sealedread = token, SealedRead(sealed=sealed)


def repeats_to_come(campaign: Campaign, readers: Collection[int]) -> list[Read]:
    """The first reads of these readers, signed or not, that were drawn and have not been issued again.

    Cases of a site with which the reader is now affiliated are left out: their repeats lapse. One that ended unsigned
    because its case was stopped is issued again.
    """
    if terms_of(campaign.charter).repeats_share == 0:
        return []
    again = Read.objects.filter(case=OuterRef("case"), reader=OuterRef("reader"), kind=ReadKind.REPEAT)
    again = again.exclude(status=ReadStatus.VOIDED)
    first = first_reads(campaign).filter(~Exists(again), reader__in=readers, pk__in=drawn_reads(campaign))
    found = list(first.select_related("case"))
    barred = affiliated(campaign, [read.case for read in found])
    return [read for read in found if read.reader_id not in barred.get(read.case_id, set())]


def of_which_due(campaign: Campaign, to_come: Collection[Read], now: datetime) -> list[Read]:
    """The reads whose wash-out is over."""
    over = now - timedelta(days=terms_of(campaign.charter).repeats_washout_days)
    return [read for read in to_come if read.status == ReadStatus.SIGNED and read.signed_at and read.signed_at <= over]


def due_repeats(campaign: Campaign, readers: Collection[int], now: datetime) -> list[Read]:
    """The first reads of these readers that are due to be read again."""
    return of_which_due(campaign, repeats_to_come(campaign, readers), now)


def repeats_of_a_batch(campaign: Campaign, readers: Collection[int], size: int, unread: int) -> list[Assignment]:
    """The repeats that are issued with a batch to these readers; repeats without a place stay due."""
    terms, draw = terms_of(campaign.charter), Draw(new_seed(), "repeats")
    due: dict[int, list[int]] = defaultdict(list)
    for read in due_repeats(campaign, readers, timezone.now()):
        due[read.reader_id].append(read.case_id)
    places = places_for_repeats(draw, size, unread, terms.repeats_share)
    chosen = choose_repeats(draw, due, readers, places, terms.readers_per_case)
    return [Assignment(case, reader, ReadKind.REPEAT) for reader, case in chosen]


def able_to_read(campaign: Campaign) -> set[int]:
    """The people who can do primary reads and their repeats now. The repeats of everybody else lapse."""
    return {reader.pk for reader in qualified_readers(campaign.charter, "reader")}


def stock_of(campaign: Campaign, now: datetime) -> Stock:
    """The cases that need readers, and the repeats that they will hide."""
    terms, readers = terms_of(campaign.charter), able_to_read(campaign)
    to_come = repeats_to_come(campaign, readers)
    return Stock(
        cases=len(wanted_readers(campaign, primary_readers(campaign))),
        readers=len(readers),
        readers_per_case=terms.readers_per_case,
        to_come=len(to_come),
        due=len(of_which_due(campaign, to_come, now)),
        share=terms.repeats_share,
    )


def lapsed_repeats(campaign: Campaign) -> int:
    """The repeats that were drawn and can no longer be issued: their reader left, or too few unread cases remain."""
    unread = len(wanted_readers(campaign, primary_readers(campaign)))
    waiting = [read.reader_id for read in repeats_to_come(campaign, drawn_readers(campaign))]
    room = dict.fromkeys(able_to_read(campaign), unread // FEWEST_UNREAD)
    return sum(max(0, count - room.get(reader, 0)) for reader, count in Counter(waiting).items())


def drawn_readers(campaign: Campaign) -> set[int]:
    """Everybody with a first read that counts."""
    return set(first_reads(campaign).values_list("reader_id", flat=True))


def repeats_in_words(campaign: Campaign, lapsed: int, now: datetime) -> str:
    """The progress of a campaign's repeats, given how many lapsed, for its coordinator; empty without repeats."""
    if terms_of(campaign.charter).repeats_share == 0:
        return ""
    issued = Read.objects.counting().filter(case__campaign=campaign, kind=ReadKind.REPEAT)
    signed = issued.filter(status=ReadStatus.SIGNED).count()
    stock = stock_of(campaign, now)
    kept = counted(stock.cases - stock.releasable, "case is", "cases are")
    return (
        f"Hidden repeats: {len(drawn_for_repeat(campaign))} drawn, {issued.count()} issued, {signed} signed; "
        f"{stock.due} due, to be issued among unread cases; "
        f"{kept} held back for repeats; {lapsed} lapsed."
    )
