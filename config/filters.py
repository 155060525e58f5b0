"""Filters of a list: text, a choice, dates, numbers. Each reads the address and filters the list.

A filter reads the request parameters under its column's key; a value that cannot be read is BadInput.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Protocol

from django.db.models import Q
from django.utils import timezone

from config.days import day_from
from config.errors import BadInput
from config.wording import either, quoted

FieldTest = Callable[[object], bool]
LARGEST = 1e15  # beyond this, comparing a number with a column is no longer exact


class Filter(Protocol):
    """How a column is filtered."""

    kind: ClassVar[str]

    def suffixes(self) -> Sequence[str]:
        """The suffixes added to the column's key for the names of the inputs."""

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """The condition for a queryset."""

    def test(self, label: str, values: Mapping[str, str]) -> FieldTest:
        """The same condition for the value of a plain object."""


@dataclass(frozen=True)
class TextFilter:
    """Rows whose fields contain the text, ignoring case."""

    fields: str | Sequence[str]
    kind: ClassVar[str] = "text"

    def suffixes(self) -> Sequence[str]:
        """One input."""
        return ("",)

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """Any of the fields contains it."""
        fields = [self.fields] if isinstance(self.fields, str) else self.fields
        return any_of(Q(**{f"{name}__icontains": values[""]}) for name in fields)

    def test(self, label: str, values: Mapping[str, str]) -> FieldTest:
        """The text contains it."""
        wanted = values[""].casefold()
        return lambda value: wanted in str(value).casefold()


@dataclass(frozen=True)
class ChoiceFilter:
    """Rows with one of the given values; choices are (value, label), or a function that returns them."""

    field: str
    choices: Sequence[tuple[Any, Any]] | Callable[[], Sequence[tuple[Any, Any]]]
    kind: ClassVar[str] = "choice"

    def options(self) -> list[tuple[str, str]]:
        """The choices as text."""
        choices = self.choices() if callable(self.choices) else self.choices
        return [(str(value), str(label)) for value, label in choices]

    def suffixes(self) -> Sequence[str]:
        """One input."""
        return ("",)

    def _known(self, label: str, value: str) -> str:
        options = dict(self.options())
        if value not in options:
            raise BadInput(f"{label} cannot be {quoted(value)}. Choose {either(options.values())}.")
        return value

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """The field equals the choice."""
        return Q(**{self.field: self._known(label, values[""])})

    def test(self, label: str, values: Mapping[str, str]) -> FieldTest:
        """The value is the choice or its label."""
        chosen = self._known(label, values[""])
        words = {chosen, dict(self.options())[chosen]}
        return lambda value: str(value) in words or getattr(value, "value", None) == chosen


def read_day(label: str, text: str) -> date:
    try:
        return day_from(text)
    except ValueError:
        said = f"{label} cannot be {quoted(text)}. Enter a date such as 2026-01-31, between 1900 and 2199."
        raise BadInput(said) from None


def read_number(label: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not abs(number) <= LARGEST:
        raise BadInput(f"{label} cannot be {quoted(text)}. Enter a number.")
    return number


@dataclass(frozen=True)
class RangeFilter:
    """Rows between two bounds, both included; either may be open."""

    field: str
    lookups: Mapping[str, str] = dataclasses.field(default_factory=lambda: {"-from": "gte", "-to": "lte"})
    kind: ClassVar[str] = ""

    def suffixes(self) -> Sequence[str]:
        """Two inputs."""
        return tuple(self.lookups)

    def read(self, label: str, text: str) -> Any:
        """A bound from its text."""
        raise NotImplementedError

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """The field is between the bounds."""
        given = {f"{self.field}__{self.lookups[end]}": self.read(label, text) for end, text in values.items() if text}
        return Q(**given)

    def test(self, label: str, values: Mapping[str, str]) -> FieldTest:
        """The value is between the bounds."""
        low, high = (self.read(label, values[end]) if values[end] else None for end in self.lookups)

        def between(value: Any) -> bool:
            if isinstance(value, datetime):
                value = value.date()
            return value is not None and (low is None or value >= low) and (high is None or value <= high)

        return between


@dataclass(frozen=True)
class DayFilter(RangeFilter):
    """Rows between two dates; for a DateField."""

    kind: ClassVar[str] = "day"

    def read(self, label: str, text: str) -> date:
        """A day."""
        return read_day(label, text)


@dataclass(frozen=True)
class MomentFilter(DayFilter):
    """Rows between two dates, both included; for a DateTimeField, which an index on it can serve."""

    lookups: Mapping[str, str] = dataclasses.field(default_factory=lambda: {"-from": "gte", "-to": "lt"})

    def query(self, label: str, values: Mapping[str, str]) -> Q:
        """From the moment the first day begins until the last day has ended, in the zone in which days are shown."""
        days = {end: self.read(label, text) for end, text in values.items() if text}
        return Q(**{f"{self.field}__{self.lookups[end]}": beginning(day, end == "-to") for end, day in days.items()})


def beginning(day: date, of_next: bool) -> datetime:
    """When the day, or the day after it, begins."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=of_next), datetime.min.time()))


@dataclass(frozen=True)
class NumberFilter(RangeFilter):
    """Rows between two numbers."""

    kind: ClassVar[str] = "number"

    def read(self, label: str, text: str) -> float:
        """A number."""
        return read_number(label, text)


def any_of(conditions: Iterable[Q]) -> Q:
    found = Q()
    for condition in conditions:
        found |= condition
    return found
