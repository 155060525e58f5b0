"""What nobody sends by accident, and the doors it is sent through: every input of every page, every JSON body."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.test import Client

from tests.blinding.addresses import AddressValues, every_step, things_in
from tests.blinding.asking import WorldAnswer, WorldRequest, ask, browser
from tests.blinding.scripts import JSON, operations, parts_of
from tests.blinding.worlds import World

TEXTS = (
    "0001-01-01",
    "9999-12-31",
    "0001-01-01T00:00:00.000+14:00",
    "9999-12-31T23:59:59.999-14:00",
    "2026-13-01T00:00:00.000Z",
    "a\x00b",
    "²",
    "9" * 5000,
    "1e999",
    "nan",
    "-1",
    "٣",
    "\u202egnp.exe",
    "[" * 3000,
    "%",
    "'\"\\",
)
BODIES = (
    "[" * 100_000,
    '{"ops":' * 50_000,
    '{"ops": ' + "[" * 400 + "]" * 400 + "}",
    "9" * 5000,
    '{"ops": [NaN]}',
    '"\\ud800"',
    "null",
    "",
    "\x00",
)
VALUES: tuple[Any, ...] = ("\ud800", "a\x00b", *TEXTS[:5], 10**400, -1, 1e308, True, None, [], {}, [[[]]] * 3)
INPUT = re.compile(rb'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')
# A refusal on a page of its own, above a form or next to its field.
REFUSED = re.compile(
    r'<div class="(?:notice notice-error|errors)".*?<p>([^<]+)</p>|<p class="wrong"[^>]*>.*?</svg>([^<]+)</p>',
    re.DOTALL,
)
CHANGES = re.compile(r"(?:INSERT INTO|UPDATE|DELETE FROM) \"(\w+)\"")
# Written although nothing was done: the session, and the counts of wrong passwords with their events and mails.
SESSION = frozenset({"django_session"})
COUNTS = SESSION | {"accounts_user", "axes_accessattempt", "audit_event", "audit_head", "jobs_job"}


def refusals_in(answer: WorldAnswer) -> list[str]:
    """The sentences that say what is wrong, to a program or on a page."""
    text = answer.body.decode()
    if "json" in dict(answer.headers).get("content-type", ""):
        said = json.loads(text)
        return [str(said.get("error") or said.get("detail") or "")]
    return [unescape(found[1] or found[2]).strip() for found in REFUSED.finditer(text)]


def written(step: WorldRequest, answer: WorldAnswer) -> list[str]:
    """The tables of which a row was changed for good, besides counting; what was rolled back does not count."""
    levels: list[list[str]] = [[]]
    for statement in answer.work:
        if statement.startswith("SAVEPOINT"):
            levels.append([])
        elif statement.startswith("ROLLBACK TO"):
            levels[-1].clear()
        elif statement.startswith("RELEASE"):
            inner = levels.pop()
            levels[-1] += inner
        elif found := CHANGES.match(statement):
            levels[-1].append(found[1])
    counted = COUNTS if "sign-in" in step.path or "password" in str(step.data) else SESSION
    return sorted({table for level in levels for table in level} - counted)


def opened(world: World, who: str) -> Iterator[tuple[Client, WorldRequest, list[str]]]:
    """Every page that opens for the person, with the names of its inputs."""
    client = browser(world.people.get(who))
    asked = set()
    for step in every_step(things_in(world, who)):
        if step.route in asked or step.method != "get" or step.headers or "?" in step.path:
            continue
        answer = ask(client, step)
        if answer.status == 200 and not step.sign_in:
            asked.add(step.route)
            yield client, step, sorted({name.decode() for name in INPUT.findall(answer.body)})


def filled(names: list[str], place: int, *, each: bool) -> Iterator[dict[str, str]]:
    """One form in which a single input is hostile, for each input or every third; its place chooses the text."""
    for number, name in enumerate(names):
        if each or number % 3 == place % 3:
            yield dict.fromkeys(names, "1") | {name: TEXTS[(place + number) % len(TEXTS)]}


def json_doors(world: World, found: AddressValues) -> Iterator[WorldRequest]:
    """Every address that takes JSON, with bodies that are none and with one field at a time replaced."""
    part = parts_of(world, "reader")[0]
    given = operations(part, lambda place: 0)[0]
    note = {"timepoint": given["timepoint"], "item": given["item"], "flag": True, "comment": "", "op_id": "n"}
    base, site = f"/read/{part.token}/", f"/trials/TWO/site/upload/files/{'0' * 64}/finish/"
    file = {"transmittal": "none", "name": "a.dcm", "size": 3, "visit": "1", "film_date": "2026-01-01", "replaces": ""}
    door = {base + "values": given, base + "notes": note, "/sign-in/over/": {"email": "a", "password": "b"}, site: file}
    for path, sent in door.items():
        for body in BODIES:
            yield WorldRequest("", path, "post", body, JSON)
        for name in sent:
            for value in VALUES:
                whole: Any = {"ops": [sent | {name: value}]} if path.endswith("values") else sent | {name: value}
                yield WorldRequest("", path, "post", json.dumps(whole), JSON)
