"""A reader whose role has ended is informed and can enter nothing more; what was not sent stays on the computer."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import on_disk, open_read, press, said, shown, status, wait_waiting
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser


def test_a_reader_whose_role_has_ended_enters_nothing_more(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["403"] * 20
    press(clean_page, "1")
    wait_until(clean_page, "document.querySelector('.status').dataset.state === 'stuck'")
    assert status(clean_page).startswith("You are no longer a reader in this trial · 1 waiting")
    press(clean_page, "2")
    assert said(clean_page) == "You are no longer a reader in this trial."
    assert shown(clean_page, "GL-PIP2", 1) == ""
    assert clean_page.get_attribute(".grid", "aria-readonly") == "true"
    assert clean_page.locator(".pad button:visible").all_inner_texts() == ["Grades", "Next"]
    wait_waiting(clean_page, 1)
    assert len(on_disk(clean_page)) == 1
    assert clean_page.get_attribute(".status", "data-waiting") == "1"


def test_a_403_that_is_not_the_servers_own_is_tried_again(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["proxy"] * 2
    press(clean_page, "1")
    wait_until(clean_page, "document.querySelector('.status').dataset.waiting === '0'")
    assert room.value("GL-PIP2") == (1, "")
