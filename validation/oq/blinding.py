"""Blinding: the data sent to readers, the tables that their requests read, and the data readable without keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reading.border import BorderCrossed, behind, forbidden_in
from reading.models import DisplayedFilm
from studies.models import Film, Subject, Visit
from validation.checks import Deviation, check, demand
from validation.oq import room
from validation.oq.world import CheckedTrial

NAME = "CANARY"
PLAN = ("reading_charter", "reading_campaign", "reading_leakscan")


@cache
def words() -> tuple[re.Pattern[str], ...]:
    """Words that no reader may be sent: names, subjects, visits and dates; whole words, since tokens are random."""
    found = {NAME, *Subject.objects.values_list("code", flat=True)}
    found |= {str(day) for day in Film.objects.values_list("film_date", flat=True) if day}
    found |= set(Visit.objects.values_list("code", flat=True))
    return tuple(re.compile(rf"(?<![A-Za-z0-9_-]){re.escape(word)}(?![A-Za-z0-9_-])") for word in sorted(found))


def words_in(text: str) -> list[str]:
    """The words that a text must not contain."""
    return [found[0] for one in words() if (found := one.search(text))]


def answers(world: CheckedTrial) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Every kind of response of the reading room before a signature: address, content as text, headers."""
    token = world.read.token
    film = DisplayedFilm.objects.filter(timepoint__step__read=world.read, reader_image__isnull=False)[0].token
    addresses = [reverse("reading:worklist"), reverse("reading:past"), reverse("reading:display-check")]
    addresses += [reverse(f"reading:{name}", args=[token]) for name in ("screen", "review", "decline")]
    addresses += [
        reverse("reading:preview", args=[token, film]),
        reverse("reading:band", args=[token, film, "full", 0]),
    ]
    for address in addresses:
        yield answered(world, address)


def answered(world: CheckedTrial, address: str) -> tuple[str, str, dict[str, str]]:
    """A response; Deviation if the page was not shown, since a refusal is no evidence."""
    answer = world.get(room.READER, address)
    if answer.status_code != 200:
        raise Deviation(f"{address} was answered with {answer.status_code}")
    return address, answer.content.decode("latin-1"), dict(answer.items())


@check(
    "R-40",
    "R-42",
    name="what readers are sent",
    does="Reads every kind of answer of the reading room before a signature: pages, images and headers.",
    expects="No name, subject, visit or date of a film in any of them",
)
def what_readers_are_sent(world: CheckedTrial) -> str:
    return without_words(list(answers(world)))


@check(
    "R-40",
    "R-42",
    name="what readers are sent after signing",
    does="Reads the answer of the reading room after a signature, contents and headers.",
    expects="No name, subject, visit or date of a film in it",
)
def what_signers_are_sent(world: CheckedTrial) -> str:
    return without_words([answered(world, room.address(world, "signed"))])


def without_words(sent: list[tuple[str, str, dict[str, str]]]) -> str:
    """The result for the responses; Deviation names each word that no reader may be sent."""
    faults = []
    for address, content, headers in sent:
        faults += [f"{address} has {word}" for word in words_in(content) + words_in(repr(headers))]
        faults += [f"{address} has a name"] if NAME in content else []
        faults += [f"{address} shows when it was stored"] if "Last-Modified" in headers else []
    return demand(faults[:5], f"{len(sent)} answers without any of {len(words())} words")


@check(
    "R-32",
    "R-42",
    name="what a reader's request reads",
    does="Records the SQL of a reader's requests, and asks for a subject from within the reading room.",
    expects="No statement names a table or column with identities, and the query across the border is refused",
)
def what_requests_read(world: CheckedTrial) -> str:
    faults: list[str] = []
    with CaptureQueriesContext(connection) as captured:
        for _ in answers(world):
            pass
    for query in captured.captured_queries:
        faults += forbidden_in(query["sql"])
    try:
        behind(lambda _: HttpResponse(str(Subject.objects.count())))(HttpRequest())
        faults.append("a query for subjects was answered")
    except BorderCrossed:
        pass
    return demand(sorted(set(faults)), f"{len(captured.captured_queries)} statements; the query was refused")


@check(
    "R-44",
    "R-42",
    name="the database without keys",
    does="Reads every value of the tables of the reading as a copy of the database shows them.",
    expects="No name, subject, visit code or date of a film",
)
def database_without_keys(_: CheckedTrial) -> str:
    faults, count = [], 0
    for model in blind_models():
        for row in model._base_manager.values_list(*(field.attname for field in model._meta.concrete_fields)):
            count += 1
            faults += [f"{model._meta.db_table} has {word}" for word in words_in(" ".join(map(plain, row)))]
    return demand(sorted(set(faults))[:5], f"{count:,} rows of {len(blind_models())} tables")


def blind_models() -> list[type[Model]]:
    """The tables of reading, including the sealed ones; not the plan of a campaign, which names visits."""
    return [model for model in apps.get_app_config("reading").get_models() if model._meta.db_table not in PLAN]


def plain(value: object) -> str:
    """A value as text; ciphertext byte by byte."""
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


READING = (what_readers_are_sent, what_requests_read)
SIGNED = (what_signers_are_sent,)
LOCKED = (database_without_keys,)
