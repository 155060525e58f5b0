"""A signed training read: where the reader and the reference differ, the cell and the words below it say so."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press, shown
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser
ITEM = "GL-PIP2"
# How often the page has asked for itself again.
ASKED = "performance.getEntriesByType('resource').filter(({ name }) => name === location.href.split('#')[0]).length"


def test_the_reference_stands_beside_what_was_signed(clean_page: Page, room: ReadingRoom) -> None:
    room.read_only = "This read is signed."
    for place, (own, reference) in enumerate([(2, 3), (1, 1)]):
        timepoint = f"{room.token}-{'AB'[place]}"
        cell = {"value": own, "reason": "", "revision": 1, "reference": {"value": reference, "reason": ""}}
        room.cells[timepoint, ITEM] = cell
    open_read(clean_page, room, f"#{ITEM}/{room.token}-A")
    assert [shown(clean_page, ITEM, place) for place in (0, 1)] == ["2 (3)", "1"]
    assert clean_page.inner_text(".pad .asked").endswith("yours 2, reference 3")
    press(clean_page, "ArrowRight")
    assert clean_page.inner_text(".pad .asked").endswith("yours 1, reference 1")


def test_a_reference_that_is_still_being_laid_beside_comes_by_itself(clean_page: Page, room: ReadingRoom) -> None:
    room.read_only, room.awaits_reference = "This read is signed.", True
    timepoint = room.shown[0]["timepoint"]
    cell = room.cells[(timepoint, "GL-PIP2")] = {"value": 2, "reason": "", "revision": 1}
    open_read(clean_page, room)
    wait_until(clean_page, "document.querySelector('.pad').textContent.includes('The reference will appear beside')")
    assert shown(clean_page, "GL-PIP2") == "2"
    cell["reference"], room.awaits_reference = {"value": 3, "reason": ""}, False
    wait_until(clean_page, "document.querySelector(\"td[data-item='GL-PIP2']\")?.textContent === '2 (3)'")
    assert "will appear beside" not in clean_page.inner_text(".pad")


def test_the_reference_takes_nobodys_words_away(clean_page: Page, room: ReadingRoom) -> None:
    room.read_only, room.awaits_reference = "This read is signed.", True
    open_read(clean_page, room)
    clean_page.click("[data-command=problem]")
    clean_page.fill("dialog[open] textarea", "the name shows")
    room.awaits_reference = False
    wait_until(clean_page, f"{ASKED} > 1")
    assert clean_page.input_value("dialog[open] textarea") == "the name shows"
    clean_page.click("dialog[open] [data-cancel]")
    wait_until(clean_page, "!document.querySelector('.pad').textContent.includes('The reference will appear beside')")
