"""The rows of a list as a CSV file, in pieces of many lines: the server sends each piece separately."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

from django.db.models import QuerySet

from config.cells import EXCEL_MARK, Column, csv_safe
from config.row_filters import Rows

Load: TypeAlias = Callable[[Sequence[Any]], None]
LINES, AT_ONCE = 200, 2000
# A column of a list has few different values; the text of each is cached.
TEXTS_KEPT = 1024


def csv_pieces(rows: Rows | Iterable[Any], columns: Sequence[Column], load: Load | None = None) -> Iterator[str]:
    """The heads of the columns, then every row."""
    writer = csv.writer(Echo())
    yield EXCEL_MARK + str(writer.writerow([csv_safe(column.label) for column in columns]))
    cells = cells_of(rows, columns, load)
    while some := list(islice(cells, LINES)):
        yield "".join(map(writer.writerow, some))


def cells_of(rows: Rows | Iterable[Any], columns: Sequence[Column], load: Load | None) -> Iterator[list[str]]:
    """The cells of each row: from the stored values alone where every column names its field."""
    if isinstance(rows, QuerySet) and all(column.fields for column in columns):
        yield from stored_cells(rows, columns)
    else:
        yield from ([csv_safe(column.of(row)) for column in columns] for row in loaded(rows, load))


def stored_cells(rows: QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[str]]:
    """The cells of each row without making objects; each field is fetched once, whatever the number of its columns."""
    fields = list(dict.fromkeys(field for column in columns for field in column.fields))
    cells = [(lru_cache(TEXTS_KEPT)(column.in_csv), tuple(map(fields.index, column.fields))) for column in columns]
    for row in rows.values_list(*fields).iterator(AT_ONCE):
        yield [text(*[row[place] for place in places]) for text, places in cells]


def loaded(rows: Rows | Iterable[Any], load: Load | None) -> Iterator[Any]:
    """The rows with the data that their columns need."""
    every = iter(rows.iterator(AT_ONCE) if isinstance(rows, QuerySet) else rows)
    if load is None:
        yield from every
        return
    while some := list(islice(every, AT_ONCE)):
        load(some)
        yield from some


class Echo:
    """A file that returns what is written to it."""

    def write(self, line: str) -> str:
        return line
