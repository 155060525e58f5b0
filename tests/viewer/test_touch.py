"""Fingers on the films of the reading screen."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import CDPSession, Page

from tests.capture.acting import open_read, press
from tests.capture.reading_room import ReadingRoom
from tests.viewer.large_films import SIZE
from tests.viewer.screens import joint_mark, put_on_screen, wait_drawn_for

pytestmark = [pytest.mark.browser, pytest.mark.own_window]
Places = list[tuple[float, float]]


@pytest.fixture
def page_size() -> tuple[int, int]:
    return SIZE


class Hand:
    """Fingers at places measured from the middle of a pane's well, in CSS pixels."""

    def __init__(self, page: Page, place: int = 0) -> None:
        self.with_tools: CDPSession = page.context.new_cdp_session(page)
        box = page.locator(".well").nth(place).bounding_box()
        assert box
        self.middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def put(self, places: Places, kind: str = "touchStart", first: int = 0) -> None:
        x, y = self.middle
        points = [{"x": x + dx, "y": y + dy, "id": number} for number, (dx, dy) in enumerate(places, first)]
        self.with_tools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, begin: Places, end: Places, steps: int = 4) -> None:
        self.put(begin)
        for step in range(1, steps + 1):
            way = step / steps
            between = [(a + (c - a) * way, b + (d - b) * way) for (a, b), (c, d) in zip(begin, end, strict=True)]
            self.put(between, "touchMove")
        self.put([], "touchEnd")


def spot(page: Page, place: int = 0) -> np.ndarray:
    """The joint in question, from the middle of the well, in CSS pixels."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = page.locator(".well").nth(place).bounding_box()
    assert box
    middle: np.ndarray = joint_mark(page, place).reshape(-1, 4)[:, [0, 1]].mean(axis=0)
    return middle - [box["width"] / 2, box["height"] / 2]


@pytest.mark.parametrize("ratio", [1, 2])
def test_two_fingers_zoom_and_move_and_stay_on_their_places_of_the_film(
    clean_page: Page, room: ReadingRoom, ratio: int
) -> None:
    open_read(clean_page, room)
    put_on_screen(clean_page, *SIZE, ratio)
    wait_drawn_for(clean_page, ratio)
    before = spot(clean_page)
    Hand(clean_page).drag([(-40, 0), (40, 0)], [(-60, 30), (100, 30)])
    assert np.abs(spot(clean_page) - (2 * before + [20, 30])).max() < 2
    assert np.abs(spot(clean_page, 1) - spot(clean_page)).max() < 2
    assert clean_page.evaluate("visualViewport.scale") == 1


def test_two_fingers_on_neighbouring_films_zoom_once(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    before = spot(clean_page)
    Hand(clean_page).drag([(0, 0), (500, 0)], [(0, 0), (250, 0)])
    assert np.abs(spot(clean_page) - before / 2).max() < 2


def test_one_finger_moves_the_film_and_the_one_left_of_two_moves_on_without_a_jump(
    clean_page: Page, room: ReadingRoom
) -> None:
    open_read(clean_page, room)
    before = spot(clean_page)
    hand = Hand(clean_page)
    hand.drag([(0, 0)], [(30, -20)])
    assert np.abs(spot(clean_page) - (before + [30, -20])).max() < 2
    hand.put([(0, 0), (80, 0)])
    hand.put([(80, 0)], "touchEnd", first=1)
    hand.put([(-30, 20)], "touchMove")
    hand.put([], "touchEnd")
    assert np.abs(spot(clean_page) - before).max() < 2


def test_a_free_film_alone_follows_the_fingers(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "k")
    before = spot(clean_page)
    Hand(clean_page, 1).drag([(-40, 0), (40, 0)], [(-80, 0), (80, 0)])
    assert np.abs(spot(clean_page) - before).max() < 0.01
    assert np.abs(spot(clean_page, 1) - 2 * before).max() < 2
