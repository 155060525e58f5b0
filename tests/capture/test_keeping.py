"""Nothing entered is lost: lost answers, no network, ended sessions, crashed tabs, refusals."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from reading.room.pace import Wait
from tests.capture.acting import (
    on_disk,
    open_read,
    press,
    said,
    shown,
    status,
    wait_on_disk,
    wait_ready,
    wait_saved,
    wait_waiting,
)
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import NO_ANSWER, HandlerAnswer

pytestmark = pytest.mark.browser


def test_offline_work_goes_on_and_is_sent_when_the_network_is_back(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "1", "2", "3")
    wait_until(clean_page, "document.querySelector('.status').textContent.startsWith('Offline · 3 waiting')")
    assert room.stored == {}
    clean_page.context.set_offline(False)
    wait_saved(clean_page)
    assert [room.value("GL-PIP2", 0), room.value("GL-PIP2", 1), room.value("GL-PIP3", 0)] == [(1, ""), (2, ""), (3, "")]
    wait_on_disk(clean_page, 0)


def test_a_lost_answer_doubles_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["lost", "lost"]
    press(clean_page, "4")
    wait_saved(clean_page)
    assert len(room.stored) == 1
    assert room.cells[("read-A", "GL-PIP2")]["revision"] == 1
    press(clean_page, "ArrowLeft", "5")
    wait_saved(clean_page)
    assert room.value("GL-PIP2") == (5, "")


def test_quick_changes_of_one_cell_all_arrive_in_order(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["503"]
    for digit in "12345":
        press(clean_page, digit, "ArrowLeft")
    assert shown(clean_page, "GL-PIP2") == "5"
    wait_saved(clean_page)
    assert [operation["value"] for operation in room.stored.values()] == [1, 2, 3, 4, 5]
    assert [operation["base_revision"] for operation in room.stored.values()] == [0, 1, 2, 3, 4]
    assert shown(clean_page, "GL-PIP2") == "5"


def test_the_status_line_is_never_ahead_of_the_server(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert status(clean_page) == "0 of 64 saved"
    room.faults += ["503"]
    press(clean_page, "1")
    wait_waiting(clean_page, 1)
    assert "0 of 64 saved" in status(clean_page)
    assert clean_page.evaluate("document.querySelector('td.unsaved') !== null")
    wait_saved(clean_page)
    wait_until(clean_page, "document.querySelector('.status').textContent.includes('1 of 64 saved')")
    assert not clean_page.evaluate("document.querySelector('td.unsaved') !== null")


def test_the_time_of_the_last_save_is_in_the_readers_zone_with_the_zone_named(
    clean_page: Page, room: ReadingRoom
) -> None:
    session = clean_page.context.new_cdp_session(clean_page)
    session.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    open_read(clean_page, room)
    press(clean_page, "1")
    wait_saved(clean_page)
    assert status(clean_page) == "Saved 21:01:03 GMT+9 · 1 of 64 saved"
    session.send("Emulation.setTimezoneOverride", {"timezoneId": ""})
    session.detach()


def test_the_time_of_the_next_case_is_in_the_readers_zone_with_the_zone_named(
    clean_page: Page, room: ReadingRoom
) -> None:
    room.wait = Wait("the charter requires 30 minutes between cases", datetime(2026, 12, 1, 20, 21, tzinfo=UTC))
    session = clean_page.context.new_cdp_session(clean_page)
    session.send("Emulation.setTimezoneOverride", {"timezoneId": "Asia/Tokyo"})
    clean_page.goto(f"{room.site.address}{room.base}signed")
    wait_until(clean_page, "document.querySelector('time').textContent === '2026-12-02 05:21 GMT+9'")
    session.send("Emulation.setTimezoneOverride", {"timezoneId": ""})
    session.detach()


def test_a_crashed_tab_loses_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "1", "2", "n", "3", "f")
    wait_waiting(clean_page, 4)
    context = clean_page.context
    wait_on_disk(clean_page, 4)
    clean_page.close(run_before_unload=False)
    context.set_offline(False)
    again = context.new_page()
    open_read(again, room)
    assert [shown(again, "GL-PIP2", 0), shown(again, "GL-PIP2", 1), shown(again, "GL-PIP3", 0)] == ["1", "2", "–3"]
    wait_saved(again)
    assert room.value("GL-PIP3") == (None, "OVERLAP")
    assert len(room.notes) == 1


def test_what_waits_on_disk_names_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "1", "n", "2", "c")
    clean_page.keyboard.type("a remark")
    press(clean_page, "Enter")
    wait_waiting(clean_page, 3)
    wait_on_disk(clean_page, 3)
    for row in on_disk(clean_page):
        assert set(row) == {"read", "op_id", "iv", "box", "text"}
        assert not any(word in row["text"] for word in ("PIP", "remark", "SURGERY", "read-A", "value"))


def test_an_ended_session_is_signed_in_over_the_page(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.signed_in = False
    press(clean_page, "3")
    wait_until(clean_page, "document.querySelector('.sign-in').open")
    clean_page.fill(".sign-in [name=email]", "reader.one@demo.example")
    clean_page.fill(".sign-in [name=password]", "wrong")
    clean_page.click(".sign-in button[type=submit]")
    wait_until(clean_page, "document.querySelector('.sign-in .refusal').textContent === 'Sign-in failed.'")
    clean_page.fill(".sign-in [name=password]", "right")
    clean_page.click(".sign-in button[type=submit]")
    wait_saved(clean_page)
    press(clean_page, "4")
    wait_saved(clean_page)
    assert [room.value("GL-PIP2", place) for place in (0, 1)] == [(3, ""), (4, "")]


def test_somebody_elses_sign_in_leaves_the_queue_sealed(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.signed_in, room.other_user = False, True
    press(clean_page, "3")
    wait_until(clean_page, "document.querySelector('.sign-in').open")
    clean_page.fill(".sign-in [name=email]", "reader.two@demo.example")
    clean_page.fill(".sign-in [name=password]", "right")
    clean_page.click(".sign-in button[type=submit]")
    wait_until(clean_page, "document.querySelector('.sign-in .refusal').textContent.startsWith('Another account')")
    assert room.stored == {}
    wait_on_disk(clean_page, 1)


def test_a_network_lost_while_signing_in_is_not_taken_for_somebody_else(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.signed_in = False
    press(clean_page, "3")
    wait_until(clean_page, "document.querySelector('.sign-in').open")
    screen = room.site.routes[room.base]
    room.site.routes[room.base] = lambda request: HandlerAnswer(status=NO_ANSWER)
    clean_page.fill(".sign-in [name=email]", "reader.one@demo.example")
    clean_page.fill(".sign-in [name=password]", "right")
    clean_page.click(".sign-in button[type=submit]")
    wait_until(clean_page, "document.querySelector('.sign-in .refusal').textContent.startsWith('The server cannot be')")
    room.site.routes[room.base] = screen
    clean_page.click(".sign-in button[type=submit]")
    wait_saved(clean_page)
    assert room.value("GL-PIP2") == (3, "")


def test_an_edit_the_server_will_not_have_keeps_no_other_back(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "1", "2", "3")
    wait_waiting(clean_page, 3)
    room.faults += ["400", "400"]
    clean_page.context.set_offline(False)
    wait_waiting(clean_page, 1)
    wait_until(clean_page, "document.querySelector('.status').textContent.includes('not accepted: fault 400')")
    assert [room.value("GL-PIP2", 0), room.value("GL-PIP2", 1), room.value("GL-PIP3", 0)] == [None, (2, ""), (3, "")]
    wait_on_disk(clean_page, 1)


def test_a_locked_read_stops_the_entry_and_keeps_what_waits(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    room.faults += ["409"]
    press(clean_page, "1")
    wait_until(clean_page, "document.querySelector('.status').dataset.state === 'stuck'")
    assert status(clean_page).startswith("Fault 409 · 1 waiting")
    press(clean_page, "2")
    assert said(clean_page) == "fault 409"
    wait_on_disk(clean_page, 1)


def test_a_read_with_unsaved_values_is_not_left_unawares(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.context.set_offline(True)
    press(clean_page, "1")
    wait_waiting(clean_page, 1)
    clean_page.click(".back")
    wait_until(clean_page, "document.querySelector('.pad .refusal').textContent.startsWith('1 not saved yet')")
    clean_page.context.set_offline(False)
    wait_saved(clean_page)
    clean_page.click(".back")
    clean_page.wait_for_url("**/read/")
    assert room.value("GL-PIP2") == (1, "")


def test_the_position_is_found_again_at_the_first_empty_cell(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "1", "2", "3")
    wait_saved(clean_page)
    clean_page.reload()
    wait_ready(clean_page)
    current = clean_page.evaluate("document.querySelector('td.current').dataset.item")
    assert current == "GL-PIP3"
