"""The desk in Chromium: films decided with the keyboard alone, masks drawn, joints placed, pictures exact."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from audit.trail import Actor
from studies import masks, quality
from studies.joint_template import HAND
from studies.models import Film, FilmStatus, MaskSet, QualityDecision, Question
from tests.chromium import Windows
from tests.studies.desk_cast import (
    COLUMNS,
    ROWS,
    TEXT,
    Cast,
    browser,
    film_at_desk,
    imaged,
    make_cast,
)
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Open = Callable[[Actor, str], Page]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def faults() -> list[str]:
    """What the browser complains of: errors of scripts, and everything the strict policy refused."""
    return []


@pytest.fixture
def open_page(windows: Windows, live_server: Any, settings: Any, faults: list[str]) -> Iterator[Open]:
    """Opens an address as a person."""
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if line.type == "error" else None)

        def open_as(actor: Actor, path: str) -> Page:
            session = browser(actor).cookies[settings.SESSION_COOKIE_NAME].value
            page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
            page.goto(f"/trials/RA-1/{path}")
            return page

        yield open_as


def at_full_size(page: Page) -> None:
    expect(page.locator(".pane")).to_have_attribute("data-level", "full", timeout=30_000)


def shows(page: Page, film: Film) -> None:
    """The page has turned to the film, and it is there in full."""
    page.wait_for_url(re.compile(rf"/desk/{film.pk}/(\?|$)"))
    expect(page.locator(".panel-head")).to_contain_text(f"film {film.pk}")
    at_full_size(page)


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def status(film: Film) -> str:
    return Film.objects.get(pk=film.pk).status


def test_a_run_of_films_is_decided_with_the_keyboard_alone(cast: Cast, open_page: Open, faults: list[str]) -> None:
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


def test_the_next_film_is_in_memory_before_it_is_turned_to(cast: Cast, open_page: Open) -> None:
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


def test_a_film_is_not_accepted_before_the_person_said_what_he_sees(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[{"code": "size", "text": "small"}])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    at_full_size(page)
    for pressed, says in (("a", "Which side"), ("la", "Which view"), ("ha", "findings")):
        keys(page, *pressed)
        expect(page.locator("#notices")).to_contain_text(says)
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_side_that_differs_from_the_declared_one_is_said_at_once(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast, side="R")
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    keys(page, "l")
    assert "declared right, you see left" in page.locator("#differs-words").inner_text()


def test_holding_the_accept_key_down_accepts_no_further_film(cast: Cast, open_page: Open) -> None:
    films = [film_at_desk(cast) for _ in range(2)]
    page = open_page(cast.coordinator, f"desk/{films[0].pk}/")
    shows(page, films[0])
    keys(page, "l", "h", *"aaaa")
    shows(page, films[1])
    keys(page, *"aaaa")
    assert [status(film) for film in films] == [FilmStatus.ACCEPTED, FilmStatus.DEIDENTIFIED]


def test_suggested_masks_are_taken_with_one_key_and_the_film_goes_on(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    assert page.locator(".overlay .suggested").count() == 1
    keys(page, "g")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    expect(page.locator(".state-waiting")).to_be_visible()
    keys(page, "l", "h", "k", "a")
    wait_for(lambda: status(film) == FilmStatus.ACCEPTED, "the film accepted")


def test_a_mask_is_drawn_with_the_mouse_and_moved_with_the_arrows(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m")
    well = page.locator(".well").bounding_box()
    assert well
    middle_x, middle_y = well["x"] + well["width"] / 2, well["y"] + well["height"] / 2
    page.mouse.move(middle_x, middle_y)
    page.mouse.down()
    page.mouse.move(middle_x + 60, middle_y + 30, steps=4)
    page.mouse.up()
    [drawn] = [int(word) for word in page.locator("#masks-rectangles").input_value().split(",")][:1]
    assert drawn == pytest.approx(COLUMNS / 2, abs=1)
    keys(page, "ArrowRight", "ArrowRight", "Shift+ArrowDown", "s")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    [[x, y, width, height]] = MaskSet.objects.get().rectangles
    assert (x, y) == (drawn + 2, pytest.approx(ROWS / 2, abs=1))
    assert height > 1
    assert width > height


def test_masks_drawn_but_not_sent_keep_the_film_from_being_accepted(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "j", "l", "h", "a")
    expect(page.locator("#notices")).to_contain_text("not sent")
    assert status(film) == FilmStatus.DEIDENTIFIED


def test_a_film_of_both_sides_is_cut_by_keys(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "c", "s")
    wait_for(lambda: MaskSet.objects.count(), "the cut")
    half = COLUMNS // 2
    assert MaskSet.objects.get().crops == {"L": [0, 0, half, ROWS], "R": [half, 0, half, ROWS]}
    expect(page.locator(".state-waiting")).to_be_visible()
    keys(page, "Escape", "b", "h", "a")
    wait_for(lambda: status(film) == FilmStatus.ACCEPTED, "the film accepted")


def test_what_the_server_refuses_is_said_on_the_film_and_nothing_typed_is_lost(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    page.locator("#accept-note").fill("seen twice")
    page.locator("h1").click()
    keys(page, "b", "h", "a")
    expect(page.locator("#notices")).to_contain_text("crops for both sides")
    assert page.locator("#accept-note").input_value() == "seen twice"


def test_a_film_decided_by_somebody_else_meanwhile_is_said(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    quality.reject(film=film, actor=cast.coordinator, reason="motion")
    keys(page, "l", "h", "a")
    expect(page.locator("#notices")).to_contain_text("is rejected")


def test_the_second_person_blinks_before_and_after_and_confirms_by_key(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[20, 20, 60, 20]])
    page = open_page(cast.checker, f"masks/{film.pk}/")
    at_full_size(page)
    assert page.locator(".overlay .hiding").count() == 1
    keys(page, "b")
    assert page.locator(".overlay .hiding").count() == 0
    keys(page, "a")
    wait_for(lambda: MaskSet.objects.filter(confirmed_by=cast.checker.user_id).count(), "the confirmation")


def test_the_second_person_refuses_by_number(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast)
    masks.propose(film=film, actor=cast.coordinator, rectangles=[[20, 20, 60, 20]])
    page = open_page(cast.checker, f"masks/{film.pk}/")
    keys(page, "x", "2", "Enter")
    wait_for(lambda: MaskSet.objects.get().refused_reason == "A mask covers a joint", "the refusal")


def click_on(page: Page, x: float, y: float) -> None:
    """Clicks a point of the film, which hangs whole in the middle of its well."""
    well = page.locator(".well").bounding_box()
    assert well
    zoom = min(well["width"] / COLUMNS, well["height"] / ROWS)
    left, top = well["x"] + (well["width"] - COLUMNS * zoom) / 2, well["y"] + (well["height"] - ROWS * zoom) / 2
    page.mouse.click(left + x * zoom, top + y * zoom)


def test_three_clicks_lay_the_template_and_a_joint_is_dragged_to_its_place(cast: Cast, open_page: Open) -> None:
    rendition = imaged(cast)
    page = open_page(cast.coordinator, f"joints/{rendition.reader_image_id}/")
    at_full_size(page)
    for x, y in HAND.anchors.values():
        click_on(page, x * 0.9, y * 0.9)
    mcp2 = page.locator('[name="x-MCP2"]')
    expect(mcp2).not_to_have_value("")
    assert float(mcp2.input_value()) == pytest.approx(HAND.joints["MCP2"][0] * 0.9, abs=1.5)
    page.locator('tr[data-joint="MCP2"] th').click()
    keys(page, "]", "[")
    mcp2.focus()
    page.locator("h1").click()
    before = float(mcp2.input_value())
    keys(page, "ArrowRight", "2", "a")
    wait_for(lambda: rendition.film.placements.count(), "the placement")
    placement = rendition.film.placements.get()
    assert placement.joints["MCP2"][0] > before
    assert placement.readability == {"MCP2": "limited"}
    assert set(placement.joints) == set(HAND.joints)


def test_suggested_boxes_are_where_drawing_begins(cast: Cast, open_page: Open) -> None:
    film = film_at_desk(cast, findings=[TEXT])
    page = open_page(cast.coordinator, f"desk/{film.pk}/")
    shows(page, film)
    keys(page, "m", "j", "s")
    wait_for(lambda: MaskSet.objects.count(), "the masks")
    assert MaskSet.objects.get().rectangles[0] == [10, 10, 40, 12]
    assert len(MaskSet.objects.get().rectangles) == 2


def serious_faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['target']}" for one in found if one["impact"] in ("serious", "critical")]


@pytest.mark.parametrize("colours", ["light", "dark"])
def test_axe_finds_no_serious_fault_on_the_screens(
    cast: Cast, open_page: Open, colours: Literal["light", "dark"]
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
    page = open_page(cast.coordinator, f"joints/{rendition.reader_image_id}/")
    assert serious_faults(page) == []
    page = open_page(cast.checker, f"masks/{Film.objects.latest('pk').pk}/")
    keys(page, "x")
    assert serious_faults(page) == []
