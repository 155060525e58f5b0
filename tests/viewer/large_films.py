"""Two timepoints of films large enough to be looked at, on the reading screen at 1366 x 768."""

from __future__ import annotations

import io
import threading
from typing import Any

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from studies.levels import NormalForm
from tests.viewer.films import drawn, put_film
from tests.viewer.site import Answer, Request, Site

ROWS, COLUMNS = 900, 700
SIZE = (1366, 768)


def form(seed: int) -> NormalForm:
    return NormalForm(drawn(ROWS, COLUMNS, 4095, seed), 2000.0, 2400)


def large_film(site: Site, token: str, side: str, view: str, seed: int) -> dict[str, Any]:
    places = {"PIP2": [200.0, 150.0], "PIP3": [350.0, 450.0], "MTP2": [100.0, 100.0]}
    return put_film(site, token, form(seed), side=side, view=view, joints=places)


def hold(site: Site, path: str, until: threading.Event) -> None:
    """Answers a path only after the event."""
    answer = site.routes[path]

    def late(request: Request) -> Answer:
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
