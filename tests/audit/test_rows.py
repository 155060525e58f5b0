"""The digest of a row from the values that were written is that of the row as it is stored, whatever its columns."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test.utils import isolate_apps

from audit.protection import PROTECTED
from audit.rows import EXACT, digest_as_written, digests, digests_by_key, kept_in, model_of, read_as_written
from jobs.models import Pulse

pytestmark = pytest.mark.django_db(transaction=True)


class YesOnly(StrEnum):
    YES = "yes"


MOMENTS = [
    datetime(2026, 3, 1, 12, 0, 0, 1, tzinfo=UTC),
    datetime(1999, 12, 31, 23, 59, 59, 999_999, tzinfo=timezone(timedelta(hours=5, minutes=30))),
]
# What code may give for a column of each type, in every form that Django accepts.
GIVEN: dict[type[models.Field[Any, Any]], list[object]] = {
    models.BigIntegerField: [0, -(2**63), True, "12"],
    models.BinaryField: [b"", bytes(range(256)), memoryview(b"\x00a")],
    models.BooleanField: [True, 0, "True"],
    models.CharField: ["", " two  spaces ", "é e\u0301 \U0001f9b4", 'it\'s "quoted" \\ \n', YesOnly.YES, 7],
    models.DateField: [date(1, 1, 1), date(2024, 2, 29), "2024-02-29"],
    models.DateTimeField: [*MOMENTS, "2026-03-01T12:00:00.000001+02:00"],
    models.EmailField: ["a@b.example"],
    models.IntegerField: [-(2**31), "3"],
    models.PositiveBigIntegerField: [2**62],
    models.PositiveIntegerField: [2**31 - 1, False],
    models.PositiveSmallIntegerField: [0, 32767],
    models.SlugField: ["a-b"],
    models.SmallIntegerField: [-32768],
    models.TextField: ["", "x" * 70_000, "\u2028"],
    models.UUIDField: [uuid.UUID(int=1), "12345678123456781234567812345678"],
}


@pytest.fixture
def table() -> Iterator[type[models.Model]]:
    """A table with a column of every type that counts as read as it was written, each of which may be null."""
    with isolate_apps("jobs"):
        columns = {f"c{n}": kind(null=True, max_length=99_999) for n, kind in enumerate(GIVEN)}
        meta = type("Meta", (), {"app_label": "jobs", "db_table": "tests_every_column"})
        kept_at = models.ForeignKey(Pulse, models.DO_NOTHING, null=True, db_constraint=False)
        made = {"__module__": __name__, "Meta": meta, "kept_at": kept_at, **columns}
        model: type[models.Model] = type("EveryColumn", (models.Model,), made)
        with connection.schema_editor() as editor:
            editor.create_model(model)
        yield model
        with connection.schema_editor() as editor:
            editor.delete_model(model)


def test_the_digest_of_what_was_written_is_that_of_the_stored_row_for_every_type_of_column(
    table: type[models.Model],
) -> None:
    assert set(GIVEN) == EXACT - {models.AutoField, models.BigAutoField}
    assert read_as_written(table)
    rows = [
        {f"c{place}": value, "kept_at_id": "worker"} for place, values in enumerate(GIVEN.values()) for value in values
    ]
    for written in table._default_manager.bulk_create([*(table(**row) for row in rows), table()]):
        stored = table._default_manager.get(pk=written.pk)
        assert digest_as_written(written) == digest_as_written(stored), vars(stored)
        assert digest_as_written(written) == next(iter(digests([stored]).values()))


def test_rows_with_columns_that_a_database_may_change_are_read_again() -> None:
    for model in map(model_of, PROTECTED):
        changed = [one.name for one in model._meta.concrete_fields if type(kept_in(one)) not in EXACT]
        assert read_as_written(model) == (not changed)
    assert not read_as_written(apps.get_model("reading", "Sitting"))
    assert read_as_written(apps.get_model("reading", "ItemScore"))


def test_the_digest_of_a_row_is_the_one_that_the_verification_computes() -> None:
    pulse = Pulse.objects.create(part="worker", at=MOMENTS[1], says="3 of 5")
    assert digests([pulse])["jobs_pulse", "worker"][2] == dict(digests_by_key("jobs_pulse", ["worker"]))["worker"]
