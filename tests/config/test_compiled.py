"""A queryset whose SQL is written once finds what the queryset itself finds, whatever the values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest
from django.db import connection, transaction
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from config.compiled import CompiledQuery, NotCompilable

pytestmark = pytest.mark.django_db


def people(*, email: str, least: int) -> QuerySet[User]:
    """Active people at or above a key, marked if theirs is the address."""
    theirs = ExpressionWrapper(Q(email=email), output_field=BooleanField())
    return User.objects.filter(is_active=True, pk__gte=least).annotate(theirs=theirs).order_by("-pk")


@pytest.fixture
def found() -> list[User]:
    """Three people, one of them inactive."""
    names = {"a@demo.example": True, "b@demo.example": False, "c@demo.example": True}
    return [User.objects.create(email=email, name=email, is_active=active) for email, active in names.items()]


def test_the_rows_are_those_of_the_queryset_for_each_value(found: list[User]) -> None:
    compiled = CompiledQuery(people, email=str, least=int)
    for person in found:
        rows = compiled.rows(email=person.email, least=person.pk)
        plain = list(people(email=person.email, least=person.pk))
        assert [vars(row) | {"_state": 0} for row in rows] == [vars(row) | {"_state": 0} for row in plain]
    assert [vars(row)["theirs"] for row in compiled.rows(email="a@demo.example", least=0)] == [False, True]


def test_none_finds_no_row(found: list[User]) -> None:
    assert CompiledQuery(people, email=str, least=int).rows(email="a@demo.example", least=None) == []
    assert len(found) == 3


def test_each_run_is_one_statement_that_wrappers_and_logs_see_whole(found: list[User]) -> None:
    compiled, seen = CompiledQuery(people, email=str, least=int), []

    def note(execute: object, sql: str, params: object, many: bool, context: object) -> object:
        seen.append(sql)
        return execute(sql, params, many, context)  # type: ignore[operator]

    with connection.execute_wrapper(note):
        compiled.rows(email=found[0].email, least=found[0].pk)
        with CaptureQueriesContext(connection) as log:
            compiled.rows(email=found[1].email, least=found[1].pk)
    assert len(seen) == 2
    assert seen[0] == seen[1]
    assert "accounts_user" in seen[0]
    assert [found[1].email in one["sql"] for one in log.captured_queries] == [True]


def test_a_queryset_that_depends_on_more_than_its_values_is_refused() -> None:
    moments: Iterator[int] = count(1)
    ageing = CompiledQuery(lambda *, email: User.objects.filter(email=email, pk__gt=next(moments)), email=str)
    with pytest.raises(NotCompilable, match="was 1, and then 2"):
        ageing.rows(email="a@demo.example")
    unused = CompiledQuery(lambda *, email, least: User.objects.filter(email=email), email=str, least=int)
    with pytest.raises(NotCompilable, match="more than its values"):
        unused.rows(email="a@demo.example", least=1)


@pytest.mark.django_db(transaction=True)
def test_it_runs_again_after_a_rollback_on_a_new_connection_in_another_thread_and_for_large_keys() -> None:
    person = User.objects.create(email="a@demo.example", name="A")
    compiled = CompiledQuery(people, email=str, least=int)

    def found() -> list[int]:
        return [row.pk for row in compiled.rows(email=person.email, least=person.pk)]

    assert found() == [person.pk]
    with transaction.atomic():
        assert found() == [person.pk]
        transaction.set_rollback(True)
    assert found() == [person.pk]
    connection.close()
    assert found() == [person.pk]
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(found_and_closed, found).result() == [person.pk]
    assert [compiled.rows(email=person.email, least=least) for least in (40_000, 2**31)] == [[], []]


def found_and_closed(found: Callable[[], list[int]]) -> list[int]:
    """What is found; the connection of this thread is then closed, so that the database of the tests can be dropped."""
    try:
        return found()
    finally:
        connection.close()
