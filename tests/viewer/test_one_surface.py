"""What films are drawn on goes from the page that is left to the next one, and brings no film with it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from playwright.sync_api import Page

from imaging.levels import render8
from tests.capture.acting import open_read, press, wait_ready
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import WITH_A_GRAPHICS_CARD, wait_until
from tests.viewer.large_films import BY_EITHER, SIZE, assert_exact, form, hold, large_film, seen
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
KEEP = "() => { window.left = document.querySelector('.surface') }"
IS_KEPT = "window.left === document.querySelector('.surface')"
LOSE = "window.left.getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"

GO_TO = "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')) }"


@pytest.fixture
def page_size() -> tuple[int, int]:
    return SIZE


def to_the_review(page: Page) -> None:
    """From the films to the review page, in place."""
    press(page, "Control+Enter")
    wait_until(page, "document.querySelector('#room').dataset.page === 'review'")


def and_back(page: Page) -> None:
    """From the review to the films again, in place."""
    page.evaluate("history.back()")
    wait_until(page, "document.querySelector('#room').dataset.page === 'screen'")


@BY_EITHER
def test_the_next_page_draws_on_the_same_surface(either: Page, room: ReadingRoom) -> None:
    open_read(either, room)
    either.evaluate(KEEP)
    press(either, "i")
    to_the_review(either)
    and_back(either)
    wait_ready(either)
    assert either.evaluate(IS_KEPT)
    press(either, "o", "p")
    assert_exact(either, render8(form(0).levels, 2000, 2400))
    assert_exact(either, render8(form(4).levels, 2000, 2400), place=1)


@BY_EITHER
def test_nothing_is_seen_of_the_page_that_was_left(either: Page, room: ReadingRoom, site: StaticSite) -> None:
    until = threading.Event()
    other = ReadingRoom(site, "other", panes=2, instrument="larsen-1995", film=large_film, label="Case 13 of 40")
    for letter in "AB":
        hold(site, f"/film/other-{letter}-L-hand/small/0", until)
    open_read(either, room)
    either.evaluate(KEEP)
    assert np.median(seen(either)) > 0
    either.evaluate(GO_TO, other.base)
    wait_until(either, "document.querySelector('h1').textContent === 'Case 13 of 40'")
    either.evaluate("document.querySelectorAll('.preview').forEach(preview => { preview.style.visibility = 'hidden' })")
    assert either.evaluate(IS_KEPT)
    assert [np.median(seen(either, place)) for place in (0, 1)] == [0, 0]
    until.set()
    wait_ready(either)
    assert np.median(seen(either)) > 0


@pytest.mark.own_window
@pytest.mark.parametrize("window_script", [WITH_A_GRAPHICS_CARD], ids=[""])
def test_a_surface_lost_meanwhile_is_made_anew(either: Page, room: ReadingRoom) -> None:
    open_read(either, room)
    either.evaluate(KEEP)
    to_the_review(either)
    either.evaluate(LOSE)
    and_back(either)
    wait_ready(either)
    assert not either.evaluate(IS_KEPT)
    press(either, "o", "p")
    assert_exact(either, render8(form(0).levels, 2000, 2400))
