"""Actions in the browser and their times, on the product's page and on the peer's."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, Page, Playwright, ViewportSize

EXECUTABLE = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
WINDOW: ViewportSize = {"width": 1920, "height": 1080}
PROBE = Path(__file__).with_name("probe.js").read_text()
# A browser that has just started is busy for a while; this is not counted for either page.
STARTED_MS = 1500
SETTLE_MS = 2500
REDRAW_SECONDS = 2.5
ALL_FULL = "[...document.querySelectorAll('.pane')].every(pane => pane.dataset.level === 'full')"
State = Any


@contextmanager
def fresh_browser(playwright: Playwright, state: State = None) -> Iterator[tuple[Browser, Page]]:
    """A separate browser with empty caches; signed in if there is a state."""
    browser = playwright.chromium.launch(executable_path=EXECUTABLE, args=ARGUMENTS)
    try:
        context = browser.new_context(viewport=WINDOW, storage_state=state)
        context.add_init_script(PROBE)
        page = context.new_page()
        page.wait_for_timeout(STARTED_MS)
        yield browser, page
    finally:
        browser.close()


def signed_in(playwright: Playwright, address: str, email: str, password: str) -> State:
    """The cookies of a reader."""
    with fresh_browser(playwright) as (_, page):
        sign_in(page, address, email, password)
        return page.context.storage_state()


def sign_in(page: Page, address: str, email: str, password: str) -> None:
    """Signs in as a person does."""
    page.goto(f"{address}/sign-in/")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", password)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)


def wait_for(page: Page, expression: str, seconds: float = 120) -> Any:
    """The value of an expression once it is true; the strict policy forbids the browser's own wait function."""
    for _ in range(int(seconds * 50)):
        if found := page.evaluate(expression):
            return found
        page.wait_for_timeout(20)
    raise SystemExit(f"Not true within {seconds} s: {expression}")


def open_cold(playwright: Playwright, address: str, state: State, path: str) -> dict[str, Any]:
    """One cold visit of the reading screen: times until all three films are full, redraws per second."""
    with fresh_browser(playwright, state) as (_, page):
        page.goto(address + path, wait_until="commit")
        wait_for(page, "probe.full > 0")
        page.wait_for_timeout(SETTLE_MS)
        probe = page.evaluate("probe")
        boxes = page.evaluate(
            "[...document.querySelectorAll('.well')].map(w => { const b = w.getBoundingClientRect();"
            " return [b.x, b.y, b.width, b.height].map(Math.round); })"
        )
        return {
            "contentful": probe["contentful"],
            "preview": max(probe["previews"], default=math.nan),
            "small": probe["small"],
            "full": probe["full"],
            "redraws": redraws(page, boxes[0]),
            "renderer": page.evaluate("document.querySelector('.stage').dataset.renderer"),
            "boxes": boxes,
        }


def redraws(page: Page, box: list[int]) -> float:
    """Window and level dragged over the first film, linked to all: drawn frames per second."""
    page.mouse.move(box[0] + box[2] / 2, box[1] + box[3] / 2)
    page.mouse.down()
    count = page.evaluate(f"probe.redraw(document.querySelector('.well'), {REDRAW_SECONDS})")
    page.mouse.up()
    return float(count)


def open_peer(playwright: Playwright, address: str, boxes: list[list[int]]) -> dict[str, Any]:
    """The same films in the same boxes in cornerstone3D."""
    with fresh_browser(playwright) as (_, page):
        page.goto(address + peer_path(boxes), wait_until="commit")
        wait_for(page, "globalThis.peer && (peer.full > 0 || peer.fault)", 90)
        peer = page.evaluate("({first: peer.first, full: peer.full, fault: peer.fault})")
        if peer["fault"]:
            raise SystemExit(f"The peer could not show the films: {peer['fault']}")
        page.wait_for_timeout(SETTLE_MS)
        return {"small": peer["first"], "full": peer["full"], "redraws": peer_redraws(page)}


def peer_path(boxes: list[list[int]]) -> str:
    """The peer's page with its films in the boxes that the product's screen gives them."""
    return f"/static/peer/index.html?panes={quote(json.dumps(boxes))}"


def peer_redraws(page: Page) -> float:
    """Changes of the window in all three viewports, drawn in sequence, per second."""
    return float(
        page.evaluate(
            f"""async () => {{
              const began = performance.now();
              let count = 0;
              while (performance.now() - began < {REDRAW_SECONDS * 1000}) {{
                await peer.redraw(100 + (count % 20) * 10, 3000 + (count % 20) * 20);
                count += 1;
              }}
              return count / (performance.now() - began) * 1000;
            }}"""
        )
    )


def pressed(page: Page, keys: list[str], pause_ms: int) -> list[float]:
    """From key to painted frame by the browser's event timing; events that it omits took less than 16 ms."""
    page.evaluate("probe.keys = []")
    for key in keys:
        page.keyboard.press(key)
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        page.wait_for_timeout(pause_ms)
    page.wait_for_timeout(300)
    measured: list[float] = page.evaluate("probe.keys")
    return measured + [16.0] * (len(keys) - len(measured))


def saved(page: Page, keys: list[str]) -> list[float]:
    """From key to the server's acknowledgement, value by value; films are full before any value is entered."""
    page.evaluate("probe.saved = []")
    for number, key in enumerate(keys, start=1):
        wait_for(page, ALL_FULL)
        page.keyboard.press(key)
        wait_for(page, f"probe.saved.length >= {number}")
        page.wait_for_timeout(40)
    times: list[float] = page.evaluate("probe.saved")
    return times


def turn_to(page: Page, signed: str) -> float:
    """From Enter on the offer of the next case, after a signature, to its first 16-bit picture."""
    page.evaluate(
        "path => { history.pushState(null, '', path); dispatchEvent(new PopStateEvent('popstate')); }", signed
    )
    wait_for(page, "document.activeElement.matches('[data-offer]')")
    page.evaluate(
        "addEventListener('keydown', () => { probe.again(); probe.entered = performance.now(); }, {once: true})"
    )
    page.keyboard.press("Enter")
    return float(wait_for(page, "probe.small > 0 && probe.small - probe.entered"))


def next_path(page: Page) -> str:
    """The address of the next case."""
    return str(page.evaluate("JSON.parse(document.querySelector('#next-case').textContent).url"))


def wait_until_fetched(page: Page, fetched: list[str], path: str) -> None:
    """Waits until the small and full bands of the next case's first side are fetched."""
    wanted = page.evaluate(
        """() => JSON.parse(document.querySelector('#next-case').textContent).films
          .reduce((sum, {digests}) => sum + digests.small.length + digests.full.length, 0)"""
    )
    for _ in range(1500):
        if sum(f"{path}film/" in url and "preview" not in url for url in fetched) >= wanted:
            page.wait_for_timeout(250)
            return
        page.wait_for_timeout(20)
    raise SystemExit(f"The films of {path} were not fetched ahead.")
