"""Films for browser tests: drawn pictures, put on a site in the form in which readers get them."""

from __future__ import annotations

from typing import Any

import numpy as np
from playwright.sync_api import Error, Page

from imaging.bitpacking import band_digest, encode, shown_digest
from imaging.levels import Levels, NormalForm, preview, quarter
from tests.viewer.site import ROOT, StaticSite

BENCH = b"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>bench</title>
<script type="module" src="/bench.js"></script></head><body></body></html>"""


def drawn(rows: int, columns: int, top: int, seed: int = 1) -> Levels:
    """A picture with slopes, edges and noise that uses every part of the range 0 to top."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:rows, 0:columns]
    wave = (np.sin(x / 17) * np.cos(y / 23) + 1) / 2
    picture = top * (0.15 + 0.6 * wave) + random.normal(0, top / 60, (rows, columns))
    picture[rows // 3 : rows // 2, columns // 4 : columns // 3] = top
    picture[:5] = 0
    levels: Levels = np.clip(picture, 0, top).astype(np.uint16)
    return levels


def put_film(site: StaticSite, token: str, form: NormalForm, **more: Any) -> dict[str, Any]:
    """Serves a film's bands and preview and returns its descriptor."""
    bands = {"full": encode(form.levels, 4), "small": encode(quarter(form.levels), 1)}
    digests = {level: [shown_digest(token, band_digest(part)) for part in parts] for level, parts in bands.items()}
    for level, parts in bands.items():
        for k, part in enumerate(parts):
            site.put(f"/film/{token}/{level}/{k}", part)
    site.put(f"/film/{token}/preview.jpg", preview(form), "image/jpeg")
    rows, columns = form.levels.shape
    return {
        "token": token,
        "side": "L",
        "view": "hand",
        "absent": False,
        "preview_url": f"/film/{token}/preview.jpg",
        "bands_url": f"/film/{token}/{{level}}/{{band}}",
        "columns": columns,
        "rows": rows,
        "spacing_mm": 0.1,
        "window_center": form.window_center,
        "window_width": form.window_width,
        "digests": digests,
        "joints": {},
        **more,
    }


# Without a graphics card WebGL is emulated, and the product draws on the canvas instead: here it is told of a card.
WITH_A_GRAPHICS_CARD = """{
  const { getParameter } = WebGL2RenderingContext.prototype;
  const names = [0x1f01, 0x9246]; // RENDERER, UNMASKED_RENDERER_WEBGL
  WebGL2RenderingContext.prototype.getParameter = function (name) {
    return names.includes(name) ? "a graphics card" : getParameter.call(this, name);
  };
}"""


def open_bench(site: StaticSite, page: Page) -> None:
    """Opens the page that draws with the real modules; in a window WITH_A_GRAPHICS_CARD."""
    site.put("/bench.html", BENCH, "text/html")
    site.put("/bench.js", (ROOT / "tests/viewer/renderer_bench.js").read_bytes(), "text/javascript")
    page.goto(f"{site.address}/bench.html")
    wait_until(page, "document.documentElement.dataset.ready === 'yes'")


def wait_until(page: Page, condition: str, seconds: float = 20) -> None:
    """Polls a condition in the page: the strict policy forbids the browser's own waiting.

    While a page is being left for the next, what the condition speaks of may not be there yet: that is "not yet" too.
    """
    why = ""
    for _ in range(int(seconds * 40)):
        try:
            if page.evaluate(condition):
                return
            why = ""
        except Error as error:
            why = f": {error.message}"
        page.wait_for_timeout(25)
    raise AssertionError(f"not within {seconds} s: {condition}{why}")
