"""The reading screen in windows of every size: what is worked with is seen without being cut."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.capture.acting import open_read, press
from tests.capture.reading_room import ReadingRoom
from tests.viewer.screens import put_on_screen, wait_drawn_for
from tests.viewer.site import StaticSite

pytestmark = [pytest.mark.browser, pytest.mark.own_window]
PRESETS = [
    {"label": "Film", "center": 0, "width": 1},
    {"label": "Bone", "center": 0.15, "width": 0.6},
    {"label": "Soft tissue", "center": -0.1, "width": 0.8},
]
# Width, height and pixel ratio. Of browsers' zoom: 150 % of 1920 x 1080; 142, 150 and 200 % of 1366 x 768.
SIZES = [
    (1366, 768, 1),
    (1920, 1080, 1),
    (2560, 1440, 1),
    (1366, 640, 1),
    (1280, 720, 1.5),
    (960, 540, 2),
    (911, 512, 1.5),
    (683, 384, 2),
]
SMALLEST = SIZES[-1]  # here the reasons fill the panel, so its other buttons are reached by scrolling

# Of the elements shown that a selector finds, those not seen whole: text that is cut, or an edge beyond the window or
# beyond a box that scrolls.
CUT = """selector => [...document.querySelectorAll(selector)].filter((each) => {
  if (!each.checkVisibility()) return false;
  if (each.scrollWidth > each.clientWidth + 1) return true;
  const box = each.getBoundingClientRect();
  const frames = [new DOMRect(0, 0, innerWidth, innerHeight)];
  for (let parent = each.parentElement; parent; parent = parent.parentElement) {
    if (getComputedStyle(parent).overflowY !== 'visible') frames.push(parent.getBoundingClientRect());
  }
  return !frames.every((frame) => box.left >= frame.left - 1 && box.top >= frame.top - 1
    && box.right <= frame.right + 1 && box.bottom <= frame.bottom + 1);
}).map((each) => each.innerText || each.outerHTML)"""
# The same after each has been scrolled to: what is not reached at all.
OUT_OF_REACH = CUT.replace("const box", "each.scrollIntoView({ block: 'nearest' });\n  const box")
ROWS_SEEN = """() => {
  const table = document.querySelector('table.grid:not([hidden])');
  const frame = document.querySelector('.grids').getBoundingClientRect();
  const top = table.tHead.getBoundingClientRect().bottom;
  return [...table.tBodies[0].rows].map((row) => row.getBoundingClientRect())
    .filter((row) => row.top >= top - 1 && row.bottom <= frame.bottom + 1).length;
}"""
HEIGHT_OF = "selector => document.querySelector(selector).getBoundingClientRect().height"


def opened(page: Page, site: StaticSite, size: tuple[int, int, float], panes: int = 4) -> None:
    """A case of the instrument with the most rows and the most grades, in a window of this size."""
    width, height, ratio = size
    page.set_viewport_size({"width": width, "height": height})
    open_read(page, ReadingRoom(site, panes=panes, terms={"presets": PRESETS}))
    put_on_screen(page, width, height, ratio)
    wait_drawn_for(page, ratio)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}@{size[2]}")
def test_sides_rows_and_buttons_are_seen_whole(
    clean_page: Page, site: StaticSite, size: tuple[int, int, float]
) -> None:
    opened(clean_page, site, size)
    for selector in (".tabs button", ".bar :is(button, .button)", ".tools button", ".pad button", ".grid thead th"):
        assert clean_page.evaluate(CUT, selector) == []
    assert clean_page.evaluate(ROWS_SEEN) >= 12
    press(clean_page, "]", "]")
    assert clean_page.evaluate(CUT, ".pad button") == []
    press(clean_page, "n")
    assert clean_page.evaluate(CUT, ".reasons button" if size == SMALLEST else ".pad button") == []
    assert clean_page.evaluate(OUT_OF_REACH, ".pad button") == []


@pytest.mark.parametrize("size", [SIZES[0], SIZES[3], SIZES[5]], ids=["wide", "low", "zoomed"])
def test_eight_timepoints_are_seen_side_by_side_with_their_joints(
    clean_page: Page, site: StaticSite, size: tuple[int, int, float]
) -> None:
    opened(clean_page, site, size, panes=8)
    assert clean_page.evaluate(CUT, ".grid tbody tr:first-child td, .grid thead th") == []
    assert clean_page.evaluate("document.querySelector('.grid tbody th').getBoundingClientRect().width") > 50


def test_on_a_large_screen_rows_digits_and_buttons_are_larger(clean_page: Page, site: StaticSite) -> None:
    opened(clean_page, site, (1920, 1080, 1))
    usual = {each: clean_page.evaluate(HEIGHT_OF, each) for each in (".grid td", ".grades button", ".tools button")}
    digits = "parseFloat(getComputedStyle(document.querySelector('.grid td')).fontSize)"
    usual_digits = clean_page.evaluate(digits)
    put_on_screen(clean_page, 2560, 1440, 1)
    for each, height in usual.items():
        assert clean_page.evaluate(HEIGHT_OF, each) / height == pytest.approx(4 / 3, abs=0.05)
    assert clean_page.evaluate(digits) / usual_digits == pytest.approx(4 / 3, abs=0.01)


def test_what_is_on_shows_in_a_persons_own_colours(clean_page: Page, site: StaticSite) -> None:
    opened(clean_page, site, (1366, 768, 1))
    clean_page.emulate_media(forced_colors="active")
    colour = "name => getComputedStyle(document.querySelector(`[data-command=${name}]`)).backgroundColor"
    assert clean_page.evaluate(colour, "pointer") == clean_page.evaluate(colour, "link")
    assert clean_page.evaluate(colour, "pointer") != clean_page.evaluate(colour, "magnifier")
    clean_page.emulate_media(forced_colors="none")
