"""Faults one by one: half an hour offline, a server that dies before it answers, the back button, doubled requests."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise

import pytest
from playwright.sync_api import Page

from tests.capture.acting import kill_renderer, on_disk, open_read, press, status, wait_ready, wait_saved, wait_waiting
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser
FIRST = "GL-PIP2"


@pytest.mark.own_window
def test_half_an_hour_offline_costs_nothing(clean_page: Page, room: ReadingRoom) -> None:
    clean_page.clock.install()
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    for digit in ("1", "2", "3"):
        press(clean_page, digit)
        clean_page.clock.fast_forward("10:00")
    wait_waiting(clean_page, 3)
    assert status(clean_page).startswith("Offline")
    clean_page.context.set_offline(False)
    clean_page.clock.fast_forward("00:20")
    wait_saved(clean_page)
    taken = [datetime.fromisoformat(operation["captured_at"]) for operation in room.stored.values()]
    assert [operation["value"] for operation in room.stored.values()] == [1, 2, 3]
    assert all(550 < (after - before).total_seconds() < 700 for before, after in pairwise(taken))
    assert on_disk(clean_page) == []


def test_a_server_killed_between_writing_and_answering_doubles_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["killed", "killed"]
    press(clean_page, "1", "2")
    wait_saved(clean_page)
    press(clean_page, "3")
    wait_saved(clean_page)
    assert [operation["value"] for operation in room.stored.values()] == [1, 2, 3]


def test_an_answer_that_was_cut_off_is_asked_for_again(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["cut"]
    press(clean_page, "1")
    wait_until(clean_page, "document.querySelector('.status').textContent.includes('retrying')")
    wait_saved(clean_page)
    room.faults += ["cut"]
    press(clean_page, "f")
    wait_until(clean_page, "document.querySelector('.status').textContent.includes('retrying')")
    wait_saved(clean_page)
    assert [operation["value"] for operation in room.stored.values()] == [1]
    assert len(room.notes) == 1


def test_a_killed_page_and_a_killed_server_together_lose_and_double_nothing(
    clean_page: Page, room: ReadingRoom
) -> None:
    open_read(clean_page, room)
    room.faults += ["killed", *["503"] * 40]
    press(clean_page, "1", "2")
    wait_until(clean_page, "document.querySelector('.status').textContent.includes('retrying')")
    context = clean_page.context
    kill_renderer(clean_page)
    room.faults.clear()
    page = context.new_page()
    open_read(page, room)
    wait_saved(page)
    assert [operation["value"] for operation in room.stored.values()] == [1, 2]
    assert [room.value(FIRST, place) for place in (0, 1)] == [(1, ""), (2, "")]


def test_back_and_forward_lose_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["503"]
    press(clean_page, "1", "2")
    clean_page.keyboard.press("Control+Enter")
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'review'")
    clean_page.go_back()
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'screen'")
    wait_ready(clean_page)
    press(clean_page, "3")
    clean_page.goto(f"{room.site.address}/read/")
    clean_page.go_back()
    wait_ready(clean_page)
    wait_saved(clean_page)
    assert [operation["value"] for operation in room.stored.values()] == [1, 2, 3]
