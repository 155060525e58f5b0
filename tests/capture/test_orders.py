"""The charter's order of entry decides which cell comes next, and what a whole read costs in keys."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

import instruments
from tests.capture.acting import ALL_FULL, ROW_FILL, asked, fill_row, open_read, press, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser


def walk(page: Page, steps: int) -> list[tuple[str, int]]:
    """The cells that Enter goes through."""
    cells = [asked(page)]
    for _ in range(steps):
        press(page, "Enter")
        cells.append(asked(page))
    return cells


@pytest.mark.parametrize(
    ("order", "wanted"),
    [
        ("joint-major", [("EL-IP1", 0), ("EL-IP1", 1), ("EL-PIP2", 0), ("EL-PIP2", 1), ("JL-PIP2", 0), ("JL-PIP2", 1)]),
        ("timepoint-major", [("EL-IP1", 0), ("EL-PIP2", 0), ("JL-PIP2", 0), ("EL-PIP3", 0), ("JL-PIP3", 0)]),
        ("two-pass", [("EL-IP1", 0), ("EL-IP1", 1), ("EL-PIP2", 0), ("EL-PIP2", 1), ("EL-PIP3", 0), ("EL-PIP3", 1)]),
    ],
)
def test_cells_come_in_the_charters_order(clean_page: Page, site: StaticSite, order: str, wanted: list[Any]) -> None:
    room = ReadingRoom(site, panes=2, terms={"entry_order": order})
    open_read(clean_page, room)
    assert walk(clean_page, len(wanted) - 1) == wanted


@pytest.mark.parametrize("order", ["joint-major", "timepoint-major", "two-pass"])
def test_every_cell_comes_once(clean_page: Page, site: StaticSite, order: str) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", terms={"entry_order": order})
    open_read(clean_page, room)
    cells = walk(clean_page, 63)
    assert len(set(cells)) == 64


def enter(page: Page, keys: list[str]) -> int:
    """Presses keys, waiting for films when the side changes; how many were pressed."""
    for key in keys:
        if not page.evaluate(ALL_FULL):
            wait_until(page, ALL_FULL)
        page.evaluate("() => new Promise(requestAnimationFrame)")
        press(page, key)
    return len(keys)


def test_four_timepoints_of_86_values_take_one_key_each(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=4)
    open_read(clean_page, room)
    keys = []
    for number, item in enumerate(instruments.get("svdh").items):
        for place in range(4):
            value = item.allowed[(number + place) % len(item.allowed)]
            keys.append("x" if value == 10 else str(value))
    assert enter(clean_page, keys) <= 378
    wait_saved(clean_page)
    for number, item in enumerate(instruments.get("svdh").items):
        for place in range(4):
            assert room.value(item.key, place) == (item.allowed[(number + place) % len(item.allowed)], "")


def test_a_case_of_zeros_takes_one_chord_per_row(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=4)
    open_read(clean_page, room)
    fill_row(clean_page)
    assert enter(clean_page, [ROW_FILL] * 85) <= 100
    wait_saved(clean_page)
    assert room.progress == {"saved_count": 344, "expected_count": 344}
    assert {cell["value"] for cell in room.cells.values()} == {0}
