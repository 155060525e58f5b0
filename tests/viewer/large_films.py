"""Two timepoints of films large enough to be looked at, on the reading screen at 1366 x 768."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page

from imaging.levels import NormalForm
from tests.viewer.films import WITH_A_GRAPHICS_CARD, drawn, put_film
from tests.viewer.site import HandlerAnswer, Request, StaticSite

ROWS, COLUMNS = 900, 700
JOINT, SECOND_JOINT = (200, 150), (350, 450)
SIZE = (1366, 768)
WITHOUT_WEBGL = """
const original = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...rest) {
  return kind === "webgl2" ? null : original.call(this, kind, ...rest);
};
"""
BY_EITHER = pytest.mark.parametrize("window_script", [WITH_A_GRAPHICS_CARD, WITHOUT_WEBGL], ids=["webgl2", "canvas"])


def form(seed: int) -> NormalForm:
    return NormalForm(drawn(ROWS, COLUMNS, 4095, seed), 2000.0, 2400)


def large_film(site: StaticSite, token: str, side: str, view: str, seed: int) -> dict[str, Any]:
    places = {"PIP2": [*JOINT], "PIP3": [*SECOND_JOINT], "MTP2": [100.0, 100.0]}
    return put_film(site, token, form(seed), side=side, view=view, joints=places)


def hold(site: StaticSite, path: str, until: threading.Event) -> None:
    """Answers a path only after the event."""
    answer = site.routes[path]

    def late(request: Request) -> HandlerAnswer:
        until.wait(20)
        return answer(request)

    site.routes[path] = late


def seen(page: Page, place: int = 0) -> np.ndarray:
    """The greys on the screen in the well of a pane."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    box = page.evaluate(
        "place => { const b = document.querySelectorAll('.well')[place].getBoundingClientRect();"
        " return {x: b.x, y: b.y, width: b.width, height: b.height}; }",
        place,
    )
    image = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    colours = np.asarray(image)
    assert (colours[..., 0] == colours[..., 1]).all()
    return colours[..., 0]


def part_of(greys: np.ndarray, shape: tuple[int, int], at: tuple[int, int]) -> np.ndarray:
    """The part of a film that a well of this shape shows at one to one around a place (x, y), on whole pixels."""
    top, left = (round(place - length / 2 - 1e-9) for place, length in zip(reversed(at), shape, strict=True))
    around = np.pad(greys, 2000)
    return around[2000 + top : 2000 + top + shape[0], 2000 + left : 2000 + left + shape[1]]


def assert_exact(page: Page, wanted: np.ndarray, place: int = 0, at: tuple[int, int] = JOINT) -> None:
    """What is seen is exactly the film around a place, within a pixel of it."""
    assert_same(seen(page, place), wanted, at)


def assert_same(got: np.ndarray, wanted: np.ndarray, at: tuple[int, int]) -> None:
    """These greys are exactly the film's around a place, within a pixel of it."""
    moves = [(y, x) for y in (0, -1, 1) for x in (0, -1, 1)]
    part = part_of(wanted, (got.shape[0], got.shape[1]), at)
    assert min(np.count_nonzero(np.roll(part, move, (0, 1))[2:-2, 2:-2] != got[2:-2, 2:-2]) for move in moves) == 0
