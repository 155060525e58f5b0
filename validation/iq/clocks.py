"""The clocks of this host and of the database."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import connection
from django.utils import timezone

from validation.checks import NotTried, check, demand

MOST_SECONDS = 2.0


def database_time() -> datetime | None:
    """The time of the database server; None if the database is a file on this host."""
    if connection.vendor != "postgresql":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        found: datetime = cursor.fetchone()[0]
    return found.astimezone(UTC)


@check(
    "R-17",
    name="clocks",
    does="Reads the clock of this host before and after that of the database server.",
    expects=f"They differ by less than {MOST_SECONDS:.0f} s",
)
def clocks(_: object) -> str:
    before = timezone.now()
    there = database_time()
    if there is None:
        raise NotTried(f"{before:%Y-%m-%d %H:%M:%S} UTC; the database has the clock of this host")
    return compared_clocks(before, there, timezone.now())


def compared_clocks(before: datetime, there: datetime, after: datetime) -> str:
    """The times of the two clocks; Deviation if they differ by too much."""
    apart = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    seen = f"host {after:%Y-%m-%d %H:%M:%S} UTC, database {there:%H:%M:%S} UTC: {apart:.2f} s apart"
    return demand([seen] if apart >= MOST_SECONDS else [], seen)
