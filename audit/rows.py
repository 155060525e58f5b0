"""Digests of regulated rows, written into the event that created them, so that later alterations are detected.

A digest covers every column that is not null: a nullable column may be added later without changing old digests.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import models

from audit.canonical import canonical

CHUNK = 2000
# A value in a column of another type may come back changed: JSON is normalised, decimals are rounded, NaN becomes null.
EXACT = {
    models.AutoField,
    models.BigAutoField,
    models.BigIntegerField,
    models.BinaryField,
    models.BooleanField,
    models.CharField,
    models.DateField,
    models.DateTimeField,
    models.EmailField,
    models.IntegerField,
    models.PositiveBigIntegerField,
    models.PositiveIntegerField,
    models.PositiveSmallIntegerField,
    models.SlugField,
    models.SmallIntegerField,
    models.TextField,
    models.UUIDField,
}
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


@cache
def read_as_written(model: type[models.Model]) -> bool:
    """Whether every column of the table is read exactly as it was written, on every database."""
    return all(type(kept_in(field)) in EXACT for field in model._meta.concrete_fields)


def kept_in(field: Any) -> Any:
    """The field that determines the type of a column: for a foreign key, the key to which it refers."""
    while field.is_relation:
        field = field.target_field
    return field


def digest_as_written(instance: models.Model) -> Digest:
    """The digest of a row from the values that were written; the instance must not have changed since."""
    table, names = instance._meta.db_table, columns(type(instance))
    fields = {field.attname: kept_in(field) for field in instance._meta.concrete_fields}
    values = [fields[name].to_python(getattr(instance, name)) for name in names]
    return table, str(values[0]), digest(table, names, values)


def digests(instances: Iterable[models.Model]) -> dict[tuple[str, str], Digest]:
    """The digests of these rows as they are in the database, by table and key.

    Rows with columns that a database may change, such as JSON, are read again: one query per table.
    """
    keys: dict[type[models.Model], list[object]] = defaultdict(list)
    found: dict[tuple[str, str], Digest] = {}
    for instance in instances:
        if read_as_written(type(instance)):
            written = digest_as_written(instance)
            found[written[0], written[1]] = written
        else:
            keys[type(instance)].append(instance.pk)
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
    """Key and digest of each of these rows that exists, unordered: a model's ordering could join, and so lose, rows."""
    model = model_of(table)
    names = columns(model)
    for values in model._base_manager.filter(pk__in=pks).order_by().values_list(*names):
        yield str(values[0]), digest(table, names, values)


def batched(keys: Iterable[object]) -> Iterator[list[object]]:
    """The keys, in batches that fit into one query."""
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
