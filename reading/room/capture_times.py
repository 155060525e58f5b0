"""Times from the reader's computer: stored as sent, marked if far from the server's time, never used for order."""

from __future__ import annotations

from datetime import datetime, timedelta

AT_MOST = timedelta(hours=24)


def is_plausible(stated: datetime, received: datetime) -> bool:
    """Whether a time on the reader's computer is within 24 hours of the time at which the server received it.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 1, 31, 12, tzinfo=UTC)
    >>> is_plausible(noon - AT_MOST, noon), is_plausible(noon + AT_MOST + timedelta(seconds=1), noon)
    (True, False)
    """
    return abs(stated - received) <= AT_MOST
