"""One tab writes, the other looks and can take over; where two values met for one cell the reader decides."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press, said, shown, wait_ready, wait_saved, wait_waiting, wait_written
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser
LOCKED = "!document.querySelector('.tab-lock').hidden"


def second_tab(page: Page, room: ReadingRoom) -> Page:
    tab = page.context.new_page()
    open_read(tab, room)
    return tab


def elsewhere(room: ReadingRoom, item: str, value: int) -> None:
    """Another computer of the same reader saves a value."""
    cell = room.cells.get(("read-A", item), {"revision": 0})
    room.cells[("read-A", item)] = {"value": value, "reason": "", "revision": cell["revision"] + 1}


def test_the_second_tab_looks_only_and_takes_over_when_asked(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "1")
    wait_saved(clean_page)
    tab = second_tab(clean_page, room)
    wait_until(tab, LOCKED)
    press(tab, "2")
    assert "another tab" in said(tab)
    tab.click(".tab-lock button")
    wait_until(tab, "document.querySelector('.tab-lock').hidden")
    wait_ready(tab)
    wait_until(clean_page, LOCKED)
    press(tab, "2")
    wait_saved(tab)
    press(clean_page, "3")
    assert "another tab" in said(clean_page)
    assert [room.value("GL-PIP2", place) for place in (0, 1)] == [(1, ""), (2, "")]
    assert f"POST {room.base}take-over" in room.site.asked


def test_what_waited_in_the_first_tab_is_sent_by_the_second(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    tab = second_tab(clean_page, room)
    room.faults += ["503"] * 3
    press(clean_page, "1", "2")
    wait_waiting(clean_page, 2)
    room.faults[1:] = []
    tab.click(".tab-lock button")
    wait_until(tab, "document.querySelector('.tab-lock').hidden")
    wait_ready(tab)
    wait_saved(tab)
    assert [room.value("GL-PIP2", place) for place in (0, 1)] == [(1, ""), (2, "")]
    assert len(room.stored) == 2


def test_a_closed_tab_gives_way_by_itself(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    tab = second_tab(clean_page, room)
    wait_until(tab, LOCKED)
    press(clean_page, "1")
    wait_saved(clean_page)
    clean_page.close()
    wait_until(tab, "document.querySelector('.tab-lock').hidden")
    wait_ready(tab)
    assert shown(tab, "GL-PIP2") == "1"
    press(tab, "2")
    wait_saved(tab)
    assert room.value("GL-PIP2", 1) == (2, "")


@pytest.mark.parametrize(("choice", "value", "revision"), [("Keep mine: 3", 3, 2), ("Use the other value: 5", 5, 3)])
def test_both_values_are_shown_and_the_choice_is_an_edit(
    clean_page: Page, room: ReadingRoom, choice: str, value: int, revision: int
) -> None:
    open_read(clean_page, room)
    elsewhere(room, "GL-PIP2", 5)
    press(clean_page, "3")
    wait_until(clean_page, "!document.querySelector('.conflicts').hidden")
    assert shown(clean_page, "GL-PIP2") == "3"
    assert "1 conflict to decide" in clean_page.inner_text(".status")
    assert room.value("GL-PIP2") == (5, "")
    press(clean_page, "4")
    clean_page.click(f".conflicts button:has-text('{choice}')")
    wait_saved(clean_page)
    assert room.cells[("read-A", "GL-PIP2")] == {"value": value, "reason": "", "revision": revision}
    assert shown(clean_page, "GL-PIP2") == str(value)
    resolving = [operation for operation in room.stored.values() if operation["resolves"]]
    assert [operation["value"] for operation in resolving] == [value]
    assert room.value("GL-PIP2", 1) == (4, "")


def test_a_conflict_survives_a_reload(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    elsewhere(room, "GL-PIP2", 5)
    press(clean_page, "3", "ArrowLeft", "4")
    wait_waiting(clean_page, 2)
    wait_until(clean_page, "!document.querySelector('.conflicts').hidden")
    wait_written(clean_page)
    clean_page.reload()
    wait_ready(clean_page)
    wait_until(clean_page, "!document.querySelector('.conflicts').hidden")
    assert shown(clean_page, "GL-PIP2") == "4"
    clean_page.click(".conflicts button:has-text('Keep mine: 4')")
    wait_saved(clean_page)
    assert [operation["value"] for operation in room.stored.values()] == [3, 4]
    assert room.value("GL-PIP2") == (4, "")
