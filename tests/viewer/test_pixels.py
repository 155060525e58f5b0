"""What is on the screen is, grey for grey, what numpy makes of the same levels and window."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from imaging.levels import Levels, StoredPixels, normalise, quarter, render8
from tests.viewer.films import WITH_A_GRAPHICS_CARD, drawn, open_bench, put_film
from tests.viewer.site import StaticSite

pytestmark = pytest.mark.browser
ROWS, COLUMNS = 431, 517
WELL = {"width": 400, "height": 300}
UPRIGHT = [1, 0, 0, 1]


@pytest.fixture
def window_script() -> str:
    return WITH_A_GRAPHICS_CARD


def middle(zoom: float = 1.0, orientation: list[int] | None = None) -> dict[str, Any]:
    return {"x": COLUMNS / 2, "y": ROWS / 2, "zoom": zoom, "orientation": orientation or UPRIGHT}


def setting(center: float, width: int, invert: bool = False, **view: Any) -> dict[str, Any]:
    return {"window": {"center": center, "width": width}, "invert": invert, "view": middle(**view)}


def drawn_greys(page: Page, kind: str, film: dict[str, Any], settings: list[dict[str, Any]]) -> list[np.ndarray]:
    answer = page.evaluate("([...all]) => bench.draw(...all)", [kind, film, WELL, settings])
    assert answer["state"] == "full", answer
    shape = (WELL["height"], WELL["width"])
    return [np.frombuffer(base64.b64decode(greys), dtype=np.uint8).reshape(shape) for greys in answer["pictures"]]


def cut(greys: np.ndarray) -> np.ndarray:
    """The part of a picture that lies in a well, centred on it as the viewer aligns it to whole pixels."""
    top = -round(WELL["height"] / 2 - ROWS / 2 + 1e-9)
    left = -round(WELL["width"] / 2 - COLUMNS / 2 + 1e-9)
    return greys[top : top + WELL["height"], left : left + WELL["width"]]


SOURCES = {
    "8 bits": StoredPixels(drawn(ROWS, COLUMNS, 255), "MONOCHROME2", 8),
    "10 bits": StoredPixels(drawn(ROWS, COLUMNS, 1023), "MONOCHROME2", 10, window_center=511, window_width=700),
    "12 bits": StoredPixels(drawn(ROWS, COLUMNS, 4095), "MONOCHROME2", 12, window_center=2000, window_width=1800),
    "16 bits": StoredPixels(drawn(ROWS, COLUMNS, 65535), "MONOCHROME2", 16),
    "MONOCHROME1": StoredPixels(drawn(ROWS, COLUMNS, 4095), "MONOCHROME1", 12, window_center=2100, window_width=2500),
    "signed, rescaled": StoredPixels(
        drawn(ROWS, COLUMNS, 4095).astype(np.int16) - 2048, "MONOCHROME2", 12, True, -2.0, 5.0, None, None, 90.0, 3000.0
    ),
}


@pytest.mark.parametrize("kind", ["webgl2", "canvas"])
@pytest.mark.parametrize("source", SOURCES)
def test_one_to_one_greys_are_numpys_greys(site: StaticSite, clean_page: Page, kind: str, source: str) -> None:
    form = normalise(SOURCES[source])
    film = put_film(site, "token", form)
    open_bench(site, clean_page)
    top = int(form.levels.max())
    windows: list[tuple[float, int, bool]] = [
        (form.window_center, form.window_width, False),
        (form.window_center, form.window_width, True),
        (top / 2 // 1, 2, False),
        (top / 2 // 1 + 0.5, 1, False),
        (top * 0.3 // 1, 17, False),
        (top * 0.6 // 1, 256, True),
        (top * 0.5 // 1, 65536, False),
        (-500.0, 900, False),
    ]
    shown = drawn_greys(clean_page, kind, film, [setting(*window) for window in windows])
    for window, greys in zip(windows, shown, strict=True):
        assert np.count_nonzero(greys != cut(render8(form.levels, *window))) == 0, window


@pytest.mark.parametrize("kind", ["webgl2", "canvas"])
def test_turned_and_mirrored_films_keep_their_true_pixels(site: StaticSite, clean_page: Page, kind: str) -> None:
    form = normalise(SOURCES["12 bits"])
    film = put_film(site, "token", form)
    open_bench(site, clean_page)
    greys = render8(form.levels, form.window_center, form.window_width)
    lying = {
        (-1, 0, 0, 1): greys[:, ::-1],
        (1, 0, 0, -1): greys[::-1],
        (0, -1, 1, 0): np.rot90(greys, -1),
        (0, 1, -1, 0): np.rot90(greys),
        (-1, 0, 0, -1): greys[::-1, ::-1],
    }
    window = (form.window_center, form.window_width, False)
    settings = [setting(*window, orientation=list(orientation)) for orientation in lying]
    for shown, whole in zip(drawn_greys(clean_page, kind, film, settings), lying.values(), strict=True):
        assert occurs(shown, whole)


def occurs(part: np.ndarray, whole: np.ndarray) -> bool:
    """Whether the part lies within the whole on whole pixels, near the middle (black where it reaches beyond)."""
    around = np.pad(whole, 60)
    top, left = (around.shape[0] - part.shape[0]) // 2, (around.shape[1] - part.shape[1]) // 2
    return any(
        (around[y : y + part.shape[0], x : x + part.shape[1]] == part).all()
        for y in range(top - 1, top + 2)
        for x in range(left - 1, left + 2)
    )


@pytest.mark.parametrize("kind", ["webgl2", "canvas"])
def test_from_three_times_on_true_pixels_are_shown(site: StaticSite, clean_page: Page, kind: str) -> None:
    form = normalise(SOURCES["12 bits"])
    film = put_film(site, "token", form)
    open_bench(site, clean_page)
    view = {"x": 200.0, "y": 100.5, "zoom": 4, "orientation": UPRIGHT}
    one = {"window": {"center": 2000, "width": 1800}, "invert": False, "view": view}
    shown = drawn_greys(clean_page, kind, film, [one])[0]
    tile = np.kron(render8(form.levels, 2000, 1800)[63:138, 150:250], np.ones((4, 4), np.uint8))
    assert occurs(shown, tile)


def test_both_renderers_reduce_and_enlarge_alike(site: StaticSite, clean_page: Page) -> None:
    form = normalise(SOURCES["12 bits"])
    film = put_film(site, "token", form)
    open_bench(site, clean_page)
    settings = [setting(2000, 1800, zoom=zoom) for zoom in (0.1, 0.2, 0.4, 0.75, 1.7, 2.5)]
    pairs = [drawn_greys(clean_page, kind, film, settings) for kind in ("webgl2", "canvas")]
    for webgl, canvas in zip(*pairs, strict=True):
        apart = np.abs(webgl.astype(int) - canvas)
        assert np.count_nonzero(apart > 2) < apart.size // 200


def test_the_whole_film_reduced_is_the_film(site: StaticSite, clean_page: Page) -> None:
    form = normalise(SOURCES["12 bits"])
    film = put_film(site, "token", form)
    open_bench(site, clean_page)
    shown = drawn_greys(clean_page, "webgl2", film, [setting(2000, 1800, zoom=0.5)])[0]
    box = render8(form.levels[:430, :516], 2000, 1800).reshape(215, 2, 258, 2).mean(axis=(1, 3))
    part = shown[42:258, 71:330].astype(float)
    assert np.abs(part[2:200, 2:250] - box[2:200, 2:250]).mean() < 12


@pytest.mark.parametrize("level", ["small", "full"])
def test_the_browser_decodes_what_was_encoded(site: StaticSite, clean_page: Page, level: str) -> None:
    open_bench(site, clean_page)
    random = np.random.default_rng(3)
    for k, shape in enumerate([(1, 1), (1, 70), (70, 1), (5, 16), (9, 33), (64, 65)]):
        for kind, levels in edge_pictures(shape, random).items():
            film = put_film(site, f"{kind}{k}", normalise(StoredPixels(levels, "MONOCHROME2", 16)))
            got = clean_page.evaluate("([film, level]) => bench.levels(film, level)", [film, level])
            wanted = levels if level == "full" else quarter(levels)
            decoded = np.frombuffer(base64.b64decode(got), dtype=np.uint16).reshape(wanted.shape)
            assert (decoded == wanted).all(), (kind, shape)


def edge_pictures(shape: tuple[int, int], random: np.random.Generator) -> dict[str, Levels]:
    pictures = {
        "zeros": np.zeros(shape),
        "extremes": random.integers(0, 2, shape) * 65535,
        "noise14": random.integers(0, 1 << 14, shape),
        "noise16": random.integers(0, 1 << 16, shape),
        "soft": random.integers(100, 108, shape),
    }
    return {name: picture.astype(np.uint16) for name, picture in pictures.items()}
