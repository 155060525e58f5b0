"""Addresses for every route of the URL conf: of things that are the person's own, of things hidden from him, of none.

A route that takes something this table does not know fails the build, as does one the table of permissions lacks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.urls import URLPattern, reverse

from reading.models import DisplayedFilm, DisplayedTimepoint, Read, ReadStep
from studies.models import Film, Question
from tests.blinding.asking import WorldRequest
from tests.blinding.worlds import FOREIGN_FIRST, World
from tests.permissions import TABLE
from tests.routes import every_route

OTHER_METHODS = ("head", "options", "put", "patch", "delete")
ENDS_SESSIONS = ("sign_", "password_", "invitation", "second_factor", "recovery", "account_step")
SEARCHES = ("?format=csv", "?q=101", "?q=F-0", "?page=2", "?sort=subject", "?sort=-received", "?sort=none", "?size=25")


@dataclass(frozen=True)
class AddressValues:
    """What a world holds, by the name of the thing in an address; taken from one world, asked for in both."""

    values: Mapping[str, Sequence[Any]]

    def of(self, name: str, place: int) -> Any:
        """The value for one variant of an address."""
        pool = self.values[name]
        return pool[place % len(pool)]


def things_in(world: World, who: str) -> AddressValues:
    """Own, hidden and absent things of the person."""
    person = world.people.get(who)
    own = Read.objects.filter(reader=person).order_by("batch", "queue_position", "pk")
    foreign = Read.objects.exclude(reader=person).order_by("token")
    tokens = [*own.values_list("token", flat=True), *foreign.values_list("token", flat=True)[:1], "none"]
    alone = ReadStep.objects.filter(read__reader=person, token__isnull=False)
    tokens[:0] = [str(step.token) for step in alone[:2]]
    films = [film_of(token) for token in tokens[:-1]]
    site = Film.objects.filter(status="ready").order_by("pk").values_list("pk", flat=True)
    asked = Question.objects.order_by("-pk").values_list("pk", flat=True)
    rows = [*site[:2], *asked[:2], FOREIGN_FIRST, 2, 3, 999999]
    return AddressValues(
        {
            "code": ["TWO"] * 9 + ["ELSE", "NONE"],
            "slug": ["C1", "C1", "subjects", "none"],
            "pk": rows,
            "token": tokens,
            "first": tokens,
            "second": [*reversed(tokens)],
            "film": [*films, "none"],
            "timepoint": [*DisplayedTimepoint.objects.order_by("pk").values_list("token", flat=True)[:2], "none"],
            "item": ["GL-PIP2", "EL-MCP2", "none"],
            "level": ["full", "small", "huge"],
            "number": [0, 1, 99],
            "version": [1, 2],
            "matter": ["film", "visit", "subject", "none"],
            "step": ["disable", "enable", "none"],
            "fingerprint": ["0" * 64, "none"],
            "begin": [0, 7],
            "scope": ["trial", "system"],
            "kind": ["reading.case", "studies.film", "none"],
            "key": ["1", "1001", "none"],
            "seq": [1, 2, 3, 999999],
            "part": ["read-1", "read-2", "read-999999"],
            "name": ["bland-altman", "drift", "none"],
            "study": ["1.2.3"],
            "path": ["none"],
        }
    )


def film_of(token: str) -> str:
    """The token of the first film a read shows."""
    steps = ReadStep.objects.filter(Q(token=token) | Q(read__token=token))
    shown = DisplayedFilm.objects.filter(timepoint__step__in=steps, reader_image__isnull=False)
    return shown.order_by("timepoint__position", "pk").values_list("token", flat=True)[:1].get()


def steps_of(name: str, route: URLPattern, found: AddressValues) -> Iterator[WorldRequest]:
    """Every way in which one route is asked."""
    assert name in TABLE, f"{name} is not in the table of permissions"
    needed = list(route.pattern.converters)
    assert set(needed) <= set(found.values), f"{name} takes {needed}: say in addresses.py what to ask for"
    again = name.startswith(ENDS_SESSIONS)
    variants = max([len(found.values[key]) for key in needed if key not in ("code", "level", "number")], default=1)
    paths = list(dict.fromkeys(address(name, needed, found, place) for place in range(variants)))
    if "code" in needed:
        paths += [reverse(name, kwargs={key: found.of(key, 0) for key in needed} | {"code": c}) for c in ("ELSE", "NO")]
    for path in paths:
        yield WorldRequest(name, path, sign_in=again)
        yield WorldRequest(name, path, "post", sign_in=again)
    for method in OTHER_METHODS:
        yield WorldRequest(name, paths[0], method, sign_in=again)
    if "<int" not in str(route.pattern) and "<str" not in str(route.pattern):
        for search in SEARCHES:
            yield WorldRequest(name, paths[0] + search)
        yield WorldRequest(name, paths[0], headers={"HX-Request": "true", "HX-Target": "list-your-films"})
        yield WorldRequest(name, paths[0], headers={"accept": "application/json"})


def address(name: str, needed: Sequence[str], found: AddressValues, place: int) -> str:
    """One address of the route."""
    return reverse(name, kwargs={key: found.of(key, place) for key in needed})


def every_step(found: AddressValues) -> list[WorldRequest]:
    """All routes in all their ways."""
    return [step for name, route in sorted(every_route().items()) for step in steps_of(name, route, found)]
