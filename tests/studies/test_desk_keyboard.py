"""The desk in Chromium: films decided with the keyboard alone; axe finds no serious fault on its screens."""

from __future__ import annotations

import re
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from studies.desk import masks, quality
from studies.models import Film, FilmStatus, MaskSet, QualityDecision, Question
from tests.studies.desk_cast import (
    TEXT,
    DeskCast,
    film_at_desk,
    imaged,
    make_cast,
)
from tests.studies.desk_screen import Open, at_full_size, keys, shows, status
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def cast() -> DeskCast:
    return make_cast()


def test_a_run_of_films_is_decided_with_the_keyboard_alone(cast: DeskCast, open_page: Open, faults: list[str]) -> None:
    films = [film_at_desk(cast, side=side, findings=[{"code": "size", "text": "small"}]) for side in "LRLRL"]
    page = open_page(cast.coordinator, f"desk/{films[0].pk}/")
    for film, decision in zip(films, ("lhka", "rhka", "x3", "q1", "lfka"), strict=True):
        shows(page, film)
        keys(page, *decision)
        if decision[0] in "xq":
            keys(page, "Enter")
    page.wait_for_url(re.compile(r"/desk/$"))
    assert list(Film.objects.order_by("pk").values_list("status", "view")) == [
        (FilmStatus.ACCEPTED, "hand"),
        (FilmStatus.ACCEPTED, "hand"),
        (FilmStatus.REJECTED, "hand"),
        (FilmStatus.QUESTIONED, "hand"),
        (FilmStatus.ACCEPTED, "foot"),
    ]
    assert QualityDecision.objects.get(decision="reject").reason == "exposure"
    assert "Which side is it?" in Question.objects.get().messages.get().text
    assert faults == []


def test_the_next_film_is_in_memory_before_it_is_turned_to(cast: DeskCast, open_page: Open) -> None:
    first, second = film_at_desk(cast), film_at_desk(cast)
    asked: list[str] = []
    here: list[str] = []
    page = open_page(cast.coordinator, "desk/")
    page.on("request", lambda request: asked.append(request.url))
    page.on("requestfinished", lambda request: here.append(request.url))
    page.get_by_role("link", name=f"Film {first.pk}").click()
    shows(page, first)
    wanted = [f"/desk/{second.pk}/picture/{part}" for part in ("small/0", "full/0", "full/3")]
    wait_for(lambda: page.title() and all(any(part in url for url in here) for part in wanted), "the next bands")
    asked.clear()
    keys(page, "n")
    shows(page, second)
    assert not [url for url in asked if f"/desk/{second.pk}/picture/full" in url]


def test_a_film_is_not_accepted_before_the_person_said_what_he_sees(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[{"code": "size", "text": "small"}])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    at_full_size(page)
    for pressed, says in (("a", "Which side"), ("la", "Which view"), ("ha", "findings")):
        keys(page, *pressed)
        expect(page.locator("#notices")).to_contain_text(says)
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_side_that_differs_from_the_declared_one_is_said_at_once(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast, side="R")
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    keys(page, "l")
    assert "declared: right, you see: left" in page.locator("#differs-words").inner_text()


def test_holding_the_accept_key_down_accepts_no_further_film(cast: DeskCast, open_page: Open) -> None:
    films = [film_at_desk(cast) for _ in range(2)]
    page = open_page(cast.coordinator, f"desk/{films[0].pk}/")
    shows(page, films[0])
    keys(page, "l", "h", *"aaaa")
    shows(page, films[1])
    keys(page, *"aaaa")
    assert [status(film) for film in films] == [FilmStatus.ACCEPTED, FilmStatus.DEIDENTIFIED]


def test_what_the_server_refuses_is_said_on_the_film_and_nothing_typed_is_lost(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    page.locator("#accept-note").fill("seen twice")
    page.locator("h1").click()
    keys(page, "b", "h", "a")
    expect(page.locator("#notices")).to_contain_text("cut the film in two first")
    assert page.locator("#accept-note").input_value() == "seen twice"


def test_a_film_decided_by_somebody_else_meanwhile_is_said(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    quality.reject(film=film, actor=cast.coordinator, reason="motion")
    keys(page, "l", "h", "a")
    expect(page.locator("#notices")).to_contain_text("is rejected")


def test_the_second_person_blinks_before_and_after_and_confirms_by_key(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[20, 20, 60, 20]])
    page = open_page(cast.checker, f"masks/{film.pk}/")
    at_full_size(page)
    assert page.locator(".overlay .hiding").count() == 1
    keys(page, "b")
    assert page.locator(".overlay .hiding").count() == 0
    keys(page, "a")
    wait_for(lambda: MaskSet.objects.filter(confirmed_by=cast.checker.user_id).count(), "the confirmation")


def test_the_second_person_refuses_by_number(cast: DeskCast, open_page: Open) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[20, 20, 60, 20]])
    page = open_page(cast.checker, f"masks/{film.pk}/")
    keys(page, "x", "2", "Enter")
    wait_for(lambda: MaskSet.objects.get().refused_reason == "A mask covers a joint", "the refusal")


def serious_faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_the_screens(
    cast: DeskCast, open_page: Open, colours: Literal["light", "dark"]
) -> None:
    rendition = imaged(cast)
    waiting = film_at_desk(cast, side="R", findings=[TEXT], header={"BitsStored": 12, "Side": "L"})
    masks.propose(film=film_at_desk(cast), actor=cast.coordinator, rectangles=[[20, 20, 60, 20]])
    page = open_page(cast.coordinator, f"desk/{waiting.pk}/")
    page.emulate_media(color_scheme=colours)
    at_full_size(page)
    keys(page, "m", "l")
    assert serious_faults(page) == []
    keys(page, "Escape", "q", "1")
    assert serious_faults(page) == []
    page = open_page(cast.coordinator, f"joints/{rendition.index}/")
    assert serious_faults(page) == []
    page = open_page(cast.checker, f"masks/{Film.objects.latest('pk').pk}/")
    keys(page, "x")
    assert serious_faults(page) == []
