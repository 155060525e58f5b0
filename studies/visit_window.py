"""The window of a planned visit: the days before and after its target day on which its films are expected."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

# The visit planned for this day is the baseline; other days are counted from its films.
BASELINE_DAY = 0


def baseline_among(planned: Iterable[tuple[str, int]]) -> str | None:
    """The baseline among all visits of a plan (code, target day), read or not: that of day 0, or the first one.

    >>> baseline_among([("W24", 168), ("W00", 0), ("W-4", -28)]), baseline_among([("W24", 168), ("W01", 7)])
    ('W00', 'W01')
    >>> baseline_among([])
    """
    ordered = sorted((day, code) for code, day in planned)
    return next((code for day, code in ordered if day == BASELINE_DAY), ordered[0][1] if ordered else None)


def window_days(target_day: int, days_before: int, days_after: int) -> tuple[int, int]:
    """First and last day of the window, in days since baseline."""
    return target_day - days_before, target_day + days_after


def window_dates(baseline: date, target_day: int, days_before: int, days_after: int) -> tuple[date, date]:
    """First and last date of the window."""
    first, last = window_days(target_day, days_before, days_after)
    return baseline + timedelta(days=first), baseline + timedelta(days=last)
