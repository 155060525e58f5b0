"""How long the entries of a step took, by the reader's own clock: from the first film opened to the last entry."""

from __future__ import annotations

from django.db.models import Max, Min

from reading.models import FilmLook, ItemScore, ReadStep


def entry_seconds(step: ReadStep) -> float | None:
    """Seconds until the step was first signed; None without entries. Differences are right even if the clock is not.

    Entries made after a signature do not count: a correction takes seconds.
    """
    entries = ItemScore.objects.filter(timepoint__step=step, after_signature=False)
    found = entries.aggregate(first=Min("captured_at"), last=Max("captured_at"))
    if found["first"] is None:
        return None
    looked = FilmLook.objects.filter(film__timepoint__step=step).aggregate(first=Min("seen_at"))["first"]
    began = min(found["first"], looked or found["first"])
    return float((found["last"] - began).total_seconds())
