"""Watches every audited transaction of a test: a tracked row that it changes must be recorded in one of its events."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, models

from audit import trail
from audit.declared_actions import declare
from audit.models import Event
from audit.rows import model_of
from audit.tracking import TRACKED, newest
from audit.trail import Actor, audited_atomic, record

WRITES = re.compile(r'\s*(?:INSERT INTO|INSERT OR IGNORE INTO|UPDATE|DELETE FROM) "?(\w+)"?')
Rows = dict[str, tuple[object, ...]]

declare("tests.rows.made", label="Rows made", sentence="made rows for a test", seen_by={"auditor"})


def record_rows(stream: str, rows: Iterable[models.Model]) -> None:
    """Records what a test made without the functions of the product, so that a verification is about the test."""
    with audited_atomic():
        record(
            action="tests.rows.made",
            actor=Actor.system("test"),
            stream=stream,
            subject=("tests.rows", "made"),
            tracked=rows,
        )


class Watch:
    """The tracked tables as they were before the open audited transaction first wrote to them."""

    def __init__(self) -> None:
        self.transaction: object = None
        self.before: dict[str, Rows] = {}
        self.newest_event = 0
        self.unrecorded: list[str] = []

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        found = WRITES.match(str(sql))
        entries = vars(trail.open_transaction).get("entries")
        if found is None or entries is None:
            return execute(sql, params, many, context)
        if entries is not self.transaction:
            self.transaction, self.before, self.newest_event = entries, {}, newest_event()
        table = found[1]
        if table in TRACKED and table not in self.before:
            self.before[table] = rows_of(table)
        if table == "audit_event":
            self.compare([json.loads(text) for text in texts_in(params) if text.startswith('{"act')])
        return execute(sql, params, many, context)

    def compare(self, bodies: list[dict[str, Any]]) -> None:
        """Before the events are written: what has changed, and is it recorded, here or by another transaction since?"""
        recorded = rows_in(bodies) | rows_in(events_after(self.newest_event))
        for table, before in self.before.items():
            after = rows_of(table)
            changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
            actions = ", ".join(sorted({body["action"] for body in bodies}))
            self.unrecorded += [f"{actions}: {table} {key}" for key in sorted(changed) if (table, key) not in recorded]


def rows_in(bodies: Iterable[dict[str, Any]]) -> set[tuple[str, str]]:
    """The table and key of every row that the events record."""
    return {(table, key) for body in bodies for table, key, *_ in body.get("tracked", ())}


def newest_event() -> int:
    cursor = connection.connection.cursor()
    cursor.execute("SELECT max(id) FROM audit_event")
    return cursor.fetchone()[0] or 0


def events_after(newest: int) -> list[dict[str, Any]]:
    """What other transactions have recorded since; the events of the open one are not yet written."""
    cursor = connection.connection.cursor()
    cursor.execute(f"SELECT body FROM audit_event WHERE id > {newest}")
    return [json.loads(body) for (body,) in cursor.fetchall()]


def texts_in(params: Iterable[object]) -> Iterator[str]:
    """Every text among the parameters; PostgreSQL is given a list for each column."""
    for param in params:
        if isinstance(param, str):
            yield param
        elif isinstance(param, list):
            yield from texts_in(param)


def rows_of(table: str) -> Rows:
    """The tracked columns of every row, read past the log of queries, whose length some tests compare."""
    model = model_of(table)
    fields = {field.attname: field.column for field in model._meta.concrete_fields}
    wanted = dict.fromkeys(
        fields[name.split("__")[0]] for name in TRACKED[table][newest(table)] if name.split("__")[0] in fields
    )
    columns = ", ".join(f'"{column}"' for column in (model._meta.pk.column, *wanted))
    cursor = connection.connection.cursor()
    cursor.execute(f'SELECT {columns} FROM "{table}"')
    return {str(row[0]): tuple(map(repr, row)) for row in cursor.fetchall()}


@contextmanager
def watched() -> Iterator[Watch]:
    """Watches the transactions of this thread."""
    watch = Watch()
    with connection.execute_wrapper(watch):
        yield watch


@pytest.fixture(autouse=True)
def every_tracked_row_is_recorded() -> Iterator[None]:
    """Fails a test in which a function of the product changed a tracked row and recorded nothing."""
    with watched() as watch:
        yield
    assert watch.unrecorded == [], "record(tracked=...) lacks these rows"


def record_new_rows(stream: str) -> None:
    """Records every tracked row that no event has recorded: what a test's fixtures put straight into the tables."""
    recorded = rows_in(json.loads(body) for body in Event.objects.values_list("body", flat=True))
    unrecorded: dict[str, list[models.Model]] = {"system": [], stream: []}
    for table in TRACKED:
        home = "system" if table in ("accounts_user", "accounts_signonidentity", "mfa_authenticator") else stream
        unrecorded[home] += [row for row in model_of(table)._base_manager.all() if (table, str(row.pk)) not in recorded]
    for home, rows in unrecorded.items():
        if rows:
            record_rows(home, rows)
