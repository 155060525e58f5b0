"""Takes a screenshot of each state of the reading screen from a running demo. Run bin/demo first, then

    .venv/bin/python docs/make_reading_pictures.py http://127.0.0.1:8000

Films are grey throughout, so these are JPEG files of at most 200 kB. Uses the first waiting case of reader.one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Error, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
PASSWORD = "rheumatology-demo"  # noqa: S105  the demo password, printed by bin/demo
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--use-gl=swiftshader"]
READER = "reader.one@demo.example"
LARGEST = 200_000
READY = """() => document.querySelector('.pane') !== null
  && [...document.querySelectorAll('.pane')].every(p => ['full', 'absent'].includes(p.dataset.level))
  && document.querySelector('.status').dataset.state !== undefined"""


def signed_in(browser: Browser, base: str, email: str = READER) -> BrowserContext:
    """A person signed in, in their own browser context."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, color_scheme="dark")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("input[type=email]", email)
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    page.close()
    return context


def until(page: Page, condition: str) -> None:
    """Polls, because the content security policy forbids the browser's own waiting function."""
    for _ in range(1200):
        with suppress(Error):  # the page is being replaced by another one
            if page.evaluate(condition):
                return
        page.wait_for_timeout(50)
    raise SystemExit(f"The page never reached this condition: {condition}")


def opened(context: BrowserContext, address: str) -> Page:
    """The screen with its films at full size."""
    page = context.new_page()
    page.goto(address)
    until(page, READY)
    page.wait_for_timeout(600)
    return page


def take(page: Page, name: str) -> None:
    """One screenshot, with the JPEG quality reduced until it is small enough."""
    page.wait_for_timeout(300)
    for quality in (80, 70, 60, 45, 30):
        content = page.screenshot(type="jpeg", quality=quality)
        if len(content) <= LARGEST:
            break
    (PICTURES / f"{name}.jpg").write_bytes(content)


def press(page: Page, *keys: str) -> None:
    """Presses keys one after another."""
    for key in keys:
        page.keyboard.press(key)


def entering(page: Page, context: BrowserContext) -> None:
    """Scores, a reason, a refused digit, a comment, the close-up, the display modes."""
    take(page, "reading-begin")
    press(page, "0", "2", "1", "3", "f")
    take(page, "reading-scored")
    press(page, "n")
    take(page, "reading-reason")
    press(page, "2", "9")
    take(page, "reading-refused")
    press(page, "z")
    page.wait_for_timeout(800)
    take(page, "reading-joint")
    press(page, "z", "i", "h")
    page.wait_for_timeout(800)
    take(page, "reading-inverted")
    press(page, "i", "h", "?")
    take(page, "reading-keys")
    press(page, "Escape", "g")
    take(page, "reading-wording")
    press(page, "g", "c")
    page.keyboard.type("Cortical outline is interrupted by the ring.")
    take(page, "reading-comment")
    press(page, "Escape")
    page.click("[data-command=problem]")
    take(page, "reading-problem")
    press(page, "Escape")


def troubles(page: Page, context: BrowserContext) -> None:
    """Offline, and the same case in another tab."""
    context.set_offline(True)
    press(page, "1", "2", "0")
    take(page, "reading-offline")
    context.set_offline(False)
    until(page, "document.querySelector('.status').dataset.waiting === '0'")
    other = opened(context, page.url)
    take(other, "reading-other-tab")
    other.close()


def conflict(page: Page, elsewhere: BrowserContext) -> None:
    """The same cell, changed on another computer in the meantime."""
    other = opened(elsewhere, page.url)
    press(other, "3")
    until(other, "document.querySelector('.status').dataset.waiting === '0'")
    other.close()
    press(page, "1")
    until(page, "!document.querySelector('.conflicts').hidden")
    take(page, "reading-conflict")
    page.click(".conflicts button:has-text('Use the other value')")
    until(page, "document.querySelector('.status').dataset.waiting === '0'")


def ending(page: Page, context: BrowserContext) -> None:
    """The review, and signed out."""
    page.keyboard.press("Control+Enter")
    until(page, "document.querySelector('#room').dataset.page === 'review'")
    take(page, "reading-review")
    page.go_back()
    until(page, READY)
    context.clear_cookies()
    press(page, "2")
    until(page, "document.querySelector('.sign-in').open")
    take(page, "reading-signed-out")


def around(context: BrowserContext, base: str) -> None:
    """The pages before and after reading: display check, worklist, a signed case."""
    page = context.new_page()
    for name, address in (("reading-display-check", "/read/display/"), ("reading-worklist", "/read/")):
        page.goto(base + address)
        take(page, name)
    page.goto(f"{base}/read/past/")
    link = page.locator("main td a").first
    if link.count():
        signed = opened(context, base + str(link.get_attribute("href")))
        take(signed, "reading-signed")
    page.close()


def main(base: str) -> None:
    """Every state, in the order in which a reader sees them."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        context, elsewhere = signed_in(browser, base), signed_in(browser, base)
        around(context, base)
        list_page = context.new_page()
        list_page.goto(f"{base}/read/")
        address = base + str(list_page.locator("main tbody th a").first.get_attribute("href"))
        page = opened(context, address)
        acts: tuple[Callable[[Page, BrowserContext], None], ...] = (entering, troubles)
        for act in acts:
            act(page, context)
        conflict(page, elsewhere)
        ending(page, context)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
