"""What a screen reader is given for the grid, read from Chromium's own accessibility tree."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser


def spoken(page: Page) -> list[str]:
    """The names of the cells of the side on the screen, in order."""
    session = page.context.new_cdp_session(page)
    nodes: list[dict[str, Any]] = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [node["name"]["value"] for node in nodes if node.get("role", {}).get("value") == "gridcell"]


def test_an_empty_cell_is_called_empty_and_nothing_else(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2)
    open_read(clean_page, room, "#EL-PIP4/read-A")
    names = spoken(clean_page)
    assert "A, PIP 4, Erosion, empty" in names
    assert [name for name in names if not name.endswith(", empty")] == []


def test_a_cell_says_its_value_and_its_marks(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "0", "3", "n", "2", "f", "c")
    clean_page.keyboard.type("a cyst")
    press(clean_page, "Enter")
    wait_saved(clean_page)
    assert spoken(clean_page)[:5] == [
        "A, PIP 2, Grade, 0",
        "B, PIP 2, Grade, 3",
        "A, PIP 3, Grade, not assessable, surgery or prosthesis",
        "B, PIP 3, Grade, empty, flagged, with comment",
        "A, PIP 4, Grade, empty",
    ]


def test_a_cell_that_waits_says_so(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "0")
    assert spoken(clean_page)[0] == "A, PIP 2, Grade, 0, not yet saved"
    clean_page.context.set_offline(False)


def test_a_cell_with_two_values_and_a_signed_cell_say_so(clean_page: Page, room: ReadingRoom) -> None:
    room.shown[1]["locked"] = True
    open_read(clean_page, room)
    room.cells["read-A", "GL-PIP2"] = {"value": 5, "reason": "", "revision": 1}
    press(clean_page, "3")
    wait_until(clean_page, "!document.querySelector('.conflicts').hidden")
    assert spoken(clean_page)[:2] == ["A, PIP 2, Grade, 3, conflict, not yet saved", "B, PIP 2, Grade, signed, empty"]


def test_a_cell_that_differs_from_the_reference_says_what_the_reference_is(clean_page: Page, room: ReadingRoom) -> None:
    room.read_only = "This read is signed."
    for timepoint, own in (("read-A", 2), ("read-B", 3)):
        reference = {"value": 3, "reason": ""}
        room.cells[timepoint, "GL-PIP2"] = {"value": own, "reason": "", "revision": 1, "reference": reference}
    open_read(clean_page, room)
    assert spoken(clean_page)[:2] == ["A, PIP 2, Grade, 2, reference 3", "B, PIP 2, Grade, 3"]


def test_a_cell_without_a_film_says_so(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", absent=frozenset({(1, "L", "hand")}))
    open_read(clean_page, room)
    assert spoken(clean_page)[1] == "B, PIP 2, Grade, not assessable, no film"


def test_with_forced_colours_what_is_active_can_still_be_seen(clean_page: Page, room: ReadingRoom) -> None:
    clean_page.emulate_media(forced_colors="active")
    open_read(clean_page, room)
    looks = clean_page.evaluate("""() => {
      const all = (selector) => document.querySelectorAll(selector);
      const look = (selector, place = 0) => getComputedStyle(all(selector)[place]).backgroundColor;
      return {
        letters: [look(".letter", 0), look(".letter", 1)],
        tabs: [look(".tabs button", 0), look(".tabs button", 1)],
        tools: [look('[data-command="pointer"]'), look('[data-command="magnifier"]')],
        well: look(".well") };
    }""")
    clean_page.emulate_media(forced_colors="none")
    for name in ("letters", "tabs", "tools"):
        active, other = looks[name]
        assert active != other, name
