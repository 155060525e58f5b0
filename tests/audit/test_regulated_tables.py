"""Every regulated table with real rows in it: raw SQL is refused, and what a superuser alters is found and named."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.loader import MigrationLoader

from audit.protection import PROTECTED, unprotected
from audit.rows import model_of
from audit.verify import verify
from reading.models import ItemScore
from tests.protection import lift

# The records the whole product stands for, and in each a column that a forger would like to change.
ALTERED = {
    "audit_event": "actor_label = 'Somebody else'",
    "reading_itemscore": "value = 3",
    "reading_filmlook": "seen_at = told_at",
    "reading_signedvalues": "\"values\" = '{}'",
    "accounts_signature": "printed_name = 'Somebody else'",
    "scoring_dataset": "root = ''",
    "scoring_lock": "root = ''",
    "scoring_caseresult": "rule = 'another'",
    "reading_sealedtimepoint": "sealed = 'x'",
    "studies_armsimport": "version = 9",
    "studies_sealedarm": "sealed = '{}'",
}


def rows_of(table: str) -> list[tuple[object, ...]]:
    return list(model_of(table)._base_manager.order_by("pk").values_list())


def assert_refused(sql: str, table: str) -> None:
    before = rows_of(table)
    assert before, f"{table} has no rows: this test would show nothing"
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert rows_of(table) == before


def assert_every_change_is_refused() -> None:
    for table, change in ALTERED.items():
        assert_refused(f"UPDATE {table} SET {change}", table)
        assert_refused(f"DELETE FROM {table}", table)
        if connection.vendor == "postgresql":
            assert_refused(f"TRUNCATE {table} CASCADE", table)


def test_what_the_line_makes_is_all_recorded_and_intact(line: None) -> None:
    report = verify()
    assert report.findings == []
    assert report.rows > 100


def test_raw_sql_is_refused(line: None) -> None:
    assert_every_change_is_refused()


@pytest.mark.django_db(transaction=True)
def test_raw_sql_is_refused_after_a_migration_that_rebuilds_each_table(line: None) -> None:
    state = MigrationLoader(connection).project_state()
    for table in ALTERED:
        model = model_of(table)
        rebuild(state.apps.get_model(model._meta.app_label, model.__name__))
    if connection.vendor == "sqlite":
        assert set(ALTERED) <= set(unprotected()), "a rebuild drops triggers there"
    call_command("migrate", verbosity=0)
    assert unprotected() == []
    assert_every_change_is_refused()
    assert verify().findings == []


def rebuild(model: type[models.Model]) -> None:
    """Makes a column wider and narrow again: on SQLite each is a new table under the old name."""
    old = next(field for field in model._meta.concrete_fields if not field.is_relation and not field.primary_key)
    new = type(old)(**{**old.deconstruct()[3], "null": True})
    new.set_attributes_from_name(old.name)
    new.model = model
    with connection.schema_editor() as editor:
        editor.alter_field(model, old, new)
    with connection.schema_editor() as editor:
        editor.alter_field(model, new, old)


def test_a_row_that_a_superuser_alters_is_named(line: None) -> None:
    for table, change in ALTERED.items():
        pk = model_of(table)._meta.pk
        key = model_of(table)._base_manager.order_by("pk").values_list("pk", flat=True)[0]
        with undone(), connection.cursor() as cursor:
            lift()
            cursor.execute(f"UPDATE {table} SET {change} WHERE {pk.column} = %s", [key])
            (finding,) = [found for found in verify().findings if found.fault != "no protection"]
            assert (finding.table, finding.row.split()[0]) == (table, str(key))
            assert finding.fault in ("altered row", "altered event")


def test_a_row_that_a_superuser_removes_is_named(line: None) -> None:
    for table in sorted(set(ALTERED) - {"audit_event"}):
        pk = model_of(table)._meta.pk
        key = model_of(table)._base_manager.order_by("-pk").values_list("pk", flat=True)[0]
        with undone(), connection.cursor() as cursor:
            lift()
            let_foreign_keys_dangle(cursor)
            cursor.execute(f"DELETE FROM {table} WHERE {pk.column} = %s", [key])
            found = [(finding.fault, finding.table, finding.row) for finding in verify().findings]
            assert ("missing row", table, str(key)) in found


def test_a_score_that_a_superuser_adds_is_named(line: None) -> None:
    names = [str(field.column) for field in ItemScore._meta.concrete_fields if field.name not in ("id", "op_id")]
    columns = ", ".join(names)
    copied = ", ".join("99" if name == "revision" else name for name in names)
    last = ItemScore.objects.order_by("-pk")[0].pk
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO reading_itemscore ({columns}, op_id)"
            f" SELECT {copied}, 'forged' FROM reading_itemscore WHERE id = {last}"
        )
    forged = ItemScore.objects.get(op_id="forged")
    (finding,) = verify().findings
    assert (finding.fault, finding.table, finding.row) == ("unknown row", "reading_itemscore", str(forged.pk))


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is rolled back, triggers included."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def let_foreign_keys_dangle(cursor: CursorWrapper) -> None:
    """A superuser can also remove every obstacle."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
    else:
        cursor.execute("PRAGMA defer_foreign_keys = ON")


def test_every_record_of_the_list_is_regulated() -> None:
    assert set(ALTERED) <= set(PROTECTED)
