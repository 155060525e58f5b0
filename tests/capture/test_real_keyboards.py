"""The same keys, typed on real keyboards of X in a Chromium with a window: what the synthetic ones stand for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.capture.acting import open_read
from tests.capture.keyboards import ALT_GR, SHIFT, Keyboard, keyboard_of, window_on
from tests.capture.layouts import AFTER, BEFORE, HERE, NOTHING, REASON, WHOLE, begin, came_of
from tests.capture.reading_room import ReadingRoom

pytestmark = [pytest.mark.browser, pytest.mark.full]
# place, what is held, what must come of it
TYPED: dict[str, list[tuple[str, list[int], str]]] = {
    "us": [("3", [], "3"), ("[", [], BEFORE), ("]", [], AFTER), ("0", [SHIFT], NOTHING), ("n", [], REASON)],
    "de": [
        ("3", [], "3"),
        ("8", [ALT_GR], BEFORE),
        ("9", [ALT_GR], AFTER),
        ("0", [SHIFT], WHOLE),
        ("2", [ALT_GR], NOTHING),
        ("n", [], REASON),
    ],
    "fr": [
        ("4", [SHIFT], "4"),
        ("0", [SHIFT], "0"),
        ("4", [], "4"),
        ("6", [], NOTHING),
        ("5", [ALT_GR], BEFORE),
        ("Minus", [ALT_GR], AFTER),
        ("Equal", [], WHOLE),
    ],
    "es": [("3", [], "3"), ("0", [SHIFT], WHOLE), ("[", [ALT_GR], BEFORE), ("]", [ALT_GR], AFTER)],
    "se": [("3", [], "3"), ("8", [ALT_GR], BEFORE), ("9", [ALT_GR], AFTER), ("0", [SHIFT], WHOLE)],
    "ru": [("3", [], "3"), ("n", [], REASON), ("[", [], BEFORE), ("]", [], AFTER)],
}


def outcome(page: Page, keyboard: Keyboard, place: str, held: list[int]) -> str:
    """What comes of a key: X takes a moment to bring it, so the page counts keys that were let go."""
    page.evaluate("window.letGo = 0")
    keyboard.type(place, *held)
    for _ in range(200):
        if page.evaluate("letGo") > len(held):
            break
        page.wait_for_timeout(25)
    return came_of(page)


def opened(page: Page, room: ReadingRoom) -> None:
    """The reading screen in the middle of the grid."""
    open_read(page, room, f"#{HERE[0]}/read-B")
    page.evaluate("document.addEventListener('keyup', () => { letGo += 1 })")


@pytest.mark.parametrize("layout", TYPED)
def test_real_keyboards_score_what_was_typed(chromium: Browser, room: ReadingRoom, layout: str) -> None:
    wrong = []
    with keyboard_of(layout) as keyboard, window_on(chromium, keyboard) as page:
        opened(page, room)
        for place, held, expected in TYPED[layout]:
            begin(page)
            found = outcome(page, keyboard, place, held)
            if found != expected:
                wrong.append((place, held, expected, found))
    assert wrong == []


def test_a_real_keypad_scores_with_num_lock_and_stays_without(chromium: Browser, room: ReadingRoom) -> None:
    with keyboard_of("us") as keyboard, window_on(chromium, keyboard) as page:
        opened(page, room)
        begin(page)
        assert outcome(page, keyboard, "pad 3", []) == NOTHING
        keyboard.num_lock()
        begin(page)
        assert outcome(page, keyboard, "pad 3", []) == "3"


def test_a_dead_key_takes_no_digit_with_it(chromium: Browser, room: ReadingRoom) -> None:
    with keyboard_of("de") as keyboard, window_on(chromium, keyboard) as page:
        opened(page, room)
        begin(page)
        assert outcome(page, keyboard, "Backquote", []) == "0"
        assert outcome(page, keyboard, "3", []) == "03, then at ('GR-PIP4', 1)"
