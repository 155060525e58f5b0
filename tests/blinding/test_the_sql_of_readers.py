"""No request of a reader or an adjudicator asks the database for anything on the FORBIDDEN list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from reading import border
from reading.border import FORBIDDEN_TABLES, BorderCrossed, forbidden_in, is_forbidden
from studies.models import Visit
from tests.blinding.addresses import every_step, things_in
from tests.blinding.asking import WorldRequest, ask, browser
from tests.blinding.draws import some_of_each
from tests.blinding.playing import world_of
from tests.blinding.scripts import reader_steps
from tests.blinding.secrets_of import FIRST
from tests.routes import every_route

pytestmark = pytest.mark.django_db
STAGES = {"reader": "reading", "adjudicator": "adjudicating"}
READERS = ["reader", pytest.param("adjudicator", marks=pytest.mark.full)]


def some_of(steps: list[WorldRequest]) -> list[WorldRequest]:
    """Of every route the first address with GET and with POST."""
    return [step for step in some_of_each(steps, 1) if step.method in ("get", "post")]


def crossings(
    who: str, choose: Callable[[list[WorldRequest]], list[WorldRequest]]
) -> tuple[dict[str, set[str]], set[str]]:
    """What each route named that it must not, and every route asked."""
    found: dict[str, set[str]] = defaultdict(set)
    with world_of(FIRST, stage=STAGES[who], ids_by_content=False) as (world, _):
        things = things_in(world, who)
        steps = choose([*reader_steps(world, who, things), *every_step(things)])
        client = browser(world.people[who])
        for step in steps:
            if step.sign_in:
                client = browser(world.people[who])

            def watch(execute: Any, sql: str, params: Any, many: bool, context: Any, route: str = step.route) -> Any:
                if named := forbidden_in(sql):
                    found[route].add(f"{', '.join(named)} in {sql[:300]}")
                return execute(sql, params, many, context)

            with connection.execute_wrapper(watch):
                ask(client, step)
    return found, {step.route for step in steps}


@pytest.mark.parametrize("who", READERS)
def test_no_request_of_a_reader_names_what_is_forbidden(who: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(border, "guard", lambda execute, *rest: execute(*rest))  # seen, not refused
    found, asked = crossings(who, some_of)
    assert dict(found) == {}
    assert asked == set(every_route())


@pytest.mark.full
@pytest.mark.parametrize("who", STAGES)
def test_no_request_in_any_way_names_what_is_forbidden(who: str) -> None:
    found, _ = crossings(who, lambda steps: steps)
    assert dict(found) == {}


def test_every_forbidden_table_exists_and_everything_that_knows_identities_is_forbidden() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}
    assert FORBIDDEN_TABLES - tables == set()
    allowed = {"studies_trial", "studies_membership", "studies_readerimage"}
    assert {name for name in tables if name.startswith("studies_") and not is_forbidden(name)} == allowed
    assert [name for name in tables if name.startswith("scoring_") and not is_forbidden(name)] == []
    assert [name for name in tables if "seal" in name and not is_forbidden(name)] == []


def test_no_table_a_reader_may_reach_holds_a_forbidden_column() -> None:
    reached = [model for model in apps.get_models() if not is_forbidden(model._meta.db_table)]
    columns = {(model._meta.db_table, field.column) for model in reached for field in model._meta.concrete_fields}
    assert {name for name in columns if name[1] and is_forbidden(name[1])} == set()


def test_every_address_of_the_reading_room_stands_behind_the_border() -> None:
    inside = [route for name, route in every_route().items() if str(route.pattern).startswith("read/")]
    assert len(inside) >= 13
    assert [route.name for route in inside if not getattr(route.callback, "behind_the_border", False)] == []


@pytest.mark.parametrize(
    "sql",
    [
        'SELECT "studies_visit"."id" FROM "studies_visit"',
        "SELECT id FROM studies_visit",
        "select id from Studies_Visit v",
        "SELECT id FROM public.studies_visit",
        "SELECT id FROM `studies_visit`",
        "SELECT id FROM [studies_visit]",
        "SELECT 'a''b', id FROM studies_visit WHERE code = ''",
        "SELECT id AS \"it's\" FROM studies_visit WHERE code = 'x'",
        "SELECT id FROM reading_read /* 'x */ JOIN studies_visit USING (id)",
    ],
)
def test_a_forbidden_table_is_recognised_however_it_is_written(sql: str) -> None:
    assert forbidden_in(sql) == ("studies_visit",)


@pytest.mark.parametrize("column", ["film_date", "FILM_DATE", '"film_date"', "r.film_date", "max(film_date)"])
def test_a_forbidden_column_is_recognised_however_it_is_written(column: str) -> None:
    assert forbidden_in(f"SELECT {column} FROM reading_read r") == ("film_date",)


def test_a_text_that_happens_to_be_a_forbidden_name_is_no_name() -> None:
    assert forbidden_in("SELECT id FROM jobs_job WHERE kind = 'arm' -- studies_visit") == ()


def test_a_query_across_the_border_is_refused_before_it_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard itself: a view of the reading room that would look up a visit fails, whatever it would have shown."""

    def peeping(**given: Any) -> None:
        Visit.objects.count()

    monkeypatch.setattr("reading.views.screen.open_read", peeping)
    with world_of(FIRST, stage="reading", ids_by_content=False) as (world, _):
        step = reader_steps(world, "reader", things_in(world, "reader"))[2]
        client = browser(world.people["reader"])
        client.raise_request_exception = True
        with pytest.raises(BorderCrossed, match="studies_visit"):
            ask(client, step)
