"""The saved revisions of scores in blocks: plain values, because a case has thousands of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db.models import TextField
from django.db.models.functions import Cast

from reading.models import ItemScore

COLUMNS = (
    *("timepoint", "pk", "item", "revision", "value", "reason", "entry", "captured_plausible"),
    *("after_signature", "change_reason", "change_note", "captured_text", "saved_text"),
)


@dataclass(slots=True)
class SavedScore:
    """One revision of the score of an item, as in `reading.models.ItemScore`; `timepoint` is a key."""

    timepoint: int
    pk: int
    item: str
    revision: int
    value: int | None
    reason: str
    entry: str
    captured_plausible: bool
    after_signature: bool
    change_reason: str
    change_note: str
    captured_at: datetime
    saved_at: datetime


SavedScores = Mapping[int, list[SavedScore]]


def saved_scores(timepoints: Collection[int]) -> SavedScores:
    """The revisions of these timepoints by the timepoint's key, in the order of saving.

    Times are fetched as text: with Django's loader, written in Python, they took a tenth of the processor time of a
    build.
    """
    found = defaultdict[int, list[SavedScore]](list)
    times = {name: Cast(f"{name.removesuffix('_text')}_at", TextField()) for name in COLUMNS[-2:]}
    rows = ItemScore.objects.filter(timepoint__in=timepoints).order_by("pk").annotate(**times)
    for row in rows.values_list(*COLUMNS):
        content = *row[:-2], time_of(row[-2]), time_of(row[-1])
        found[row[0]].append(SavedScore(*content))
    return found


def time_of(text: str) -> datetime:
    """A time as the database writes it, in UTC: PostgreSQL with an offset, SQLite without.

    >>> time_of("2026-12-01 10:00:00.25+00") == time_of("2026-12-01 10:00:00.250000")
    True
    """
    found = datetime.fromisoformat(text)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
