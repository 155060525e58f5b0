"""Thousands of edits through faults of every kind: each is on the server once, in order, with the right last value."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.capture.acting import SAVED, kill_renderer, on_disk, open_read, wait_ready, wait_written
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import wait_until
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
ENTER = """async steps => {
  const taken = [];
  for (const [item, place, digit, breath] of steps) {
    const cell = document.querySelectorAll(`td[data-item="${item}"]`)[place];
    cell.click();
    const key = {code: 'Digit' + digit, key: String(digit), bubbles: true};
    document.body.dispatchEvent(new KeyboardEvent('keydown', key));
    if (breath) await new Promise(requestAnimationFrame); // in which a digit that waits may be entered
    taken.push(cell.textContent === String(digit));
  }
  const escape = new KeyboardEvent('keydown', {code: 'Escape', key: 'Escape', bubbles: true});
  if (document.querySelector('.pad .note').textContent.includes('is waiting')) document.body.dispatchEvent(escape);
  return taken;
}"""
CellPlace = tuple[str, int]


@dataclass
class Reader:
    """Enters values at random and remembers them, per cell and in order: each digit, and whether the grid took it.

    The server must have every digit that was taken. One that waited for its film may have been entered after all.
    """

    context: BrowserContext
    room: ReadingRoom
    random: random.Random
    page: Page
    batch: int
    pressed: dict[CellPlace, list[tuple[int, bool]]] = field(default_factory=lambda: defaultdict(list))
    entered: int = 0

    def enter(self, number: int) -> None:
        """A batch of edits, some quicker than a frame; what the grid shows has been entered, what waits is let go.

        No cell follows itself: a digit that waits there for its film could be entered while the next is tried.
        """
        items = [item.key for item in self.room.form.items_of(side="L", region="hand")]
        cells = [(item, place) for item in items for place in range(self.room.panes)]
        steps, cell = [], None
        for _ in range(number):
            cell = self.random.choice([other for other in cells if other != cell])
            steps.append((*cell, self.random.randrange(6), self.random.random() < 0.3))
        for (item, place, digit, _), taken in zip(steps, self.page.evaluate(ENTER, steps), strict=True):
            self.pressed[item, place].append((digit, taken))
            self.entered += taken

    def lose_answers(self) -> None:
        self.room.faults += self.random.choices(["lost", "killed", "cut", "503"], k=2)

    def go_offline(self) -> None:
        self.context.set_offline(True)
        self.enter(self.batch)
        self.context.set_offline(False)

    def reload(self) -> None:
        wait_written(self.page)
        self.page.reload()
        wait_ready(self.page)

    def crash(self) -> None:
        wait_written(self.page)
        kill_renderer(self.page)
        self.page = self.context.new_page()
        open_read(self.page, self.room)

    def change_tabs(self) -> None:
        old, self.page = self.page, self.context.new_page()
        open_read(self.page, self.room)
        self.page.click(".tab-lock button")
        wait_until(self.page, "document.querySelector('.tab-lock').hidden")
        wait_ready(self.page)
        wait_until(old, "!document.querySelector('.tab-lock').hidden")
        old.close()

    def end_session(self) -> None:
        self.room.signed_in = False
        self.enter(2)
        for _ in range(200):
            if self.page.evaluate("document.querySelector('.sign-in').open"):
                break
            if self.page.evaluate("document.querySelector('.status').dataset.waiting === '0'"):
                self.enter(1)
            self.page.wait_for_timeout(50)
        self.page.fill(".sign-in [name=email]", "reader.one@demo.example")
        self.page.fill(".sign-in [name=password]", "right")
        self.page.click(".sign-in button[type=submit]")
        wait_until(self.page, "!document.querySelector('.sign-in').open")


def stored(room: ReadingRoom) -> dict[CellPlace, list[int]]:
    """What the server has per cell, in the order in which it took it."""
    values: dict[CellPlace, list[int]] = defaultdict(list)
    for operation in room.stored.values():
        values[operation["item"], "AB".index(operation["timepoint"][-1])].append(operation["value"])
    return values


def fits(values: list[int], pressed: list[tuple[int, bool]]) -> bool:
    """Whether the values are those pressed, in order, without any that was taken missing; the same again is none."""
    places = {0}  # how many of the values may have been accounted for so far
    for digit, taken in pressed:
        entered = {place + 1 for place in places if values[place : place + 1] == [digit]}
        places = entered | {place for place in places if not taken or values[place - 1 : place] == [digit]}
    return len(values) in places


def wait_saved(page: Page, room: ReadingRoom, seconds: float) -> None:
    """Until nothing waits; otherwise says what the page shows, what still waits and which faults are left."""
    try:
        wait_until(page, SAVED, seconds)
    except AssertionError as error:
        shown = page.evaluate(
            "(({dataset, textContent}) => ({...dataset, textContent}))(document.querySelector('.status'))"
        )
        raise AssertionError(f"{error}; {shown}; on disk {on_disk(page)}; faults left {room.faults}") from error


def run(page: Page, site: StaticSite, edits: int) -> Reader:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995")
    open_read(page, room)
    reader = Reader(page.context, room, random.Random(edits), page, batch=max(20, edits // 150))
    faults: list[Callable[[], None]] = [
        reader.lose_answers,
        reader.lose_answers,
        reader.go_offline,
        reader.reload,
        reader.crash,
        reader.change_tabs,
        reader.end_session,
        lambda: None,
    ]
    while reader.entered < edits:
        for fault in reader.random.sample(faults, len(faults)):
            fault()
            reader.enter(reader.batch)
    # After each fault that is left the page pauses for up to 15 s before it sends again.
    wait_saved(reader.page, room, seconds=20 + 15 * (len(room.faults) + 1))
    values = stored(room)
    assert [cell for cell in {*values, *reader.pressed} if not fits(values[cell], reader.pressed[cell])] == []
    assert sum(map(len, values.values())) == len(room.stored)
    assert on_disk(reader.page) == []
    print(f"{reader.entered} edits entered, {len(room.stored)} stored, each once")
    return reader


def test_edits_through_every_fault_are_all_there(page: Page, site: StaticSite) -> None:
    run(page, site, 130)


@pytest.mark.full
def test_ten_thousand_edits_through_faults_are_all_there(page: Page, site: StaticSite) -> None:
    run(page, site, 10_000)
