"""Trains a reader in a running demo and takes screenshots; once per demo, after the whole trial has arrived.

Run .venv/bin/python -m docs.make_training_pictures http://127.0.0.1:8000 beside bin/demo. The reader scores two cases
by keyboard. In the reference, every seventh joint has progressed; the reader misses that.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

import instruments
from docs.make_reading_pictures import ARGUMENTS, PASSWORD, READY, signed_in, take, until

TRIAL, CODE = "/trials/DEMO-RA", "TRAIN-2"
SUBJECTS = ("01-001", "01-002")
VISITS = ("W00", "W24", "W52")
# The reference is shown: some cell has both grades.
DIFFERS = "[...document.querySelectorAll('td[data-item]')].some(cell => cell.textContent.includes('('))"
# The current item and the position of its timepoint.
ASKED = """() => {
  const cell = document.querySelector("td.current");
  return [cell.dataset.item, [...cell.parentElement.querySelectorAll("td")].indexOf(cell)];
}"""


def reference() -> bytes:
    """A line for every item of every timepoint: every fourth is 1; at the last visit, every seventh is higher by 1."""
    lines = ["subject,visit,item,value,reason"]
    for subject in SUBJECTS:
        for visit in VISITS:
            for place, item in enumerate(instruments.get("svdh").items):
                worse = visit == VISITS[-1] and place % 7 == 0
                lines.append(f"{subject},{visit},{item.key},{grade(place) + worse},")
    return "\n".join(lines).encode()


def grade(place: int) -> int:
    """The grade that the reader gives to the item at this position of the instrument."""
    return int(place % 4 == 0)


@contextmanager
def person(browser: Browser, base: str, who: str) -> Iterator[Page]:
    """A page of a person who has signed in."""
    context = signed_in(browser, base, f"{who}@demo.example")
    yield context.new_page()
    context.close()


def make_training(page: Page, base: str) -> None:
    """As the coordinator: makes a training campaign, runs its leak scan and opens it with its cases."""
    here = f"{base}{TRIAL}/campaigns/"
    page.goto(here)
    page.fill("[name=campaign_code]", CODE)
    page.fill("[name=title]", "Training on two other cases")
    page.click("text=Create the campaign")
    page.goto(f"{here}{CODE}/training/begin/")
    page.fill("[name=fewest_cases]", "2")
    page.click("text=Use for training")
    page.goto(f"{here}{CODE}/leak-scan/")
    page.click("text=Run the leak scan")
    until(page, "/finished/.test(document.querySelector('#scan').textContent)")
    page.goto(f"{here}{CODE}/")
    page.select_option("[name=subjects]", label=list(SUBJECTS))
    page.click("button:has-text('Open the campaign')")
    page.click("[data-confirm-yes]")
    page.wait_for_selector(".tiles")


def bring_reference(page: Page, base: str) -> None:
    """As the imaging lead: uploads the reference."""
    page.goto(f"{base}{TRIAL}/campaigns/{CODE}/reference/")
    file = FilePayload(name="reference.csv", mimeType="text/csv", buffer=reference())
    page.set_input_files("[name=file]", file)
    page.click("main form button")
    page.wait_for_selector("text=The reference scores of 2 cases are sealed.")


def issue(page: Page, base: str) -> None:
    """As the coordinator: issues the reads."""
    page.goto(f"{base}{TRIAL}/campaigns/{CODE}/training/")
    page.click("label:has-text('Demo Reader One')")
    page.click("text=Issue the reads")
    page.wait_for_selector("text=The reads are being issued.")


def read_case(page: Page) -> None:
    """Scores every cell by its digit, then signs."""
    until(page, READY)
    places = {item.key: place for place, item in enumerate(instruments.get("svdh").items)}
    for _ in range(len(places) * len(VISITS)):
        item, cell = page.evaluate(ASKED)
        page.keyboard.press(str(grade(places[item])))
        if page.evaluate(ASKED) == [item, cell]:
            until(page, READY)
            page.keyboard.press(str(grade(places[item])))
    until(page, "document.querySelector('.status').dataset.waiting === '0'")
    page.keyboard.press("Control+Enter")
    until(page, "document.querySelector('#room').dataset.page === 'review'")
    page.fill("form.sign [name=password]", PASSWORD)
    page.click("[data-sign]")
    until(page, f"document.querySelector('#room').dataset.page === 'screen' && ({READY})()")


def main(base: str) -> None:
    """From the campaign to the dated result."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        with person(browser, base, "coordinator") as page:
            make_training(page, base)
        with person(browser, base, "lead") as page:
            bring_reference(page, base)
        with person(browser, base, "coordinator") as page:
            issue(page, base)
        with person(browser, base, "reader.one") as page:
            for _ in SUBJECTS:
                page.goto(f"{base}/read/")
                page.click("tr:has-text('Training on two other cases') a")
                read_case(page)
            until(page, DIFFERS)
            take(page, "reading-training")
            page.goto(f"{base}/read/training/")
            take(page, "reading-training-result")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
