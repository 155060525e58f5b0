"""Takes the screenshots for README and docs from a running demo. Run bin/demo first, then

    .venv/bin/python docs/make_pictures.py http://127.0.0.1:8000

Needs the test requirements and Debian's Chromium.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
PASSWORD = "rheumatology-demo"  # noqa: S105  the demo password, printed by bin/demo
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--use-gl=swiftshader"]
TRIAL = "/trials/DEMO-RA/"


@dataclass(frozen=True)
class DocumentPicture:
    """One screenshot: who signs in, the address, what must be on the page, and what is clicked first."""

    name: str
    who: str
    address: str
    sign: str
    click: str = ""


PAGES = (
    DocumentPicture("desk", "coordinator", f"{TRIAL}desk/", ".pane[data-level='full']", click="main .actions .primary"),
    DocumentPicture("campaign", "coordinator", f"{TRIAL}campaigns/READ-2/", ".tiles"),
    DocumentPicture("site", "site", f"{TRIAL}site/upload/", "h1"),
    DocumentPicture("worklist", "reader.one", "/read/", "table"),
    DocumentPicture("agreement", "statistician", f"{TRIAL}results/READ-1/agreement/", "figure"),
    DocumentPicture("dataset", "statistician", f"{TRIAL}results/READ-1/datasets/", "table"),
    DocumentPicture("audit", "auditor", f"{TRIAL}audit/", "table"),
)


def sign_in(browser: Browser, base: str, who: str, scheme: str) -> Page:
    """A page in a browser in which this person has signed in."""
    dark = scheme == "dark"
    context = browser.new_context(viewport={"width": 1920, "height": 1080}, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("input[type=email]", f"{who}@demo.example")
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    return page


def take(page: Page, name: str) -> None:
    """Saves a screenshot of the window."""
    page.screenshot(path=PICTURES / f"{name}.png")


def reading_screen(browser: Browser, base: str) -> None:
    """The reading screen with its films loaded."""
    page = sign_in(browser, base, "reader.two", "dark")
    page.goto(f"{base}/read/")
    page.click("main .actions a.primary")
    page.wait_for_load_state("load")
    page.wait_for_timeout(6000)
    take(page, "reading")
    page.context.close()


def main(base: str) -> None:
    """Every screenshot, one person after another."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for picture in PAGES:
            page = sign_in(browser, base, picture.who, "light")
            page.goto(base + picture.address)
            if picture.click:
                page.click(picture.click)
            page.wait_for_selector(picture.sign)
            page.wait_for_timeout(600)
            take(page, picture.name)
            page.context.close()
        reading_screen(browser, base)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
