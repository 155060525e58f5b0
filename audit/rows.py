"""Digests of regulated rows, written into the event that created them, so that later alterations are detected.

A digest covers every column that is not null: a nullable column may be added later without changing old digests.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from django.apps import apps
from django.db import models

from audit.canonical import canonical

CHUNK = 2000
Digest = tuple[str, str, str]  # table, primary key, SHA-256


def digest(table: str, names: Sequence[str], values: Sequence[object]) -> str:
    """SHA-256 over 0x02, the table's name, 0x00 and the row as canonical JSON."""
    row = {name: value for name, value in zip(names, values, strict=True) if value is not None}
    return hashlib.sha256(b"\x02" + table.encode() + b"\x00" + canonical(row).encode()).hexdigest()


def columns(model: type[models.Model]) -> list[str]:
    """The columns of a row by field name, the key first."""
    names = [field.attname for field in model._meta.concrete_fields]
    key = model._meta.pk.attname
    return [key, *(name for name in names if name != key)]


def digests(instances: Iterable[models.Model]) -> dict[tuple[str, str], Digest]:
    """The digests of these rows as they are in the database, by table and key; one query per table."""
    keys: dict[type[models.Model], list[object]] = defaultdict(list)
    for instance in instances:
        keys[type(instance)].append(instance.pk)
    found: dict[tuple[str, str], Digest] = {}
    for model, pks in keys.items():
        table, names = model._meta.db_table, columns(model)
        for start in range(0, len(pks), 500):
            stored = model._base_manager.filter(pk__in=pks[start : start + 500]).order_by().values_list(*names)
            for values in stored:
                found[table, str(values[0])] = (table, str(values[0]), digest(table, names, values))
    return found


def model_of(table: str) -> type[models.Model]:
    """The model of a table, including the implicit models of many-to-many fields."""
    return next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)


def digests_by_key(table: str, pks: Sequence[object]) -> Iterator[tuple[str, str]]:
    """Key and digest of each of these rows that exists, in no order: that of a model could join, and so lose, rows."""
    model = model_of(table)
    names = columns(model)
    for values in model._base_manager.filter(pk__in=pks).order_by().values_list(*names):
        yield str(values[0]), digest(table, names, values)


def batched(keys: Iterable[object]) -> Iterator[list[object]]:
    """The keys, as many at a time as one query may name."""
    left = iter(keys)
    while chunk := list(islice(left, 500)):
        yield chunk


def stored_digests(table: str) -> Iterator[tuple[str, str, dict[str, object]]]:
    """Key, digest and columns of every row of the table, in the order of their keys."""
    model, last = model_of(table), None
    names = columns(model)
    while True:
        rows = model._base_manager.order_by("pk")
        chunk = list((rows if last is None else rows.filter(pk__gt=last)).values_list(*names)[:CHUNK])
        for values in chunk:
            yield str(values[0]), digest(table, names, values), dict(zip(names, values, strict=True))
        if len(chunk) < CHUNK:
            return
        last = chunk[-1][0]
