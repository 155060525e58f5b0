"""Leaks planted by the test alone, each a small switch on the product's own functions, to see that the proof finds it.

The functions here know what a product's programmer might have at hand by mistake: the film behind an image, the day
behind a pane, the arm behind a case.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse

from reading.campaigns.case_seals import identities
from reading.models import Case, DisplayedFilm, DisplayedTimepoint
from studies.models import Film, Subject
from studies.sealed_links import renditions_of
from tests.blinding.secrets_of import FIRST, SECOND, Secrets

Install = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Leak:
    """One planted leak: what it is, who could see it on which routes, and whether it acts while a world is built."""

    title: str
    who: str
    install: Install
    at: tuple[str, ...]
    building: bool = False
    first: Secrets = FIRST
    second: Secrets = SECOND


LEAKS: list[Leak] = []


def leak(
    title: str, who: str, *at: str, building: bool = False, first: Secrets = FIRST, second: Secrets = SECOND
) -> Callable[[Install], Install]:
    """Adds a function that installs a leak to the list; `at` names the routes on which it shows."""

    def add(install: Install) -> Install:
        LEAKS.append(Leak(title, who, install, at or ("screen",), building, first, second))
        return install

    return add


# What a mistake would have at hand.


def film_behind(image: str) -> Film:
    """The film a reader image was made from."""
    return Film.objects.select_related("visit", "subject", "site").get(pk=renditions_of([image])[image].film_id)


def films_of(token: str) -> list[Film]:
    """The first film of each pane of a read, in the order shown."""
    shown = DisplayedFilm.objects.filter(timepoint__step__read__token=token, side="L", view="hand")
    return [film_behind(str(film.reader_image_id)) for film in shown.order_by("timepoint__position")]


def day_of(timepoint: DisplayedTimepoint) -> date:
    """The day of what a timepoint shows."""
    image = timepoint.films.get(side="L", view="hand").reader_image_id
    return film_behind(str(image)).film_date or date.min


def subject_of(case: Case) -> Subject:
    """Whose case it is."""
    return Subject.objects.get(pk=identities([case])[case.pk].subject)


def arm_of(subject: Subject, secrets: Secrets) -> str:
    """The arm, from the harness: no function of the product can tell it."""
    return dict(zip(secrets.subjects, secrets.arms, strict=True)).get(subject.code, "")


def in_page(patch: pytest.MonkeyPatch, place: str, before: bytes, recorded: Callable[[HttpRequest], object]) -> None:
    """Puts what is told in front of some text of a page, in the view module that renders it."""
    import importlib

    module = importlib.import_module(place)
    original = module.render

    def leaking(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = original(request, *args, **kwargs)
        response.content = response.content.replace(before, str(recorded(request)).encode() + before, 1)
        return response

    patch.setattr(module, "render", leaking)


def kept(module: object, name: str) -> Any:
    """What a module uses under that name, before it is replaced."""
    return getattr(module, name)


def token_in(request: HttpRequest) -> str:
    """The token in the address of a reader's page."""
    return request.path.split("/")[2]


def with_header(patch: pytest.MonkeyPatch, name: str, recorded: Callable[[Film], str]) -> None:
    """A header about the film on previews and bands."""
    from reading.views import screen

    last: list[Film] = []
    find, unkept = screen.film_or_404, screen.unkept

    def finding(request: HttpRequest, token: str, film: str) -> Any:
        found = find(request, token, film)
        last[:] = [film_behind(found[2].key)]
        return found

    def keeping(response: HttpResponse) -> HttpResponse:
        answer = unkept(response)
        if last:
            answer[name] = recorded(last.pop())
        return answer

    patch.setattr(screen, "film_or_404", finding)
    patch.setattr(screen, "unkept", keeping)


def reshaped(place: str, change: Callable[[Any, Any], Any]) -> Install:
    """Changes what a function gives: `change` gets its result and its first argument."""

    def install(patch: pytest.MonkeyPatch) -> None:
        import importlib

        module, _, name = place.rpartition(".")
        original = getattr(importlib.import_module(module), name)

        def changed(*args: Any, **kwargs: Any) -> Any:
            given = args[0] if args else next(iter(kwargs.values()))
            return change(original(*args, **kwargs), given)

        patch.setattr(place, changed)

    return install
