"""What is scored is what was typed, on every keyboard: a sign is that sign, however the keyboard writes it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press, said
from tests.capture.layouts import HERE, LAYOUTS, begin, came_of
from tests.capture.reading_room import ReadingRoom

pytestmark = pytest.mark.browser
PRESSED = "key => { document.body.dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true})) }"
# What a French and a Russian keyboard say of themselves in a browser that lets pages ask.
KEYBOARDS = {
    "fr": {"Digit4": "'", "Digit6": "-", "Backquote": "²", "KeyQ": "a", "KeyA": "q", "KeyN": "n", "Equal": "="},
    "ru": {"Digit4": "4", "Digit6": "6", "Backquote": "ё", "KeyN": "т", "BracketLeft": "х", "Equal": "="},
}
SHOWN = {
    "fr": {
        "Score 4, next cell": ["Shift+4", "'"],
        "Score 6, next cell": ["Shift+6"],
        "Score 0, next cell": ["Shift+0", "² (left of 1)"],
    },
    "ru": {
        "Score 4, next cell": ["4"],
        "Not assessable, then 1 to 6 for the reason": ["Т"],
        "Previous hand or foot": ["Х", "PageUp"],
    },
}
SAYS = "layout => Object.defineProperty(navigator, 'keyboard', {value: {getLayoutMap: async () => new Map(layout)}})"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_key_does_what_it_writes_on_keyboards_of_readers(clean_page: Page, room: ReadingRoom, layout: str) -> None:
    open_read(clean_page, room, f"#{HERE[0]}/read-B")
    wrong = []
    for key in LAYOUTS[layout]:
        begin(clean_page)
        clean_page.evaluate(PRESSED, key.event)
        found = came_of(clean_page)
        if found != key.outcome:
            wrong.append((key, found))
    assert wrong == []


def test_a_keypad_without_num_lock_says_why_it_writes_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.evaluate(PRESSED, {"code": "Numpad3", "key": "PageDown"})
    assert said(clean_page) == "Num Lock is off: the keypad does not type digits."


def listed(page: Page, command: str) -> list[str]:
    """The keys that the list shows for a command."""
    row = page.locator(f".key-rows span:text-is('{command}') + span kbd")
    return row.all_inner_texts()


@pytest.mark.own_window
@pytest.mark.parametrize("layout", KEYBOARDS)
def test_the_list_shows_the_keys_of_the_readers_own_keyboard(clean_page: Page, room: ReadingRoom, layout: str) -> None:
    open_read(clean_page, room)
    clean_page.evaluate(SAYS, list(KEYBOARDS[layout].items()))
    press(clean_page, "?")
    assert clean_page.inner_text(".key-list .layout").startswith("Keys are shown as they are on your keyboard.")
    assert {command: listed(clean_page, command) for command in SHOWN[layout]} == SHOWN[layout]


@pytest.mark.own_window
def test_the_list_says_so_where_the_browser_does_not_know_the_keyboard(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.evaluate("Object.defineProperty(navigator, 'keyboard', {value: undefined})")
    press(clean_page, "?")
    assert "does not report your keyboard layout" in clean_page.inner_text(".key-list .layout")
    assert listed(clean_page, "Score 0, next cell") == ["0", "key left of 1"]
