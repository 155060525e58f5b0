"""axe finds no serious fault in any state of the reading screen; everything can be reached without a mouse."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.capture.acting import open_read, press
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser


def serious_faults(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [
        f"{each['id']}: {each['nodes'][0]['target']}" for each in found if each["impact"] in ("serious", "critical")
    ]


def test_no_state_of_the_screen_has_a_serious_fault(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert serious_faults(clean_page) == []
    press(clean_page, "1", "f", "c")
    clean_page.keyboard.type("remark")
    press(clean_page, "Escape", "g", "n", "9")
    assert serious_faults(clean_page) == []
    press(clean_page, "Escape", "?")
    assert serious_faults(clean_page) == []
    press(clean_page, "Escape", "Control+Enter")
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'review'")
    assert serious_faults(clean_page) == []


def test_the_dialogs_have_no_serious_fault(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.click("[data-command=problem]")
    assert serious_faults(clean_page) == []
    press(clean_page, "Escape")
    room.signed_in = False
    press(clean_page, "3")
    wait_until(clean_page, "document.querySelector('.sign-in').open")
    assert serious_faults(clean_page) == []


def test_every_control_can_be_reached_by_tab(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "Escape")
    wanted = clean_page.evaluate(
        "[...document.querySelectorAll('#room button, #room a')].filter(e => e.offsetParent && !e.disabled).length"
    )
    clean_page.evaluate("window.reached = new Set()")
    for _ in range(wanted + 10):
        clean_page.evaluate("reached.add(document.activeElement)")
        press(clean_page, "Tab")
    missed = clean_page.evaluate(
        "[...document.querySelectorAll('#room button, #room a')]"
        ".filter(e => e.offsetParent && !e.disabled && !reached.has(e)).map(e => e.textContent)"
    )
    assert missed == []


def test_controls_are_large_enough_to_hit(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    small = clean_page.evaluate(
        "[...document.querySelectorAll('#room button, #room td')].filter(e => e.offsetParent)"
        ".map(e => [e.textContent, e.getBoundingClientRect()]).filter(([, b]) => b.width < 24 || b.height < 24)"
        ".map(([text]) => text)"
    )
    assert small == []
