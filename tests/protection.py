"""Lifts the protection of regulated tables: to empty a test database, or to play a forger. Only the harness may."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connection, transaction
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

from audit.protection import PROTECTED, ROWS, TRUNCATE, existing, install, sqlite_triggers

TEARDOWN = "_fixture_teardown"
TRIES = 5
# What the migrations put there stays.
OF_THE_MIGRATIONS = {"django_content_type", "auth_permission"}


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
        if connection.vendor == "postgresql":
            return empty_tables_with_rows()
        with lifted():
            flush(case)

    setattr(TransactionTestCase, TEARDOWN, flush_without_protection)


def empty_tables_with_rows() -> None:
    """Empties the tables that have rows; a flush makes every table and trigger anew, which takes longer.

    The transaction of a request that is still at work is waited for; after a deadlock with it, all is tried again.
    """
    for left in reversed(range(TRIES)):
        try:
            return empty_at_once()
        except OperationalError as error:
            if not left or not isinstance(error.__cause__, DeadlockDetected):
                raise


def empty_at_once() -> None:
    """Empties the tables in one transaction, in which nobody else uses any of them."""
    names = [name for name in connection.introspection.django_table_names() if name not in OF_THE_MIGRATIONS]
    filled = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in names]
    quoted = ", ".join(f'"{name}"' for name in names)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {quoted} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("SET LOCAL session_replication_role = replica")  # no foreign key is checked
        cursor.execute(" UNION ALL ".join(filled))
        for (name,) in cursor.fetchall():
            triggers = (ROWS, TRUNCATE) if name in PROTECTED else ()
            for trigger in triggers:
                cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER {trigger}')
            cursor.execute(f'DELETE FROM "{name}"')
            for trigger in triggers:
                cursor.execute(f'ALTER TABLE "{name}" ENABLE ALWAYS TRIGGER {trigger}')
