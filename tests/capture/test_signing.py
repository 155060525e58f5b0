"""From the films to the review, the signature and the next case, without leaving the page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import asked, open_read, press, shown, wait_on_disk, wait_ready, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
REVIEW = "document.querySelector('#room').dataset.page === 'review'"
SCREEN = "document.querySelector('#room').dataset.page === 'screen'"


@pytest.fixture
def two_rooms(site: StaticSite) -> tuple[ReadingRoom, ReadingRoom]:
    """A read that is filled in but for one cell, and the one after it."""
    after = ReadingRoom(site, "next", panes=2, instrument="larsen-1995", label="Case 13 of 40")
    first = ReadingRoom(site, panes=2, instrument="larsen-1995", next_room=after)
    for item in first.form.items:
        for pane in first.shown:
            if item.key != "GL-PIP2" or pane["letter"] == "B":
                first.cells[(pane["timepoint"], item.key)] = {"value": 0, "reason": "", "revision": 1}
    return first, after


def mark(page: Page) -> None:
    """Leaves a mark that a new document would not have."""
    page.evaluate("() => { window.same = true }")


def go_on(page: Page) -> None:
    """The case is signed and the next one offered, not opened; the offer has the focus, so Enter takes it."""
    wait_until(page, "document.querySelector('#room').dataset.page === 'signed'")
    assert page.inner_text("h1") == "Case signed"
    page.keyboard.press("Enter")
    wait_until(page, f"{SCREEN} && document.querySelector('h1').textContent === 'Case 13 of 40'")


def test_a_read_is_reviewed_and_signed_and_the_next_case_is_there(
    clean_page: Page, two_rooms: tuple[ReadingRoom, ReadingRoom]
) -> None:
    first, after = two_rooms
    open_read(clean_page, first)
    mark(clean_page)
    press(clean_page, "2", "Control+Enter")
    wait_until(clean_page, REVIEW)
    assert clean_page.url.endswith("/read/read/review")
    assert "63 of 64" not in clean_page.inner_text(".bar")
    clean_page.fill("form.sign [name=password]", "wrong")
    clean_page.click("[data-sign]")
    wait_until(clean_page, "document.querySelector('form.sign .refusal')?.textContent === 'The password is not right.'")
    clean_page.fill("form.sign [name=password]", "right")
    clean_page.click("[data-sign]")
    go_on(clean_page)
    assert clean_page.evaluate("window.same === true")
    assert len(first.signatures) == 1
    assert first.signatures[0]["sign_op_id"] == "f" * 32
    wait_ready(clean_page)
    press(clean_page, "4")
    wait_saved(clean_page)
    assert after.value("GL-PIP2") == (4, "")


def test_the_next_cases_films_are_not_fetched_again(
    clean_page: Page, two_rooms: tuple[ReadingRoom, ReadingRoom], site: StaticSite
) -> None:
    first, after = two_rooms
    open_read(clean_page, first)
    films = [f"GET /film/next-{letter}-L-hand/{part}" for letter in "AB" for part in ("small/0", "full/0", "full/3")]
    for _ in range(200):
        if set(films) <= set(site.asked):
            break
        clean_page.wait_for_timeout(25)
    press(clean_page, "2", "Control+Enter")
    wait_until(clean_page, REVIEW)
    clean_page.fill("form.sign [name=password]", "right")
    clean_page.click("[data-sign]")
    go_on(clean_page)
    wait_ready(clean_page)
    assert [site.asked.count(film) for film in films] == [1] * len(films)


def test_signing_waits_until_everything_is_saved(clean_page: Page, two_rooms: tuple[ReadingRoom, ReadingRoom]) -> None:
    first, _ = two_rooms
    open_read(clean_page, first)
    first.faults += ["503"] * 4
    press(clean_page, "2")
    wait_on_disk(clean_page, 1)
    clean_page.goto(first.site.address + first.base + "review")
    wait_until(clean_page, "document.querySelector('.unsaved')?.textContent.startsWith('1 not saved yet')")
    assert clean_page.is_disabled("[data-sign]")
    wait_until(clean_page, "!document.querySelector('[data-sign]').disabled")
    assert first.value("GL-PIP2") == (2, "")


def test_a_double_click_signs_once(clean_page: Page, two_rooms: tuple[ReadingRoom, ReadingRoom]) -> None:
    first, _ = two_rooms
    open_read(clean_page, first)
    press(clean_page, "2", "Control+Enter")
    wait_until(clean_page, REVIEW)
    clean_page.fill("form.sign [name=password]", "right")
    clean_page.dblclick("[data-sign]")
    go_on(clean_page)
    assert len(first.signatures) == 1


def test_a_gap_leads_back_to_its_cell(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "1", "Control+Enter")
    wait_until(clean_page, REVIEW)
    assert clean_page.is_disabled("[data-sign]")
    clean_page.click(".review-list a >> nth=4")
    wait_until(clean_page, SCREEN)
    wait_ready(clean_page)
    assert asked(clean_page) == ("GL-PIP4", 1)
    assert shown(clean_page, "GL-PIP2") == "1"
    press(clean_page, "3")
    wait_saved(clean_page)
    assert room.value("GL-PIP4", 1) == (3, "")


def test_the_back_button_comes_from_the_review_to_the_films(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    mark(clean_page)
    press(clean_page, "1", "Control+Enter")
    wait_until(clean_page, REVIEW)
    clean_page.go_back()
    wait_until(clean_page, SCREEN)
    wait_ready(clean_page)
    assert clean_page.evaluate("window.same === true")
    assert shown(clean_page, "GL-PIP2") == "1"
    press(clean_page, "2")
    wait_saved(clean_page)
    assert room.value("GL-PIP2", 1) == (2, "")
