"""Names, dates, arms and file names that cannot be mistaken reach no reader, no log, no message, no table he reads."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from operator import attrgetter
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from config.celery import app
from config.logs import formatter
from jobs.models import Job
from jobs.queue import publish
from reading.views import screen
from tests.blinding.addresses import every_step, things_in
from tests.blinding.asking import WorldAnswer, WorldRequest
from tests.blinding.draws import some_of_each
from tests.blinding.frozen import Frozen
from tests.blinding.planted import films_of, kept
from tests.blinding.playing import play, world_of
from tests.blinding.scripts import reader_steps
from tests.blinding.secrets_of import FIRST, SLOTS, SUBJECTS
from tests.blinding.worlds import World

pytestmark = pytest.mark.django_db
CANARIES = replace(
    FIRST,
    begins=(-13_000, -12_500, -12_000),
    subjects=("CANARYSUBJECT-1", "CANARYSUBJECT-2", "CANARYSUBJECT-3"),
    sites=("canarysite-1", "canarysite-2"),
    names="canaryfile",
    visits="CANARYVISIT-",
    arms=("CANARYARM-1", "CANARYARM-2", "CANARYARM-1"),
)
STAGES = {"reader": "reading", "adjudicator": "adjudicating"}
READERS = [("reader", False), *(pytest.param(who, True, marks=pytest.mark.full) for who in STAGES)]
READ_FROM = re.compile(r'(?:FROM|JOIN) "(\w+)"')


def days() -> set[date]:
    """Every day a film was taken."""
    return {CANARIES.day(number, slot) for number in range(SUBJECTS) for slot in range(SLOTS)}


def written_days() -> Iterator[str]:
    """Each day in the ways in which days are written."""
    for day in days():
        yield from (day.isoformat(), f"{day:%Y%m%d}", f"{day:%d %b %Y}", f"{day:%d/%m/%Y}")
        yield f"{day.day} {day:%B} {day.year}"


def singing(text: str) -> list[str]:
    """The canaries found in a text."""
    return [word for word in ("canary", *written_days()) if word in text.lower() or word in text]


def first_of_each(steps: list[WorldRequest]) -> list[WorldRequest]:
    """One GET of every route."""
    return list({step.route: step for step in reversed(steps) if step.method == "get"}.values())


class Heard:
    """What a reader's day leaves: answers, log lines, tables read."""

    def __init__(self) -> None:
        self.answers: list[WorldAnswer] = []
        self.tables: set[str] = set()

    def watch(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        """Remembers the tables that a statement reads."""
        self.tables |= set(READ_FROM.findall(sql))
        return execute(sql, params, many, context)

    def day_of(self, world: World, held: Frozen, who: str, *, whole: bool) -> None:
        """The script of the role, or as much of it as shows every kind of step."""
        things = things_in(world, who)
        day = reader_steps(world, who, things)
        steps = [*(day if whole else some_of_each(day, 6)), *first_of_each(every_step(things))]
        with connection.execute_wrapper(self.watch):
            self.answers = play(world, held, who, steps)


def rows_of(table: str) -> str:
    """A table as text; sessions as what they hold."""
    model = next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)
    if table == "django_session":
        return str([row.get_decoded() for row in model._default_manager.all()])  # type: ignore[attr-defined]
    return str(list(model._default_manager.values_list()))


@pytest.mark.parametrize(("who", "whole"), READERS)
def test_no_canary_reaches_a_reader(
    who: str, whole: bool, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard, messages = Heard(), []
    monkeypatch.setattr(app, "send_task", lambda *args, **given: messages.append(repr((args, given))))
    caplog.set_level(logging.DEBUG)
    with world_of(CANARIES, stage=STAGES[who], ids_by_content=False) as (world, held):
        for table in ("film", "visit", "subject", "site"):
            assert singing(rows_of(f"studies_{table}"))  # they are there to be found
        heard.day_of(world, held, who, whole=whole)
        for pk in Job.objects.values_list("pk", flat=True):
            publish(pk)
        jobs = str(list(Job.objects.values_list("kind", "key", "payload", "reason", "doing")))
        tables = {table: singing(rows_of(table)) for table in heard.tables}
    lines = [formatter().format(record) for record in caplog.records]
    assert [answer.step for answer in heard.answers if singing(text_of(answer))] == []
    assert [line for line in lines if singing(line)] == []
    assert messages
    assert singing(" ".join(messages) + jobs) == []
    assert {table for table, found in tables.items() if found} == set()
    assert len(tables) > 15


def text_of(answer: WorldAnswer) -> str:
    """An answer as text."""
    body = answer.body.decode("latin-1")
    return json.dumps([answer.headers, answer.cookies, answer.mails, answer.reason]) + body


@pytest.mark.parametrize("what", ["subject", "visit.code"])
def test_a_canary_in_a_log_line_would_be_heard(
    what: str, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = kept(screen, "open_read")

    def logging_read(*, read: Any, **given: Any) -> None:
        logging.getLogger("reading").info("%s opened", attrgetter(what)(films_of(read.token)[0]))
        original(read=read, **given)

    monkeypatch.setattr("reading.border.guard", lambda execute, *rest: execute(*rest))
    monkeypatch.setattr(screen, "open_read", logging_read)
    caplog.set_level(logging.DEBUG)
    with world_of(CANARIES, stage="reading", ids_by_content=False) as (world, held):
        play(world, held, "reader", reader_steps(world, "reader", things_in(world, "reader"))[2:3])
    assert any(singing(formatter().format(record)) for record in caplog.records)
