"""A band that is cut short, altered, swapped or another film's is refused and never shown as the full film."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from imaging.bitpacking import band_digest, shown_digest
from imaging.levels import NormalForm
from tests.viewer.films import WITH_A_GRAPHICS_CARD, drawn, open_bench, put_film
from tests.viewer.site import HandlerAnswer, Request, StaticSite

pytestmark = pytest.mark.browser
FORM = NormalForm(drawn(160, 120, 4095), 2000, 1800)
OTHER = NormalForm(drawn(160, 120, 4095, seed=2), 2000, 1800)
VIEW = {"x": 60, "y": 80, "zoom": 1, "orientation": [1, 0, 0, 1]}


@pytest.fixture
def window_script() -> str:
    return WITH_A_GRAPHICS_CARD


def band(site: StaticSite, path: str) -> bytes:
    return site.answer(Request("GET", path, {}, b"")).body


def outcome(page: Page, film: dict[str, Any]) -> dict[str, Any]:
    settings = [{"view": VIEW, "window": {"center": 2000, "width": 1800}, "invert": False}]
    answer: dict[str, Any] = page.evaluate(
        "([film, settings]) => bench.draw('canvas', film, {width: 20, height: 20}, settings)", [film, settings]
    )
    return answer


def altered(body: bytes) -> bytes:
    return body[:-7] + bytes([body[-7] ^ 1]) + body[-6:]


DAMAGE: dict[str, Callable[[bytes], bytes]] = {
    "cut short": lambda body: body[:-2],
    "too long": lambda body: body + b"\0\0",
    "one bit": altered,
    "nothing": lambda body: b"",
}


@pytest.mark.parametrize("level", ["small/0", "full/2"])
@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_band_is_refused(
    site: StaticSite, clean_page: Page, level: str, damage: Callable[[bytes], bytes]
) -> None:
    film = put_film(site, "token", FORM)
    path = f"/film/token/{level}"
    site.put(path, damage(band(site, path)))
    open_bench(site, clean_page)
    answer = outcome(clean_page, film)
    assert answer["state"] == "refused"
    assert "digest" in answer["fault"]


def test_swapped_bands_are_refused(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    first, second = (band(site, f"/film/token/full/{k}") for k in (0, 1))
    site.put("/film/token/full/0", second)
    site.put("/film/token/full/1", first)
    open_bench(site, clean_page)
    assert outcome(clean_page, film)["state"] == "refused"


def test_another_films_band_is_refused(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    put_film(site, "other", OTHER)
    site.put("/film/token/full/3", band(site, "/film/other/full/3"))
    open_bench(site, clean_page)
    assert outcome(clean_page, film)["state"] == "refused"


def test_the_same_film_under_another_token_is_refused(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    film["digests"] = put_film(site, "again", FORM)["digests"]
    open_bench(site, clean_page)
    assert outcome(clean_page, film)["state"] == "refused"


def test_a_band_of_the_wrong_length_is_refused_even_with_a_digest_to_match(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    short = band(site, "/film/token/full/1")[:-2]
    site.put("/film/token/full/1", short)
    film["digests"]["full"][1] = shown_digest("token", band_digest(short))
    open_bench(site, clean_page)
    answer = outcome(clean_page, film)
    assert answer["state"] == "refused"
    assert "bytes" in answer["fault"]


def test_a_band_the_server_will_not_give_is_a_refusal(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    site.routes["/film/token/full/1"] = lambda request: HandlerAnswer(b"gone", "text/plain", 410)
    open_bench(site, clean_page)
    assert outcome(clean_page, film)["state"] == "refused"


def test_a_band_is_asked_for_again_when_the_server_stumbles(site: StaticSite, clean_page: Page) -> None:
    film = put_film(site, "token", FORM)
    good = band(site, "/film/token/full/1")
    answers = [HandlerAnswer(b"", status=503), HandlerAnswer(good)]
    site.routes["/film/token/full/1"] = lambda request: answers.pop(0)
    open_bench(site, clean_page)
    assert outcome(clean_page, film)["state"] == "full"
