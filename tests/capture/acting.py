"""What a reader does and sees, in words for the tests."""

from __future__ import annotations

import os
import signal
from typing import Any

from playwright.sync_api import Page

from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.waiting import wait_for

ROW_FILL = "Control+Shift+F"
SAVED = "document.querySelector('.status').dataset.waiting === '0'"
ALL_FULL = "[...document.querySelectorAll('.pane')].every(p => ['full', 'absent'].includes(p.dataset.level))"


def open_read(page: Page, room: ReadingRoom, where: str = "") -> None:
    """Opens the reading screen and waits until values can be entered."""
    page.goto(room.site.address + room.base + where)
    wait_ready(page)


def sign_in(page: Page, email: str, password: str) -> None:
    """As a person does, at the product's own entrance."""
    page.goto("/sign-in/")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def wait_ready(page: Page) -> None:
    """Until the films of the side are full and seen whole and the desk is open."""
    wait_until(page, f"{ALL_FULL} && document.querySelector('.status').dataset.state !== undefined")
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def press(page: Page, *keys: str) -> None:
    """Presses keys one after the other."""
    for key in keys:
        page.keyboard.press(key)


def fill_row(page: Page) -> None:
    """0 in the empty cells of a row, agreeing when the reader is asked."""
    press(page, ROW_FILL)
    if page.is_visible(".row-fill"):
        press(page, "Tab", "Enter")


def shown(page: Page, item: str, place: int = 0) -> str:
    """What the grid shows in a cell."""
    text: str = page.evaluate(
        "([item, place]) => document.querySelectorAll(`td[data-item='${item}']`)[place].textContent", [item, place]
    )
    return text


def asked(page: Page) -> tuple[str, int]:
    """The item and the place of the cell in question."""
    found: list[Any] = page.evaluate(
        "() => { const c = document.querySelector('td.current');"
        " return [c.dataset.item, [...c.parentElement.querySelectorAll('td')].indexOf(c)]; }"
    )
    return found[0], found[1]


def said(page: Page) -> str:
    """What the pad says about the last thing tried."""
    return page.inner_text(".pad .refusal")


def noted(page: Page) -> str:
    """What the pad says that is no refusal."""
    return page.inner_text(".pad .note")


def status(page: Page) -> str:
    """The status line."""
    return page.inner_text(".status")


def wait_saved(page: Page) -> None:
    """Until the server has everything that was entered."""
    wait_until(page, SAVED)


def wait_written(page: Page) -> None:
    """Until all that waits is on disk, which is what a reload or a crash cannot take; before that the page asks."""
    wait_until(page, "document.querySelector('.status').dataset.unwritten === '0'")


def wait_waiting(page: Page, number: int) -> None:
    """Until so many edits wait."""
    wait_until(page, f"document.querySelector('.status').dataset.waiting === '{number}'")


def kill_renderer(page: Page) -> None:
    """The processes that draw pages are killed, as when memory runs out; what is left of the tab is closed.

    A page opened before the browser knows that a process is dead may be given to it, and then never answers.
    """
    browser = page.context.browser
    assert browser is not None
    tools = browser.new_browser_cdp_session()

    def renderers() -> set[int]:
        processes = tools.send("SystemInfo.getProcessInfo")["processInfo"]
        return {process["id"] for process in processes if process["type"] == "renderer"}

    killed = renderers()
    with page.expect_event("crash"):
        for process in killed:
            os.kill(process, signal.SIGKILL)
    wait_for(lambda: killed.isdisjoint(renderers()), "the browser knows which processes are dead")
    tools.detach()
    page.close()


def on_disk(page: Page) -> list[dict[str, Any]]:
    """The rows of the queue on this computer, as they lie there."""
    rows: list[dict[str, Any]] = page.evaluate("""() => new Promise((done, fail) => {
        const open = indexedDB.open('blindread', 1);
        open.onerror = fail;
        open.onsuccess = () => {
            const all = open.result.transaction('operations').objectStore('operations').getAll();
            all.onsuccess = () => {
                open.result.close();
                done(all.result.map(row => ({...row, text: new TextDecoder('latin1').decode(row.box), iv: 0, box: 0})));
            };
        };
    })""")
    return rows


def wait_on_disk(page: Page, number: int) -> None:
    """Until so many edits lie on this computer."""
    for _ in range(200):
        if len(on_disk(page)) == number:
            return
        page.wait_for_timeout(25)
    raise AssertionError(f"{len(on_disk(page))} edits on disk, {number} expected")
