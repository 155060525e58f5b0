"""The films on the reading screen: what is drawn, what is said about it, and what a reader can do to them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from imaging.levels import render8
from tests.capture.acting import open_read, press, wait_ready
from tests.capture.reading_room import ReadingRoom
from tests.viewer.films import WITH_A_GRAPHICS_CARD, wait_until
from tests.viewer.large_films import BY_EITHER, JOINT, ROWS, SECOND_JOINT, SIZE, assert_exact, form, large_film, seen
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
WITH_SMALL_TEXTURES = """
{
  const get = WebGL2RenderingContext.prototype.getParameter;
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return name === this.MAX_TEXTURE_SIZE ? 512 : get.call(this, name);
  };
}
"""


@pytest.fixture
def page_size() -> tuple[int, int]:
    return SIZE


@BY_EITHER
def test_one_to_one_on_the_screen_is_the_film_exactly(either: Page, room: ReadingRoom) -> None:
    open_read(either, room)
    press(either, "o", "p")
    assert_exact(either, render8(form(0).levels, 2000, 2400))
    assert_exact(either, render8(form(4).levels, 2000, 2400), place=1)
    press(either, "i")
    assert_exact(either, render8(form(0).levels, 2000, 2400, invert=True))
    press(either, "i", "v")
    assert_exact(either, render8(form(0).levels, 2000, 2400)[::-1], at=(JOINT[0], ROWS - JOINT[1]))


def test_one_to_one_shows_the_joint_in_question(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "o", "1", "1", "p")
    assert_exact(clean_page, render8(form(0).levels, 2000, 2400), at=SECOND_JOINT)
    press(clean_page, "=", "Control+ArrowLeft", "p")
    assert_exact(clean_page, render8(form(0).levels, 2000, 2400), at=SECOND_JOINT)
    assert_exact(clean_page, render8(form(4).levels, 2000, 2400), place=1, at=SECOND_JOINT)


def test_one_to_one_stays_where_it_is_when_the_joint_has_no_known_place(clean_page: Page, site: StaticSite) -> None:
    def film(site: StaticSite, token: str, side: str, view: str, seed: int) -> dict[str, Any]:
        return {**large_film(site, token, side, view, seed), "joints": {}}

    open_read(clean_page, ReadingRoom(site, panes=2, instrument="larsen-1995", film=film))
    press(clean_page, "p")
    assert_exact(clean_page, render8(form(0).levels, 2000, 2400), at=(350, 450))


def test_without_a_graphics_card_films_are_drawn_on_the_canvas(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert clean_page.get_attribute(".stage", "data-renderer") == "canvas"


@pytest.mark.own_window
@pytest.mark.parametrize("window_script", [WITH_A_GRAPHICS_CARD], ids=[""])
def test_a_lost_graphics_context_costs_nothing(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "o", "p")
    before = seen(clean_page)
    clean_page.evaluate(
        "document.querySelector('.surface').getContext('webgl2').getExtension('WEBGL_lose_context').loseContext()"
    )
    wait_until(clean_page, "document.querySelector('.stage').dataset.renderer === 'canvas'")
    wait_ready(clean_page)
    assert (seen(clean_page) == before).all()
    assert sum(asked.startswith("GET /film/read-A-L-hand/full/") for asked in room.site.asked) == 4


@pytest.mark.own_window
@pytest.mark.parametrize("window_script", [WITH_A_GRAPHICS_CARD + WITH_SMALL_TEXTURES], ids=[""])
def test_a_film_larger_than_the_largest_texture_is_drawn_on_the_canvas(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert clean_page.get_attribute(".stage", "data-renderer") == "canvas"
    press(clean_page, "o", "p")
    assert_exact(clean_page, render8(form(0).levels, 2000, 2400))


def test_linked_films_do_the_same_and_free_ones_do_not(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    press(clean_page, "i")
    assert clean_page.evaluate("[...document.querySelectorAll('.badge')].map(b => b.textContent)") == ["inverted"] * 2
    clean_page.hover(".well >> nth=1")
    press(clean_page, "k", "h")
    badges = clean_page.evaluate("[...document.querySelectorAll('.badge')].map(b => b.textContent)")
    assert badges == ["inverted", "mirrored, inverted"]
    assert clean_page.get_attribute("[data-command=link]", "aria-pressed") == "false"


def test_the_badge_stays_until_the_film_lies_as_delivered(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    before = seen(clean_page)
    for key, text in (("h", "mirrored"), ("r", "mirrored, turned 90°"), ("l", "mirrored"), ("v", "turned 180°")):
        press(clean_page, key)
        assert clean_page.inner_text(".badge >> nth=0") == text
    press(clean_page, "Space")
    assert not clean_page.is_visible(".badge >> nth=0")
    assert (seen(clean_page) == before).all()


@pytest.mark.parametrize(
    ("there", "back"),
    [
        (["+"], ["-"]),
        (["Control+ArrowLeft", "Control+ArrowDown"], ["Control+ArrowRight", "Control+ArrowUp"]),
        (["Shift+ArrowUp"], ["Shift+ArrowDown"]),
        (["Shift+ArrowLeft"], ["Space"]),
        (["z"], ["z"]),
        (["p"], ["="]),
    ],
)
def test_what_keys_do_can_be_undone(clean_page: Page, room: ReadingRoom, there: list[str], back: list[str]) -> None:
    open_read(clean_page, room)
    before = seen(clean_page)
    press(clean_page, *there)
    assert (seen(clean_page) != before).any()
    press(clean_page, *back)
    assert (seen(clean_page) == before).mean() > 0.99


def drag(page: Page, button: Any, by: tuple[int, int]) -> None:
    """Drags from the middle of the first well."""
    box = page.query_selector(".well").bounding_box()  # type: ignore[union-attr]
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2  # type: ignore[index]
    page.mouse.move(x, y)
    page.mouse.down(button=button)
    page.mouse.move(x + by[0] / 2, y + by[1] / 2)
    page.mouse.move(x + by[0], y + by[1])
    page.mouse.up(button=button)


def test_the_mouse_windows_pans_zooms_and_resets(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    before = seen(clean_page)
    drag(clean_page, "left", (0, -60))
    assert seen(clean_page).mean() > before.mean() + 5
    clean_page.dblclick(".well >> nth=0")
    assert (seen(clean_page) == before).all()
    drag(clean_page, "middle", (40, 20))
    assert (seen(clean_page)[60:-60, 80:-80] == before[40:-80, 40:-120]).mean() > 0.98
    clean_page.dblclick(".well >> nth=0")
    drag(clean_page, "right", (0, -80))
    assert (seen(clean_page) != before).any()
    clean_page.mouse.wheel(0, 160)
    clean_page.dblclick(".well >> nth=0")
    assert (seen(clean_page) == before).all()


def test_the_magnifier_is_there_while_its_key_is_held(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    clean_page.hover(".well >> nth=0")
    before = seen(clean_page)
    clean_page.keyboard.down("m")
    assert clean_page.is_visible(".lens")
    during = seen(clean_page)
    assert 20_000 < np.count_nonzero(during != before) < 70_000
    clean_page.keyboard.up("m")
    assert not clean_page.is_visible(".lens")
    assert (seen(clean_page) == before).all()


def test_with_the_same_joint_in_every_pane_the_next_joint_moves_all_films(clean_page: Page, site: StaticSite) -> None:
    room = ReadingRoom(site, panes=2, instrument="larsen-1995", film=large_film, terms={"display_mode": "joints"})
    open_read(clean_page, room)
    assert clean_page.is_visible(".strip >> nth=0")
    press(clean_page, "o", "z")
    first = [seen(clean_page, place) for place in (0, 1)]
    press(clean_page, "1", "1")
    second = [seen(clean_page, place) for place in (0, 1)]
    assert all((a != b).any() for a, b in zip(first, second, strict=True))
    box = clean_page.evaluate("[...document.querySelector('.strip rect').attributes].map(a => Number(a.value))")
    assert abs(box[0] + box[2] / 2 - 350) < 1
    assert abs(box[1] + box[3] / 2 - 450) < 1
    clean_page.click(".strip >> nth=0")
    assert (seen(clean_page) != second[0]).any()


def test_close_to_a_joint_every_film_shows_as_many_millimetres_wherever_its_joints_were_placed(
    clean_page: Page, site: StaticSite
) -> None:
    spacings = [0.1, 0.14]

    def film(site: StaticSite, token: str, side: str, view: str, seed: int) -> dict[str, Any]:
        later = int(seed >= 4)
        places = {"PIP2": [*JOINT], "PIP3": [300.0 + 40 * later, 400.0 + 30 * later]}
        return {**large_film(site, token, side, view, seed), "spacing_mm": spacings[later], "joints": places}

    open_read(
        clean_page, ReadingRoom(site, panes=2, instrument="larsen-1995", film=film, terms={"display_mode": "joints"})
    )
    shown = []
    for keys in (["z"], ["1", "1"]):
        press(clean_page, *keys)
        boxes = clean_page.evaluate(
            "new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn))).then(() =>"
            " [...document.querySelectorAll('.strip rect')].map(r => [r.width, r.height].map(a => a.baseVal.value)))"
        )
        shown += [np.array(box) * spacing for box, spacing in zip(boxes, spacings, strict=True)]
    assert np.allclose(shown, shown[0], rtol=0.01)


def test_the_pointer_marks_the_joint_and_can_be_hidden(clean_page: Page, room: ReadingRoom) -> None:
    open_read(clean_page, room)
    assert clean_page.get_attribute(".joint:not(.under) >> nth=0", "d") != ""
    press(clean_page, "o")
    assert clean_page.get_attribute(".joint:not(.under) >> nth=0", "d") == ""
