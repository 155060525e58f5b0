"""What every test of a file begins with, put into the database once for the file; what a test changes is undone.

A pytest plugin, for files whose tests do not commit. Each test takes a deep copy of what was built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

import pytest
from django.db import connection, transaction

T = TypeVar("T")


class Once(Protocol):
    """Runs a function with the database and gives what it returns."""

    def __call__(self, build: Callable[[], T]) -> T: ...


def of_a_test() -> transaction.Atomic:
    """A transaction in which one that must be the outermost can be, as Django's TestCase marks its own."""
    whole = transaction.atomic()
    vars(whole)["_from_testcase"] = True
    return whole


@contextmanager
def undone() -> Iterator[None]:
    """Undoes at its end what happens within."""
    with of_a_test():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Once]:
    """A transaction around all tests of the file, in which their own are savepoints."""
    whole = of_a_test()

    def run(build: Callable[[], T]) -> T:
        with django_db_blocker.unblock():
            found = build()
            connection.check_constraints()
        return found

    with django_db_blocker.unblock():
        whole.__enter__()
    yield run
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        whole.__exit__(None, None, None)
