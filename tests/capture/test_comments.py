"""A comment is kept however the reader leaves it, and undone like a value."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import asked, open_read, press, shown, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until

pytestmark = pytest.mark.browser


def comments(room: ReadingRoom) -> list[tuple[str, str, str]]:
    """What the server was given, in order."""
    return [(note["item"], note["timepoint"], note["comment"]) for note in room.notes.values()]


@pytest.mark.parametrize(
    "way_out", ["td[data-item='GL-PIP4'] >> nth=1", ".tabs button >> nth=1", "[data-command=invert]"]
)
def test_a_comment_left_by_a_click_elsewhere_is_kept_for_its_own_cell(
    clean_page: Page, room: ReadingRoom, way_out: str
) -> None:
    open_read(clean_page, room)
    press(clean_page, "c")
    clean_page.keyboard.type("a cyst, no erosion")
    clean_page.click(way_out)
    wait_saved(clean_page)
    assert comments(room) == [("GL-PIP2", "read-A", "a cyst, no erosion")]


def test_a_comment_is_undone_and_done_again_like_a_value(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "c")
    clean_page.keyboard.type("a cyst")
    clean_page.click("td[data-item='GL-PIP4'] >> nth=1")
    press(clean_page, "3", "Control+z", "Control+z")
    assert (shown(clean_page, "GL-PIP4", 1), asked(clean_page)) == ("", ("GL-PIP2", 0))
    assert clean_page.evaluate("!document.querySelector('td.current').classList.contains('flagged')")
    press(clean_page, "Control+y")
    wait_saved(clean_page)
    assert [comment for _, _, comment in comments(room)] == ["a cyst", "", "a cyst"]


def test_a_comment_being_typed_is_kept_when_the_reader_goes_to_the_review(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "c")
    clean_page.keyboard.type("a cyst")
    clean_page.evaluate("document.querySelector('[data-command=review]').click()")
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'review'")
    wait_saved(clean_page)
    assert comments(room) == [("GL-PIP2", "read-A", "a cyst")]


def test_a_comment_can_be_cancelled_even_after_looking_away(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "c")
    clean_page.keyboard.type("a cyst")
    press(clean_page, "Escape")
    assert comments(room) == []
    press(clean_page, "c")
    clean_page.keyboard.type("a cyst")
    clean_page.click("[data-command=invert]")
    clean_page.click("form.comment [data-cancel]")
    wait_saved(clean_page)
    assert [comment for _, _, comment in comments(room)] == ["a cyst", ""]


def test_an_input_method_confirms_with_enter_without_ending_the_comment(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "c")
    clean_page.evaluate(
        "document.activeElement.dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', code: 'Enter', isComposing: true, bubbles: true}))"
    )
    assert clean_page.is_visible("form.comment")
