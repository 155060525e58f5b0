"""A cell of a list: its value, how a page shows it and how a CSV file contains it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache, cached_property, reduce
from typing import Any

from django.db.models import Model

from config.filters import Filter

LONG_TEXT = 40
# A spreadsheet treats text that begins with one of these as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Badge:
    """A state as a word with a shape; without a tone, the one in config.badges is used."""

    value: str
    label: str
    tone: str = ""

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True)
class Link:
    """Text with a link."""

    text: str
    url: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Progress:
    """A number out of a total."""

    done: int
    total: int

    def __str__(self) -> str:
        return f"{self.done} of {self.total}"


@dataclass(frozen=True)
class Number:
    """A number that a page shows with this many decimal places; a CSV file has all of them.

    >>> str(Number(-0.5, 3)), csv_safe(Number(-0.5, 3))
    ('−0.500', '-0.5')
    """

    value: float
    places: int

    def __str__(self) -> str:
        return f"{round(self.value, self.places) + 0.0:.{self.places}f}".replace("-", "−")


@dataclass(frozen=True)
class Column:
    """One column of a list.

    `value` is an attribute path ("site.code"), a key of a mapping, or a function of the row; the default is the key.
    `sort` is the field (or fields) of the queryset to order by; "" makes the column unsortable. For a list of plain
    objects any text will do: they are sorted by value. `template` shows the cell from a template with `row`.
    `field` is the queryset field with the value of a CSV cell, `labels` the label of each value there. If it is a tuple
    of fields, `value` is a function of what they hold, and makes the cell of a page as well.
    """

    key: str
    label: str
    value: str | Callable[..., object] = ""
    sort: str | Sequence[str] = ""
    filter: Filter | None = None
    template: str = ""
    csv: bool = True
    help: str = ""
    field: str | tuple[str, ...] = ""
    labels: Mapping[Any, str] | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """The queryset fields from which a CSV cell is made; none if it needs the whole object."""
        if isinstance(self.field, tuple):
            return self.field
        return (self.field,) if self.field else ()

    def in_csv(self, *stored: object) -> str:
        """The text of a CSV cell from the stored values of its fields."""
        if isinstance(self.field, tuple) and callable(self.value):
            return csv_safe(self.value(*stored))
        return csv_safe(stored[0] if self.labels is None else self.labels.get(stored[0], stored[0]))

    def of(self, row: Any) -> object:
        """The value of this column in a row."""
        if callable(self.value):
            if isinstance(self.field, tuple):
                return self.value(*(reduce(step, name.split("__"), row) for name in self.field))
            return self.value(row)
        return reduce(step, (self.value or self.key).split("."), row)


def step(thing: Any, name: str) -> Any:
    if thing is None:
        return None
    if isinstance(thing, Mapping):
        return thing.get(name)
    if isinstance(thing, Model) and name.startswith("get_") and name.endswith("_display"):
        return label_of(thing, name.removeprefix("get_").removesuffix("_display"))
    found = getattr(thing, name)
    return found() if callable(found) else found


def label_of(row: Model, field: str) -> str:
    """The label of a choice; Django's own method reads all choices of the field again for every row."""
    value = getattr(row, field)
    return str(labels_of(type(row), field).get(value, "" if value is None else value))


@cache
def labels_of(model: type[Model], field: str) -> dict[Any, Any]:
    return dict(next(one for one in model._meta.concrete_fields if one.name == field).flatchoices)


@dataclass(frozen=True)
class Cell:
    """One cell of a page: `kind` determines how includes/cell.html shows `value`."""

    column: Column
    value: object
    among_numbers: bool = False

    @cached_property
    def kind(self) -> str:
        """template, badge, link, progress, number, moment, day, empty or text."""
        if self.column.template:
            return "template"
        return kind_of(self.value)

    @property
    def style(self) -> str:
        """The class of the cell: numbers right-aligned, text of several words wrapped, everything else on one line.

        Long text keeps a width in which it can be read; short text is wrapped only where the list would not fit.
        """
        if self.kind != "text":
            return "number" if self.kind == "number" or self.among_numbers else ""
        text = str(self.value)
        return "words" if len(text) > LONG_TEXT else "wraps" if " " in text else ""


def cells_of(columns: Sequence[Column], things: Iterable[Any]) -> list[list[Cell]]:
    """The cells of each thing; an empty cell is aligned like the numbers of its column."""
    rows = [[Cell(column, column.of(thing)) for column in columns] for thing in things]
    numeric = {place for cells in rows for place, cell in enumerate(cells) if cell.kind == "number"}
    return [
        [replace(cell, among_numbers=cell.kind == "empty" and place in numeric) for place, cell in enumerate(cells)]
        for cells in rows
    ]


# bool before int, datetime before date: each is also the other.
KINDS: tuple[tuple[type, str], ...] = (
    (Badge, "badge"),
    (Link, "link"),
    (Progress, "progress"),
    (Number, "number"),
    (bool, "text"),
    (int, "number"),
    (float, "number"),
    (datetime, "moment"),
    (date, "day"),
)


def kind_of(value: object) -> str:
    """The kind that determines how a value is shown."""
    if value is None or value == "":
        return "empty"
    return next((kind for type_, kind in KINDS if isinstance(value, type_)), "text")


def plain(value: object) -> str:
    """A value as text: times in UTC, yes or no, empty text for no value."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    return value.isoformat() if isinstance(value, date) else str(value)


# The start of every list downloaded as CSV: without it, Excel reads a file in the code page of the machine.
EXCEL_MARK = "\ufeff"


def csv_safe(value: object) -> str:
    """The text of a CSV cell; text that a spreadsheet would treat as a formula gets a leading apostrophe."""
    if isinstance(value, Number):
        return plain(value.value)
    text = plain(value)
    if isinstance(value, int | float):
        return text
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
