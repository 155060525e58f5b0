"""Lifts the protection of regulated tables: to empty a test database, or to play a forger. Only the harness may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test import TransactionTestCase

from audit.protection import ROWS, TRUNCATE, existing, install, sqlite_triggers

TEARDOWN = "_fixture_teardown"


def lift() -> None:
    """Drops every trigger, as an owner of the database could."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # a table with checks still waiting in this transaction cannot be altered
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for protection in existing():
            if connection.vendor == "postgresql":
                for name in (ROWS, TRUNCATE):
                    cursor.execute(f'DROP TRIGGER IF EXISTS {name} ON "{protection.table}"')
            else:
                for name in sqlite_triggers(protection):
                    cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"')


@contextmanager
def lifted() -> Iterator[None]:
    """Without protection for a while; it stands again afterwards."""
    lift()
    try:
        yield
    finally:
        install()


def let_tests_empty_the_database() -> None:
    """Transactional tests end in a flush, which the triggers rightly refuse."""
    flush: Callable[[Any], None] = vars(TransactionTestCase)[TEARDOWN]

    def flush_without_protection(case: Any) -> None:
        with lifted():
            flush(case)

    setattr(TransactionTestCase, TEARDOWN, flush_without_protection)
