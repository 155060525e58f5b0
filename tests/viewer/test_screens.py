"""A window that is moved to another screen, or zoomed by the browser, while films are open."""

from __future__ import annotations

import numpy as np
import pytest
from playwright.sync_api import Page

from imaging.levels import render8
from tests.capture.acting import open_read, press
from tests.capture.reading_room import ReadingRoom
from tests.viewer.large_films import JOINT, SIZE, assert_same, form
from tests.viewer.screens import drawn_in, joint_mark, put_on_screen, wait_drawn_for

pytestmark = [pytest.mark.browser, pytest.mark.own_window]
WIDTH, HEIGHT = SIZE


@pytest.fixture
def page_size() -> tuple[int, int]:
    return SIZE


@pytest.mark.parametrize("keys", [[], ["+", "+", "Control+ArrowLeft"], ["z"]], ids=["whole", "by hand", "joint"])
def test_on_a_screen_of_another_resolution_films_are_sharp_and_marks_stay(
    clean_page: Page, room: ReadingRoom, keys: list[str]
) -> None:
    open_read(clean_page, room)
    press(clean_page, *keys)
    before = joint_mark(clean_page)
    for ratio in (2, 1.25, 1.5, 1):
        put_on_screen(clean_page, WIDTH, HEIGHT, ratio)
        wait_drawn_for(clean_page, ratio)
        assert np.abs(joint_mark(clean_page) - before).max() < 1.5


def test_films_of_another_side_are_scaled_when_they_are_hung_again(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "+", "+")
    before = joint_mark(clean_page)
    press(clean_page, "]")
    put_on_screen(clean_page, WIDTH, HEIGHT, 2)
    wait_drawn_for(clean_page, 2)
    press(clean_page, "[")
    assert np.abs(joint_mark(clean_page) - before).max() < 1.5


def test_the_browsers_zoom_keeps_one_film_pixel_on_one_screen_pixel(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "p")
    put_on_screen(clean_page, WIDTH // 2, HEIGHT // 2, 2)
    wait_drawn_for(clean_page, 2)
    assert_same(drawn_in(clean_page), render8(form(0).levels, 2000, 2400), JOINT)


def test_the_magnifier_follows_to_a_coarser_screen(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    put_on_screen(clean_page, WIDTH, HEIGHT, 2)
    wait_drawn_for(clean_page, 2)
    clean_page.click("[data-command=magnifier]")
    clean_page.hover(".well >> nth=0")
    before = clean_page.locator(".lens").bounding_box()
    put_on_screen(clean_page, WIDTH, HEIGHT, 1)
    wait_drawn_for(clean_page, 1)
    drawn_in(clean_page)
    assert clean_page.locator(".lens").bounding_box() == pytest.approx(before, abs=1)
