"""Filtering, searching and ordering the rows of a list, whether a queryset or plain objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from django.db.models import F, Q, QuerySet

from config.cells import Column, Number, plain
from config.natural import natural_key

Rows: TypeAlias = QuerySet[Any, Any] | Sequence[Any]
Given: TypeAlias = Sequence[tuple[Column, Mapping[str, str]]]


def narrow(rows: Rows, given: Given) -> Rows:
    """The rows that pass every filter given."""
    for column, values in given:
        if column.filter is None:
            continue
        if isinstance(rows, QuerySet):
            rows = rows.filter(column.filter.query(column.label, values))
        else:
            passes = column.filter.test(column.label, values)
            rows = [row for row in rows if passes(column.of(row))]
    return rows


def search(rows: Rows, text: str, names: Sequence[str], columns: Sequence[Column]) -> Rows:
    """The rows with the text in one of the fields (queryset) or of the columns (plain objects)."""
    if isinstance(rows, QuerySet):
        matches = Q()
        for name in names:
            matches |= Q(**{f"{name}__icontains": text})
        return rows.filter(matches)
    searched = [column for column in columns if column.key in names]
    wanted = text.casefold()
    return [row for row in rows if any(wanted in plain(column.of(row)).casefold() for column in searched)]


def order(rows: Rows, column: Column | None, *, descending: bool) -> Rows:
    """The rows ordered by a column; without one in their given order, and a queryset always in a defined order."""
    if isinstance(rows, QuerySet):
        return order_queryset(rows, column, descending)
    return order_list(rows, column, descending) if column else rows


def order_queryset(rows: QuerySet[Any, Any], column: Column | None, descending: bool) -> QuerySet[Any, Any]:
    if column is None:
        return rows if rows.ordered else rows.order_by("pk")
    fields = [column.sort] if isinstance(column.sort, str) else column.sort
    # Empty values last on every database, then the key, so that equal rows keep their order from page to page.
    ways = [F(name).desc(nulls_last=True) if descending else F(name).asc(nulls_last=True) for name in fields]
    return rows.order_by(*ways, "pk")


def order_list(rows: Sequence[Any], column: Column, descending: bool) -> list[Any]:
    filled = [row for row in rows if column.of(row) is not None]
    empty = [row for row in rows if column.of(row) is None]
    return [*sorted(filled, key=lambda row: place(column.of(row)), reverse=descending), *empty]


def place(value: object) -> tuple[float, str]:
    number = value.value if isinstance(value, Number) else value
    return (float(number), "") if isinstance(number, int | float) else (0.0, natural_key(plain(value)))
