"""Days and times from people and programs: limited to years with which every calculation is possible."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.dateparse import parse_datetime

FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)
ALLOWED = "Enter a date between 1900 and 2199."


def day_from(text: str) -> date:
    """A day in ISO 8601; ValueError for anything else, and for a year outside the limits."""
    day = date.fromisoformat(text)
    if not FIRST <= day <= LAST:
        raise ValueError(ALLOWED)
    return day


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last day of a shorter month.

    >>> months_later(date(2026, 11, 30), 24), months_later(date(2026, 11, 30), 3)
    (datetime.date(2028, 11, 30), datetime.date(2027, 2, 28))
    """
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def moment_from(text: str) -> datetime:
    """A time with its zone in ISO 8601; ValueError for anything else, and for a year outside the limits."""
    found = parse_datetime(text)
    if found is None or found.tzinfo is None or not FIRST <= found.date() <= LAST:
        raise ValueError(ALLOWED)
    return found


class DayField(forms.DateField):
    """A date in a form, entered with the browser's own calendar."""

    def __init__(self, **kwargs: Any) -> None:
        # Browsers show a preset date only in this form, regardless of the language of the page.
        widget = kwargs.pop("widget", None) or forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        bounds = [MinValueValidator(FIRST, ALLOWED), MaxValueValidator(LAST, ALLOWED)]
        super().__init__(widget=widget, validators=bounds, **kwargs)
