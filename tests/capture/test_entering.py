"""A digit scores and moves on; whatever may not be is refused where it stands; every key has a button."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import ROW_FILL, asked, noted, open_read, press, said, shown, wait_ready, wait_saved
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
FLASHES = """() => {
  globalThis.flashes = [];
  for (const mark of document.querySelectorAll(".flash")) {
    const { letter } = mark.closest(".pane").dataset;
    const tell = (changes) => changes.forEach(({ addedNodes: [text] }) => flashes.push(letter + (text?.data ?? "")));
    new MutationObserver(tell).observe(mark, { childList: true });
  }
}"""
PRESSED = "key => { document.body.dispatchEvent(new KeyboardEvent('keydown', {...key, bubbles: true})) }"


def test_a_digit_scores_and_moves_to_the_next_timepoint_of_the_joint(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "3")
    clean_page.evaluate(PRESSED, {"code": "Numpad4", "key": "4"})
    press(clean_page, "Backquote")
    assert [shown(clean_page, "GL-PIP2", place) for place in (0, 1)] == ["3", "4"]
    assert shown(clean_page, "GL-PIP3") == "0"
    assert asked(clean_page) == ("GL-PIP3", 1)
    wait_saved(clean_page)
    assert room.value("GL-PIP2", 0) == (3, "")
    stored = list(room.stored.values())
    assert [operation["entry"] for operation in stored] == ["key"] * 3
    assert all(operation["dwell_ms"] >= 0 and operation["captured_at"].endswith("Z") for operation in stored)


def test_what_is_entered_shows_for_a_moment_on_its_film(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.evaluate(FLASHES)
    press(clean_page, "3", "n", "1")
    wait_until(clean_page, "flashes.length >= 4")
    assert clean_page.evaluate("flashes") == ["A3", "A", "B–", "B"]


def test_cells_start_empty_and_no_sum_is_shown(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert clean_page.evaluate("[...document.querySelectorAll('.grid td')].every(cell => cell.textContent === '')")


def test_a_digit_out_of_range_is_refused_where_it_stands(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "6")
    assert asked(clean_page) == ("GL-PIP2", 0)
    assert shown(clean_page, "GL-PIP2") == ""
    assert said(clean_page) == "Allowed here: 0–5"
    assert clean_page.evaluate("document.querySelector('td.current').classList.contains('refused')")
    assert room.stored == {}


def test_ten_has_a_key_of_its_own_on_the_feet(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2)
    open_read(clean_page, room, "#EL-MTP1/read-A")
    press(clean_page, "x", "9")
    assert [shown(clean_page, "EL-MTP1", place) for place in (0, 1)] == ["10", "9"]
    wait_saved(clean_page)
    assert room.value("EL-MTP1") == (10, "")


def test_digits_count_by_place_so_that_french_keyboards_need_no_shift(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.evaluate(
        "document.body.dispatchEvent(new KeyboardEvent('keydown', {code: 'Digit2', key: 'é', bubbles: true}))"
    )
    assert shown(clean_page, "GL-PIP2") == "2"


def test_not_assessable_takes_a_reason(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "n", "7")
    assert said(clean_page) == "1 to 6"
    press(clean_page, "2")
    assert shown(clean_page, "GL-PIP2") == "–2"
    assert asked(clean_page) == ("GL-PIP2", 1)
    wait_saved(clean_page)
    assert room.value("GL-PIP2") == (None, "SURGERY")


def test_the_question_for_a_reason_can_be_left(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "n", "Escape", "2")
    assert shown(clean_page, "GL-PIP2") == "2"


def test_backspace_clears_the_cell_or_goes_back_and_clears(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "3", "4", "Backspace")
    assert (asked(clean_page), shown(clean_page, "GL-PIP2", 1)) == (("GL-PIP2", 1), "")
    press(clean_page, "Backspace")
    assert (asked(clean_page), shown(clean_page, "GL-PIP2", 0)) == (("GL-PIP2", 0), "")
    wait_saved(clean_page)
    assert room.value("GL-PIP2") == (None, "")


def test_arrows_enter_and_tab_move_without_scoring(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "Enter", "Tab", "ArrowDown", "ArrowRight")
    assert asked(clean_page) == ("GL-PIP4", 1)
    press(clean_page, "ArrowUp", "ArrowLeft", "ArrowLeft")
    assert asked(clean_page) == ("GL-PIP3", 0)
    press(clean_page, "5", "ArrowUp", "u")
    assert asked(clean_page) == ("GL-PIP3", 1)
    press(clean_page, "PageDown")
    assert asked(clean_page) == ("GR-PIP2", 0)
    assert room.stored == {} or len(room.stored) == 1


def test_escape_leaves_the_grid_so_that_tab_goes_through_the_page(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "Escape", "Tab", "Tab")
    assert clean_page.evaluate("document.activeElement.closest('.tools') !== null")
    assert asked(clean_page) == ("GL-PIP2", 0)


def test_undo_and_redo_are_new_edits(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "3", "4", "Control+z", "Control+z")
    assert [shown(clean_page, "GL-PIP2", place) for place in (0, 1)] == ["", ""]
    press(clean_page, "Control+y")
    assert shown(clean_page, "GL-PIP2") == "3"
    wait_saved(clean_page)
    assert room.value("GL-PIP2") == (3, "")
    assert len(room.stored) == 5


def test_zero_for_the_rest_of_the_row_is_distinguished(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "2", "ArrowLeft", ROW_FILL, "Tab", "Enter", ROW_FILL)
    assert [shown(clean_page, "GL-PIP2", place) for place in (0, 1)] == ["2", "0"]
    assert [shown(clean_page, "GL-PIP3", place) for place in (0, 1)] == ["0", "0"]
    wait_saved(clean_page)
    assert [operation["entry"] for operation in room.stored.values()] == ["key", "bulk", "bulk", "bulk"]


def test_zero_for_a_row_asks_once_per_sitting_and_says_what_it_filled(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, ROW_FILL)
    assert clean_page.inner_text(".row-fill .which") == "0 is entered for PIP 2 at A and B."
    press(clean_page, "Enter")
    assert not clean_page.is_visible(".row-fill"), "what is easiest to press enters nothing"
    assert (shown(clean_page, "GL-PIP2"), asked(clean_page)) == ("", ("GL-PIP2", 0))
    press(clean_page, ROW_FILL)
    clean_page.click(".row-fill [value=fill]")
    assert noted(clean_page) == "0 was entered for PIP 2 at A and B. Undo takes it back."
    press(clean_page, "Control+Enter")
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'review'")
    clean_page.go_back()
    wait_until(clean_page, "document.querySelector('#room').dataset.page === 'screen'")
    wait_ready(clean_page)
    press(clean_page, ROW_FILL)
    assert noted(clean_page) == "0 was entered for PIP 3 at A and B. Undo takes it back."


def test_the_last_cell_is_no_error(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room, "#GR-MTP5/read-B")
    press(clean_page, "Enter")
    assert (noted(clean_page), said(clean_page)) == ("This is the last cell.", "")
    press(clean_page, "3")
    assert (noted(clean_page).startswith("This was the last cell."), said(clean_page)) == (True, "")


def test_a_side_that_changes_by_itself_is_named_for_a_moment(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    last = clean_page.evaluate("[...document.querySelectorAll('.grid:not([hidden]) td')].at(-1).dataset.item")
    clean_page.evaluate(f"location.hash = '{last}/read-B'")
    wait_until(clean_page, f"document.querySelector('td.current').dataset.item === '{last}'")
    named = clean_page.locator(".side-named")
    assert (named.inner_text(), named.get_attribute("aria-live")) == ("", "polite")
    press(clean_page, "Enter")
    assert named.inner_text() == "Right hand"
    wait_until(clean_page, "document.querySelector('.side-named').textContent === ''")


def test_zero_for_the_rest_needs_the_charter(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", terms={"bulk_zero": False})
    open_read(clean_page, room)
    press(clean_page, ROW_FILL)
    assert said(clean_page) == "0 for a whole row is not allowed by the charter"
    assert clean_page.query_selector("[data-command=zero-rest]") is None
    assert shown(clean_page, "GL-PIP2") == ""


def test_an_absent_film_is_marked_by_the_system_and_passed_over(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", absent=frozenset({(1, "L", "hand")}))
    open_read(clean_page, room)
    press(clean_page, "1", "2")
    assert (shown(clean_page, "GL-PIP2", 1), shown(clean_page, "GL-PIP3", 0)) == ("–", "2")
    press(clean_page, "ArrowUp", "ArrowRight", "3")
    assert "system has marked" in said(clean_page)
    assert shown(clean_page, "GL-PIP3", 1) == "–"


def test_the_mouse_alone_can_enter_everything(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.click("td[data-item='GL-MCP3'] >> nth=1")
    clean_page.click(".grades button:has-text('4')")
    clean_page.click("td[data-item='GL-MCP4'] >> nth=0")
    clean_page.click("[data-command=not-assessable]")
    clean_page.click(".reasons button:has-text('overlap')")
    clean_page.click(".tabs button >> nth=2")
    wait_ready(clean_page)
    clean_page.click(".grades button:has-text('1')")
    wait_saved(clean_page)
    assert room.value("GL-MCP3", 1) == (4, "")
    assert room.value("GL-MCP4", 0) == (None, "OVERLAP")
    assert room.value("GL-MTP2", 0) == (1, "")
    assert {operation["entry"] for operation in room.stored.values()} == {"click"}


def test_after_the_mouse_enter_goes_on_from_the_cell(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.click("[data-command=invert]")
    press(clean_page, "Enter")
    assert asked(clean_page) == ("GL-PIP2", 1)


def test_flag_and_comment_are_kept(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "f", "c")
    clean_page.keyboard.type("seen 3 of them, n")
    press(clean_page, "Enter")
    assert asked(clean_page) == ("GL-PIP2", 0)
    wait_saved(clean_page)
    last = list(room.notes.values())[-1]
    assert (last["flag"], last["comment"]) == (True, "seen 3 of them, n")
    assert room.stored == {}
    assert clean_page.evaluate("document.querySelector('td.current').classList.contains('flagged')")


def test_single_keys_can_be_turned_off_and_stay_off(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.click("[data-command=keys]")
    press(clean_page, "3")
    assert shown(clean_page, "GL-PIP2") == ""
    open_read(clean_page, room)
    assert clean_page.inner_text("[data-command=keys]") == "Keys off"
    press(clean_page, "3")
    assert shown(clean_page, "GL-PIP2") == ""


def test_a_key_can_be_changed_but_not_taken_from_another_command(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "?")
    clean_page.click("button[aria-label='Change the key for: Score 5, next cell']")
    press(clean_page, "f")
    assert clean_page.inner_text(".key-list .refusal") == "That key is taken: Flag the cell."
    clean_page.click("button[aria-label='Change the key for: Score 5, next cell']")
    press(clean_page, "q")
    clean_page.click(".key-list button[value=close]")
    press(clean_page, "q")
    assert shown(clean_page, "GL-PIP2") == "5"


def test_a_held_key_scores_once(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    for _ in range(3):
        clean_page.keyboard.down("2")
    clean_page.keyboard.up("2")
    assert asked(clean_page) == ("GL-PIP2", 1)


def test_grade_texts_come_on_demand(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert not clean_page.is_visible(".wording")
    press(clean_page, "g")
    assert "Mutilating change" in clean_page.inner_text(".wording")


def test_a_signed_read_can_be_looked_at_and_takes_nothing(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", read_only="This read is signed.")
    open_read(clean_page, room)
    press(clean_page, "3", "f")
    assert said(clean_page) == "This read is signed."
    assert clean_page.locator("[data-command=review]").inner_text() == "Review", "nothing is left to sign"
    offered = clean_page.locator(".pad button:visible").all_inner_texts()
    assert offered == ["Grades", "Next"], "nothing that would enter something"
    assert (room.stored, room.notes) == ({}, {})


def test_a_film_problem_is_reported_with_letter_and_token_only(clean_page: Page, room: ReadingRoom) -> None:
    bodies: list[str] = []
    open_read(clean_page, room)
    answer = room.site.routes[room.base + "problem"]

    def noting(request):  # type: ignore[no-untyped-def]
        bodies.append(request.body.decode())
        return answer(request)

    room.site.routes[room.base + "problem"] = noting
    clean_page.click("[data-command=problem]")
    clean_page.check("input[value=wrong-side]")
    clean_page.click(".problem button[type=submit]")
    wait_until(
        clean_page, "document.querySelector('.pad .refusal').textContent.includes('coordinator has been informed')"
    )
    assert "film=read-A-L-hand" in bodies[0]
    assert "kind=wrong-side" in bodies[0]
