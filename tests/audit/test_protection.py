"""Raw SQL cannot change a regulated row on either engine, and a migration that drops the triggers brings them back."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

from audit.models import Event
from audit.protection import PROTECTED, Unprotected, demand, existing, unprotected
from tests.audit.conftest import RecordEvent
from tests.protection import lift

CHANGES = [
    "UPDATE audit_event SET body = '{}'",
    "UPDATE audit_event SET at = CURRENT_TIMESTAMP WHERE seq = 1",
    "DELETE FROM audit_event",
    "DELETE FROM audit_event WHERE seq = 1",
]


def assert_refused(sql: str) -> None:
    before = list(Event.objects.order_by("pk").values())
    with pytest.raises(IntegrityError, match="regulated"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert list(Event.objects.order_by("pk").values()) == before


@pytest.mark.django_db
@pytest.mark.parametrize("sql", CHANGES)
def test_raw_sql_on_the_trail_is_refused(record_event: RecordEvent, sql: str) -> None:
    record_event()
    assert_refused(sql)


@pytest.mark.django_db
def test_the_querysets_own_update_and_delete_are_refused(record_event: RecordEvent) -> None:
    record_event()
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.update(body="{}")
    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.all().delete()


@pytest.mark.django_db
def test_replacing_a_row_is_refused(record_event: RecordEvent) -> None:
    record_event()
    if connection.vendor == "sqlite":
        assert_refused("REPLACE INTO audit_event SELECT * FROM audit_event")
    else:
        columns = ", ".join(str(field.column) for field in Event._meta.concrete_fields)
        copy = f"INSERT INTO audit_event ({columns}) SELECT {columns} FROM audit_event"
        assert_refused(f"{copy} ON CONFLICT (id) DO UPDATE SET body = ''")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_truncate_is_refused(record_event: RecordEvent) -> None:
    record_event()
    assert_refused("TRUNCATE audit_event")
    assert_refused("TRUNCATE audit_event CASCADE")


@pytest.mark.postgresql
@pytest.mark.django_db
def test_a_replication_role_does_not_pass_the_triggers_by(record_event: RecordEvent) -> None:
    record_event()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    assert_refused("DELETE FROM audit_event")


@pytest.mark.django_db(transaction=True)
def test_a_migration_that_rebuilds_the_table_leaves_it_protected(record_event: RecordEvent) -> None:
    record_event()
    add = migrations.AddConstraint(
        "event", models.CheckConstraint(condition=models.Q(seq__gte=1), name="audit_event_counts_from_one")
    )
    state = MigrationLoader(connection).project_state()
    after = state.clone()
    add.state_forwards("audit", after)
    with connection.schema_editor() as editor:
        add.database_forwards("audit", editor, state, after)
    if connection.vendor == "sqlite":
        assert unprotected() == ["audit_event"], "the rebuild did not drop the triggers"
    call_command("migrate", verbosity=0)
    assert unprotected() == []
    assert_refused("DELETE FROM audit_event")
    with connection.schema_editor() as editor:
        add.database_backwards("audit", editor, after, state)
    call_command("migrate", verbosity=0)


@pytest.mark.django_db
def test_a_missing_trigger_stops_the_start() -> None:
    demand()
    lift()
    with pytest.raises(Unprotected, match="audit_event"):
        demand()


@pytest.mark.postgresql
@pytest.mark.django_db
@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE audit_event DISABLE TRIGGER regulated_rows",
        "ALTER TABLE audit_event ENABLE TRIGGER regulated_truncate",
        "CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$",
    ],
)
def test_a_trigger_that_no_longer_bites_counts_as_missing(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
    assert "audit_event" in unprotected()


@pytest.mark.django_db
def test_every_regulated_table_is_there_and_protected() -> None:
    assert {protection.table for protection in existing()} == set(PROTECTED)
    assert unprotected() == []
