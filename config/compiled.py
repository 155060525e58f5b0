"""Querysets whose SQL is written once per process, for the statements behind every entry of a reader.

Django takes longer to build a queryset of many joins and to write its SQL than the database takes to answer it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import psycopg
from django.db import connections, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row", bound=models.Model)
Value = str | int | None
# Values that no real row has; two sets, so that whatever differs between two compilations is seen.
MARKS = (-1_111_111, -1_222_222)


class NotCompilable(RuntimeError):
    """The SQL of the queryset, or one of its own values, differs from one compilation to the next."""


class CompiledQuery(Generic[Row]):
    """A queryset of models that is built once, and run with other values each time.

    `build` receives each name of `kinds` as a text or a whole number and returns the queryset. It may not depend on the
    time or on anything else but these values, and may not prefetch; `select_related` and annotations work as usual.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]], **kinds: type[str] | type[int]) -> None:
        self.build, self.kinds = build, kinds

    def rows(self, **values: Value) -> list[Row]:
        """The rows for these values. None finds no row, as NULL equals nothing."""
        found: models.QuerySet[Row] = models.QuerySet(self.model, query=cast(Any, Bound(self, values)))
        return list(cast(Iterable[Row], ModelIterable(found)))

    @property
    def model(self) -> type[Row]:
        """The model of the rows."""
        return cast(type[Row], self.compiled[0].query.model)

    @cached_property
    def compiled(self) -> tuple[SQLCompiler, str, tuple[object, ...]]:
        """The compiler, its SQL, and for each parameter the name of a value, or a tuple with a constant."""
        (compiler, sql, params), (_, other_sql, other_params) = (self.compile(mark) for mark in MARKS)
        places = tuple(self.place_of(*pair) for pair in zip(params, other_params, strict=True))
        if sql != other_sql or set(self.kinds) != {place for place in places if isinstance(place, str)}:
            raise NotCompilable(f"The SQL of {self.build.__name__} depends on more than its values.")
        return compiler, sql, places

    def compile(self, mark: int) -> tuple[SQLCompiler, str, tuple[object, ...]]:
        """The queryset with a recognisable value for each name."""
        queryset = self.build(**self.marked(mark))
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, params = compiler.as_sql()
        compiler.connection = None  # that of this thread, which may end before the process
        return compiler, sql, tuple(params)

    def marked(self, mark: int) -> dict[str, Value]:
        """A value for each name that is found again among the parameters."""
        return {name: kind(mark - place) for place, (name, kind) in enumerate(self.kinds.items())}

    def place_of(self, param: object, other: object) -> object:
        """The name of the value that takes this place, or a tuple with the constant that keeps it."""
        first, second = (self.marked(mark) for mark in MARKS)
        for name in self.kinds:
            if (param, other) == (first[name], second[name]):
                return name
        if param != other:
            raise NotCompilable(f"A parameter of {self.build.__name__} was {param!r}, and then {other!r}.")
        return (param,)


class Bound:
    """What Django asks of the query of a queryset: a compiler, here one whose SQL is already written."""

    def __init__(self, compiled: CompiledQuery[Any], values: dict[str, Value]) -> None:
        self.compiled, self.values = compiled, values

    def get_compiler(self, using: str) -> SQLCompiler:
        """A compiler that runs the SQL with these values on this thread's connection."""
        known, sql, places = self.compiled.compiled
        params = [self.values[place] if isinstance(place, str) else place[0] for place in cast(Any, places)]
        compiler = copy.copy(known)
        compiler.connection = connections[using]
        vars(compiler)["execute_sql"] = lambda **_: [fetched(connections[using], sql, params)]
        return compiler


def fetched(connection: Any, sql: str, params: Sequence[object]) -> list[tuple[object, ...]]:
    """The rows of the statement."""
    with cursor_of(connection) as cursor:
        cursor.execute(sql, params)
        found: list[tuple[object, ...]] = cursor.fetchall()
        return found


def cursor_of(connection: Any) -> Any:
    """On PostgreSQL a cursor that prepares its statement; wrappers see it like any other.

    While statements are logged it is an ordinary one, as a log shows values.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    connection.ensure_connection()
    return connection.make_cursor(PreparedCursor(connection.connection))


class PreparedCursor(psycopg.Cursor[tuple[object, ...]]):
    """Prepares its statement at the first use in a connection; psycopg keeps no other statement in mind."""

    def execute(self, *args: Any, **options: Any) -> Any:
        self.connection.prepare_threshold = 0
        try:
            return super().execute(*args, **options)
        finally:
            self.connection.prepare_threshold = None
