"""A value that was signed before changes by keyboard in a few keys, and never without its reason."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press, shown, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser


@pytest.fixture
def room(site: StaticSite) -> ReadingRoom:
    """A returned read: every cell has 0, and every value was signed."""
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", signed_before=True)
    for item in room.form.items:
        for pane in room.shown:
            room.cells[(pane["timepoint"], item.key)] = {"value": 0, "reason": "", "revision": 1}
    return room


def sent(room: ReadingRoom) -> list[tuple[Any, ...]]:
    return [(one["value"], one["change_reason"], one["change_note"]) for one in room.stored.values()]


def test_a_digit_a_reason_a_text_and_the_next_change_takes_one_key(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room, "#GL-PIP2/read-A")
    press(clean_page, "2")
    assert clean_page.inner_text(".change-reason .which") == "A, PIP 2: 0 becomes 2"
    press(clean_page, "4")
    clean_page.keyboard.type("a small erosion")
    press(clean_page, "Enter")
    wait_saved(clean_page)
    press(clean_page, "3", "Enter")
    wait_saved(clean_page)
    assert sent(room) == [(2, "overlooked", "a small erosion"), (3, "overlooked", "a small erosion")]


def test_nothing_changes_without_a_text_or_after_escape(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room, "#GL-PIP2/read-A")
    press(clean_page, "2", "1", "Space", "Enter")
    assert "Say in a few words" in clean_page.inner_text(".change-reason .refusal")
    press(clean_page, "Escape")
    assert shown(clean_page, "GL-PIP2") == "0"
    assert not room.stored
    press(clean_page, "0")
    assert not clean_page.is_visible(".change-reason"), "the same value is no change"


def test_undoing_is_a_change_of_its_own_with_its_reason(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room, "#GL-PIP2/read-A")
    press(clean_page, "2", "1")
    clean_page.keyboard.type("wrong key")
    press(clean_page, "Enter", "Control+z")
    wait_saved(clean_page)
    assert sent(room) == [(2, "typing-error", "wrong key"), (0, "typing-error", "Undone: wrong key")]


def test_keys_pressed_as_soon_as_the_dialog_is_answered_count(clean_page: Page, room: ReadingRoom) -> None:
    """The browser says that a dialog has closed only after it has handled what is typed next."""
    open_read(clean_page, room, "#GL-PIP2/read-A")
    press(clean_page, "2", "1")
    clean_page.keyboard.type("wrong key")
    clean_page.evaluate("""() => {
        const key = (key, code) => new KeyboardEvent('keydown', {key, code, bubbles: true, cancelable: true});
        document.querySelector('.change-reason form').requestSubmit();
        document.body.dispatchEvent(key('3', 'Digit3'));
        document.querySelector('.change-reason form').requestSubmit();
    }""")
    wait_saved(clean_page)
    assert sent(room) == [(2, "typing-error", "wrong key"), (3, "typing-error", "wrong key")]
