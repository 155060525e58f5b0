"""Takes the screenshots for README and docs from a running demo (test requirements, Debian's Chromium).

Run bin/demo first, then .venv/bin/python docs/make_pictures.py http://127.0.0.1:8000 [names of single pictures]
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

PICTURES = Path(__file__).resolve().parent / "pictures"
PASSWORD = "rheumatology-demo"  # noqa: S105  the demo password, printed by bin/demo
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking", "--use-gl=swiftshader"]
TRIAL = "/trials/DEMO-RA/"


LARGE, SMALL = (1920, 1080), (1366, 768)


@dataclass(frozen=True)
class DocumentPicture:
    """One screenshot: its file, who signs in, the address, what is clicked there, and what must then be on the page.

    Pages with films are JPEG files, which are then smaller.
    """

    name: str
    who: str
    address: str
    sign: str
    clicks: tuple[str, ...] = ()
    size: tuple[int, int] = SMALL


START = ("main .actions .primary",)
FIRST = ("main tbody tr td a",)
PAGES = (
    DocumentPicture("desk.jpg", "coordinator", f"{TRIAL}desk/", ".pane[data-level='full']", START, LARGE),
    DocumentPicture("campaign.png", "coordinator", f"{TRIAL}campaigns/READ-2/", ".tiles", size=LARGE),
    DocumentPicture("site.png", "site", f"{TRIAL}site/upload/", "h1", size=LARGE),
    DocumentPicture("worklist.png", "reader.one", "/read/", "table", size=LARGE),
    DocumentPicture("agreement.png", "statistician", f"{TRIAL}results/READ-1/agreement/", "figure", size=LARGE),
    DocumentPicture("dataset.png", "statistician", f"{TRIAL}results/READ-1/datasets/", "table", size=LARGE),
    DocumentPicture("audit.png", "auditor", f"{TRIAL}audit/", "table", size=LARGE),
    DocumentPicture("day-site.png", "site", f"{TRIAL}site/", ".tiles"),
    DocumentPicture("day-coordinator.png", "coordinator", TRIAL, ".tiles"),
    DocumentPicture("day-charter.png", "coordinator", f"{TRIAL}charter/write/", "main form"),
    DocumentPicture("day-checker.jpg", "checker", f"{TRIAL}masks/", ".pane[data-level='full']", START),
    DocumentPicture("day-lead.png", "lead", f"{TRIAL}progress/", "table"),
    DocumentPicture("day-checks.png", "lead", f"{TRIAL}results/READ-1/checks/", "table"),
    DocumentPicture("day-comparison.jpg", "lead", f"{TRIAL}results/READ-1/comparison/", "figure", FIRST),
    DocumentPicture("day-signer.png", "signer", f"{TRIAL}results/READ-1/datasets/1/", "table"),
    DocumentPicture("day-custodian.png", "custodian.one", f"{TRIAL}arms/", "table"),
    DocumentPicture("day-sponsor.png", "sponsor", f"{TRIAL}sites-by-month/", "table"),
    DocumentPicture("day-auditor.png", "auditor", f"{TRIAL}audit/scores/?campaign=READ-1", "table", size=(1700, 700)),
)


def sign_in(browser: Browser, base: str, who: str, scheme: str, size: tuple[int, int]) -> Page:
    """A page in a browser in which this person has signed in."""
    width, height = size
    dark = scheme == "dark"
    viewport: ViewportSize = {"width": width, "height": height}
    context = browser.new_context(viewport=viewport, color_scheme="dark" if dark else "light")
    page = context.new_page()
    page.goto(f"{base}/sign-in/")
    page.fill("input[type=email]", f"{who}@demo.example")
    page.fill("input[type=password]", PASSWORD)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(lambda address: "/sign-in/" not in address)
    return page


def take(page: Page, name: str) -> None:
    """Saves a screenshot of the window."""
    if name.endswith(".jpg"):
        page.screenshot(path=PICTURES / name, type="jpeg", quality=80)
    else:
        page.screenshot(path=PICTURES / name)


def page_of(browser: Browser, base: str, picture: DocumentPicture) -> None:
    """One screenshot of PAGES."""
    page = sign_in(browser, base, picture.who, "light", picture.size)
    page.goto(base + picture.address)
    for clicked in picture.clicks:
        page.locator(clicked).first.click()
    page.wait_for_selector(picture.sign)
    page.wait_for_timeout(600)
    take(page, picture.name)
    page.context.close()


def propose_masks(browser: Browser, base: str) -> None:
    """The coordinator masks the text on the film at the desk, so that the quality checker has something to confirm."""
    page = sign_in(browser, base, "coordinator", "light", SMALL)
    page.goto(f"{base}{TRIAL}desk/")
    page.click(START[0])
    page.wait_for_selector(".pane[data-level='full']")
    suggested = page.locator(".quick-masks [value=suggested]")
    if suggested.count():
        suggested.click()
        page.wait_for_timeout(2000)
    page.context.close()


def reading_screen(browser: Browser, base: str) -> None:
    """The reading screen with its films loaded."""
    page = sign_in(browser, base, "reader.two", "dark", LARGE)
    page.goto(f"{base}/read/")
    page.click("main .actions a.primary")
    page.wait_for_load_state("load")
    page.wait_for_timeout(6000)
    take(page, "reading.jpg")
    page.context.close()


def main(base: str, *names: str) -> None:
    """Every screenshot, one person after another, or those of these names."""
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        for picture in PAGES:
            if names and picture.name not in names:
                continue
            if picture.who == "checker":
                propose_masks(browser, base)
            page_of(browser, base, picture)
        if not names or "reading.jpg" in names:
            reading_screen(browser, base)
        browser.close()


if __name__ == "__main__":
    main(*(sys.argv[1:] or ["http://127.0.0.1:8000"]))
