"""What the owner of the database could do to the records: every kind of it on every table, as a superuser.

Each tampering returns the row that a verification must name, or None when the database itself refuses it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from random import Random
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from audit.canonical import canonical
from audit.chain import event_hash
from audit.models import Event, Head
from audit.protection import PROTECTED
from audit.rows import columns, digests_by_key, model_of
from audit.tracking import TRACKED, newest

Target = tuple[str, str]  # table and key
Tampering = tuple[str, Callable[[Random], Target | None]]
UNKEYED = 10**9


def every_tampering() -> list[Tampering]:
    """Distinct tamperings: columns altered, rows deleted, copied and told again, events and heads rewritten."""
    tables = [table for table in covered_tables() if rows(table)]
    return [tampering for table in tables for tampering in on_table(table)] + list(on_the_trail())


def covered_tables() -> list[str]:
    """The tables whose rows a verification compares with the trail."""
    return sorted((PROTECTED.keys() | TRACKED.keys()) - {"audit_event"})


def on_table(table: str) -> Iterator[Tampering]:
    """The tamperings of one table."""
    for column in covered(table):
        yield f"alter {table}.{column}", partial(alter, table, column)
    yield f"delete from {table}", partial(delete, table)
    yield f"copy in {table}", partial(copy, table)
    if is_insert_only(table):
        yield f"alter and tell again {table}", partial(record_again, table, "same")
        yield f"tell elsewhere {table}", partial(record_again, table, "other")


def on_the_trail() -> Iterator[Tampering]:
    """The tamperings of events and heads."""
    for column in ("seq", "prev", "hash", "body", "at", "action", "actor_id", "actor_label", "role"):
        yield f"alter audit_event.{column}", partial(alter, "audit_event", column)
    for column in ("subject_type", "subject_id", "stream", "home", "mac", "mac_key"):
        yield f"alter audit_event.{column}", partial(alter, "audit_event", column)
    yield "copy in audit_event", partial(copy, "audit_event")
    yield "add an event before the first of a chain", before_the_first
    yield "cut the tail of a chain", cut_tail
    yield "remove an event", remove_event
    yield "alter audit_head.seq", partial(alter, "audit_head", "seq")
    yield "alter audit_head.hash", partial(alter, "audit_head", "hash")
    yield "remove a head", partial(delete, "audit_head")


def is_insert_only(table: str) -> bool:
    """Whether no row of the table ever changes."""
    return table in PROTECTED and not PROTECTED[table].column


def covered(table: str) -> list[str]:
    """The columns whose alteration must be found, without the key."""
    names = columns(model_of(table))
    return [name for name in names[1:] if is_insert_only(table) or name in TRACKED[table][newest(table)]]


def rows(table: str) -> models.QuerySet[Any]:
    """Every row of the table in order."""
    return model_of(table)._base_manager.order_by("pk")


def any_row(table: str, draw: Random) -> models.Model:
    """A row drawn from the table."""
    row: models.Model = rows(table)[draw.randrange(rows(table).count())]
    return row


def forged(field: models.Field[Any, Any], value: Any) -> list[Any]:
    """Other values that the column could take, the likeliest to be accepted first."""
    if isinstance(field, models.ForeignKey):
        others = field.related_model._base_manager.exclude(pk=value).values_list("pk", flat=True)
        return [*others[:3], UNKEYED]
    if isinstance(field, models.DateTimeField):
        return [(value or timezone.now()) + timedelta(days=1)]
    for kind, others_of in OTHERS:
        if isinstance(value, kind):
            choices = [key for key, _ in field.choices or ()]
            return [other for other in (*choices, *others_of(value)) if other != value]
    return [1, "x", {"forged": 1}, date(2020, 1, 1)]


OTHERS: list[tuple[type | tuple[type, ...], Callable[[Any], list[Any]]]] = [
    (bool, lambda value: [not value]),
    ((int, float), lambda value: [value + 1, value + 1000, value - 1]),
    (date, lambda value: [value + timedelta(days=1)]),
    (str, lambda value: [value + "x", value[:-1] + "x", "0" * len(value)]),
    ((dict, list), lambda value: [{"forged": 1}, [["forged"]]]),
    ((bytes, memoryview), lambda value: [bytes(value) + b"x"]),
]


def tried(does: Callable[[], object]) -> bool:
    """Whether the database lets it happen."""
    try:
        with transaction.atomic():
            does()
    except (DatabaseError, ValidationError, ValueError, TypeError):
        return False
    return True


def alter(table: str, column: str, draw: Random) -> Target | None:
    """One column of one row gets another value."""
    row = any_row(table, draw)
    field = next(field for field in row._meta.concrete_fields if field.attname == column)
    for value in forged(field, getattr(row, column)):
        if tried(partial(rows(table).filter(pk=row.pk).update, **{column: value})):
            return table, str(row.pk)
    return None


def delete(table: str, draw: Random) -> Target | None:
    """One row is removed, whatever refers to it."""
    row = any_row(table, draw)
    return (table, str(row.pk)) if tried(lambda: rows(table).filter(pk=row.pk)._raw_delete("default")) else None


def copy(table: str, draw: Random) -> Target | None:
    """One row is added, like another but for what must be unique."""
    row, key = any_row(table, draw), None
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    pk = row._meta.pk
    assert pk is not None
    values[pk.attname] = UNKEYED if isinstance(row.pk, int) else f"forged-{row.pk}"[:40]
    for field in row._meta.concrete_fields:
        if field is not pk and isinstance(values[field.attname], str) and not field.choices:
            values[field.attname] = f"f{values[field.attname]}"[: field.max_length]
        elif isinstance(field, models.PositiveSmallIntegerField | models.PositiveIntegerField):
            values[field.attname] = 30_000
    key = str(values[pk.attname])
    return (table, key) if tried(lambda: type(row)._base_manager.bulk_create([type(row)(**values)])) else None


def record_again(table: str, where: str, draw: Random) -> Target | None:
    """A row is altered, and a new event at the end of a chain tells its new digest, correctly linked."""
    row = any_row(table, draw)
    recorded = Event.objects.filter(body__contains=f'["{table}","{row.pk}",').order_by("pk").first()
    assert recorded is not None
    if where == "same":
        assert any(alter_this(table, row, name) for name in covered(table))
    stream = recorded.stream if where == "same" else Head.objects.exclude(pk=recorded.stream).order_by("pk")[0].pk
    digest = dict(digests_by_key(table, [row.pk]))[str(row.pk)]
    append_forged(recorded, stream, [[table, str(row.pk), digest]])
    return table, str(row.pk)


def alter_this(table: str, row: models.Model, column: str) -> bool:
    """Gives one column of this row another value."""
    field = next(field for field in row._meta.concrete_fields if field.attname == column)
    values = forged(field, getattr(row, column))
    return any(tried(partial(rows(table).filter(pk=row.pk).update, **{column: value})) for value in values)


def append_forged(like: Event, stream: str, recorded: list[list[str]]) -> None:
    """An event by the rules that anybody can read: the hash follows from the one before, the head moves on."""
    head = Head.objects.get(pk=stream)
    body = canonical(json.loads(like.body) | {"rows": recorded})
    own = event_hash(stream, head.seq + 1, head.hash, body)
    like.pk, like.stream, like.seq, like.prev, like.hash, like.body = None, stream, head.seq + 1, head.hash, own, body
    like.save(force_insert=True)
    Head.objects.filter(pk=stream).update(seq=head.seq + 1, hash=own)


def cut_tail(draw: Random) -> Target:
    """The last events of a chain are removed and its head set back; only an anchor remembers them."""
    head = Head.objects.filter(seq__gt=3).order_by("pk")[0]
    seq = draw.randint(2, head.seq - 1)
    Event.objects.filter(stream=head.pk, seq__gt=seq)._raw_delete("default")
    Head.objects.filter(pk=head.pk).update(seq=seq, hash=Event.objects.get(stream=head.pk, seq=seq).hash)
    return "audit_event", f"{head.pk} #{head.seq}"


def before_the_first(draw: Random) -> Target:
    """An event is added where nobody counts: before #1, by the rules that anybody can read."""
    event = Event.objects.order_by("pk")[draw.randrange(Event.objects.count())]
    seq, prev = -draw.randint(0, 9), f"{draw.getrandbits(256):064x}"
    event.pk, event.seq, event.prev, event.hash = None, seq, prev, f"{draw.getrandbits(256):064x}"
    event.save(force_insert=True)
    return "audit_event", str(event.pk)


def remove_event(draw: Random) -> Target:
    """An event in the middle is removed; the one after it shows the gap."""
    head = Head.objects.filter(seq__gt=3).order_by("pk")[0]
    seq = draw.randint(2, head.seq - 1)
    Event.objects.filter(stream=head.pk, seq=seq)._raw_delete("default")
    return "audit_event", str(Event.objects.get(stream=head.pk, seq=seq + 1).pk)


def let_go(cursor: Any) -> None:
    """A superuser also removes what refers to a row."""
    if connection.vendor == "postgresql":
        cursor.execute("SET LOCAL session_replication_role = replica")
    else:
        cursor.execute("PRAGMA defer_foreign_keys = ON")
