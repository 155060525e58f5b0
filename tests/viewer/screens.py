"""Screens of other sizes and resolutions, put under a page that is open."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.viewer.films import wait_until

SURFACE = "document.querySelector('.surface')"
STAGE = "document.querySelector('.stage').getBoundingClientRect()"


def put_on_screen(page: Page, width: int, height: int, ratio: float) -> None:
    """The window is on a screen of this resolution; width and height in CSS pixels, as after a browser's zoom."""
    with_tools = page.context.new_cdp_session(page)
    metrics = {"width": width, "height": height, "deviceScaleFactor": ratio, "mobile": False}
    with_tools.send("Emulation.setDeviceMetricsOverride", metrics)
    # When a resolution is emulated, Chromium asks its media queries again only at a change of another kind.
    page.emulate_media(reduced_motion="reduce")
    page.emulate_media(reduced_motion="no-preference")
    wait_until(page, f"devicePixelRatio === {ratio} && innerWidth === {width}")


def wait_drawn_for(page: Page, ratio: float) -> None:
    """Until the films' canvas has a pixel for each pixel of the screen."""
    for side in ("width", "height"):
        wait_until(page, f"{SURFACE}.{side} === Math.round({STAGE}.{side} * {ratio})", seconds=3)


def drawn_in(page: Page, place: int = 0) -> np.ndarray:
    """The greys of the canvas in the well of a pane, pixel by pixel of the screen."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    taken: list[str | list[float]] = page.evaluate(
        f"""place => {{
          const [box, stage] = [document.querySelectorAll('.well')[place].getBoundingClientRect(), {STAGE}];
          const edges = [box.left - stage.left, box.top - stage.top, box.right - stage.left, box.bottom - stage.top];
          return [{SURFACE}.toDataURL(), edges.map((edge) => Math.round(edge * devicePixelRatio))];
        }}""",
        place,
    )
    image = Image.open(io.BytesIO(base64.b64decode(str(taken[0]).split(",")[1]))).convert("L")
    left, top, right, bottom = (int(edge) for edge in taken[1])
    return np.asarray(image)[top:bottom, left:right]


def joint_mark(page: Page, place: int = 0) -> np.ndarray:
    """The numbers of the joint pointer's path: four corners, in CSS pixels of the well."""
    path = page.locator(".joint:not(.under)").nth(place).get_attribute("d")
    assert path
    return np.array([float(number) for number in re.findall(r"-?[\d.]+", path)])
