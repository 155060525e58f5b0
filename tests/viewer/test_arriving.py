"""Films on their way to the reading screen: what is shown and what may be scored until they are there."""

from __future__ import annotations

import threading

import pytest
from playwright.sync_api import Page

from tests.capture.acting import ALL_FULL, asked, noted, open_read, press, said, shown, wait_ready, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.large_films import SIZE, hold, seen
from tests.viewer.site import HandlerAnswer, Request

pytestmark = pytest.mark.browser


@pytest.fixture
def page_size() -> tuple[int, int]:
    return SIZE


def test_the_preview_paints_before_the_films_are_there(clean_page: Page, room: ReadingRoom) -> None:
    held = threading.Event()
    hold(room.site, "/film/read-A-L-hand/small/0", held)
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.preview').naturalWidth > 0")
    assert clean_page.get_attribute(".pane", "data-level") == "preview"
    assert clean_page.inner_text(".pane .level").startswith("Preview")
    assert seen(clean_page).max() > 100
    held.set()
    wait_ready(clean_page)
    assert clean_page.inner_text(".pane .level") == "Full size, verified"


def test_a_digit_waits_for_its_film_and_is_entered_once_the_film_has_been_seen_whole(
    clean_page: Page, room: ReadingRoom
) -> None:
    held = threading.Event()
    hold(room.site, "/film/read-A-L-hand/full/2", held)
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.pane').dataset.level === 'small'")
    wait_until(clean_page, "document.querySelector('.status').dataset.state !== undefined")
    assert clean_page.inner_text(".pane .level").startswith("Quarter size")
    press(clean_page, "3")
    waits = "is waiting and not entered yet. Film A has not loaded at full size yet. Escape discards it."
    assert noted(clean_page) == f"3 {waits}"
    press(clean_page, "2")
    assert said(clean_page) == "2 was not entered: 3 is still waiting for its film. Escape discards it."
    assert (shown(clean_page, "GL-PIP2"), asked(clean_page)) == ("", ("GL-PIP2", 0))
    assert room.stored == {}
    held.set()
    wait_until(clean_page, "document.querySelector('td.current').dataset.timepoint === 'read-B'")
    wait_saved(clean_page)
    [stored] = room.stored.values()
    assert stored["value"] == 3
    assert stored["seen_at"] <= stored["captured_at"]
    assert (noted(clean_page), said(clean_page)) == ("", "")


@pytest.mark.parametrize("away", ["ArrowDown", "Escape", "PageDown"])
def test_a_digit_that_waits_is_discarded_in_words_when_the_reader_moves_away(
    clean_page: Page, room: ReadingRoom, away: str
) -> None:
    held = threading.Event()
    hold(room.site, "/film/read-A-L-hand/full/2", held)
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.pane').dataset.level === 'small'")
    wait_until(clean_page, "document.querySelector('.status').dataset.state !== undefined")
    press(clean_page, "3", away)
    assert said(clean_page) == "3 was not entered for A, PIP 2: its film had not been shown yet."
    held.set()
    wait_ready(clean_page)
    assert shown(clean_page, "GL-PIP2") == ""
    assert room.stored == {}


def test_a_film_that_is_not_the_one_announced_cannot_be_scored(clean_page: Page, room: ReadingRoom) -> None:
    room.site.put("/film/read-A-L-hand/full/1", b"something else")
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.pane').dataset.level === 'refused'")
    wait_until(clean_page, "document.querySelector('.status').dataset.state !== undefined")
    assert "does not match its digest" in clean_page.inner_text(".pane .level")
    press(clean_page, "3")
    assert said(clean_page).startswith("Film A does not match the server's record")
    press(clean_page, "n", "1")
    assert room.stored == {}


def test_a_film_must_be_seen_whole_first(clean_page: Page, room: ReadingRoom) -> None:
    held = threading.Event()
    for letter in "AB":
        hold(room.site, f"/film/read-{letter}-L-hand/small/0", held)
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.status').dataset.state !== undefined")
    press(clean_page, "z")
    held.set()
    wait_until(clean_page, ALL_FULL)
    press(clean_page, "3")
    assert "3 is waiting and not entered yet. Film A has not been shown whole yet: press = or Fit." in noted(clean_page)
    assert room.stored == {}
    press(clean_page, "=")
    wait_ready(clean_page)
    wait_until(clean_page, "document.querySelector('td.current').dataset.timepoint === 'read-B'")
    assert shown(clean_page, "GL-PIP2") == "3"


def test_a_film_that_is_late_keeps_no_other_waiting_and_nothing_is_fetched_twice(
    clean_page: Page, room: ReadingRoom
) -> None:
    held = threading.Event()
    hold(room.site, "/film/read-A-L-hand/small/0", held)
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelectorAll('.pane')[1].dataset.level === 'full'")
    assert clean_page.get_attribute(".pane", "data-level") == "preview"
    held.set()
    wait_ready(clean_page)
    assert [room.site.asked.count(f"GET /film/read-{letter}-L-hand/small/0") for letter in "AB"] == [1, 1]


def test_without_a_secure_address_nothing_can_be_scored(clean_page: Page, room: ReadingRoom) -> None:
    clean_page.goto(room.site.address.replace("localhost", "reading.test") + room.base)
    wait_until(clean_page, "document.querySelector('.status').dataset.state !== undefined")
    press(clean_page, "3")
    assert "neither https nor localhost" in said(clean_page)


def test_the_next_sides_films_come_while_this_one_is_read(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    wanted = [f"GET /film/read-{letter}-R-hand/full/{k}" for letter in "AB" for k in range(4)]
    for _ in range(200):
        if set(wanted) <= set(room.site.asked):
            break
        clean_page.wait_for_timeout(25)
    press(clean_page, "]")
    wait_ready(clean_page)
    assert [room.site.asked.count(each) for each in wanted] == [1] * 8


def test_no_answer_of_a_film_is_kept_in_the_browsers_cache(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    count = room.site.asked.count("GET /film/read-A-L-hand/small/0")
    clean_page.reload()
    wait_ready(clean_page)
    assert room.site.asked.count("GET /film/read-A-L-hand/small/0") == count + 1


def test_an_ended_session_shows_while_films_are_fetched(clean_page: Page, room: ReadingRoom) -> None:
    band = room.site.routes["/film/read-A-L-hand/full/0"]
    ended = [True]

    def guarded(request: Request) -> HandlerAnswer:
        room.signed_in = room.signed_in and not ended
        ended.clear()
        return band(request) if room.signed_in else HandlerAnswer.of_json({"error": "signed out"}, 401)

    room.site.routes["/film/read-A-L-hand/full/0"] = guarded
    clean_page.goto(room.site.address + room.base)
    wait_until(clean_page, "document.querySelector('.sign-in').open")
    clean_page.fill(".sign-in [name=email]", "reader.one@demo.example")
    clean_page.fill(".sign-in [name=password]", "right")
    clean_page.click(".sign-in button[type=submit]")
    wait_ready(clean_page)
    assert clean_page.inner_text(".pane .level") == "Full size, verified"
