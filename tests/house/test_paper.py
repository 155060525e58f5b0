"""Pages on paper and at the smallest window: nothing cut, nothing over its neighbour, no dark ground, no menus."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from reading.models import Campaign
from tests.chromium import Windows
from tests.reading.builders import PASSWORD
from tests.scoring.agreement_figures import compute_figures
from tests.scoring.unsealing_cast import make_opening

pytestmark = [pytest.mark.browser, pytest.mark.long, pytest.mark.django_db(transaction=True)]
PRINTED = (
    ("coordinator", "charter/1/"),
    ("coordinator", "campaigns/C1/"),
    ("coordinator", "campaigns/C1/cases/"),
    ("coordinator", "campaigns/C1/reads/"),
    ("statistician", "results/"),
    ("statistician", "results/C1/agreement/"),
    ("statistician", "results/C1/thresholds/"),
    ("statistician", "results/C1/differences/"),
    ("statistician", "results/C1/datasets/"),
    ("statistician", "results/C1/datasets/1/"),
    ("statistician", "results/C1/datasets/1/results/"),
    ("statistician", "results/C1/events/"),
)
# What sticks out of its card, its table's frame or the page at the right, by its own words.
STICKS_OUT = """() => [...document.querySelectorAll("main td, main th, main code, main dd, main li, main p")]
  .filter((one) => one.offsetParent && !one.closest(".visually-hidden"))
  .filter((one) => {
    const around = one.closest(SCREEN ? ".table-frame, .card" : ".card") ?? document.body;
    if (around.matches(".table-frame")) return false;
    const edge = Math.min(around.getBoundingClientRect().right, innerWidth);
    return one.getBoundingClientRect().right > edge + 1 || one.scrollWidth > one.clientWidth + 1 && one.clientWidth;
  }).map((one) => `${one.tagName} ${one.textContent.trim().slice(0, 40)}`)"""
# Of all that a table or a digest says, what is not on the paper; a word that is cut in two; a ground darker than grey.
LEFT_OUT = """() => [...document.querySelectorAll("main th, main td, main code, main .digest")]
  .filter((one) => one.textContent.trim() && !one.closest("form, .card:has(> form), .actions"))
  .filter((one) => !one.querySelector("form, .button, button"))
  .filter((one) => !one.checkVisibility() || !one.getBoundingClientRect().width)
  .map((one) => `not on paper: ${one.textContent.trim().slice(0, 40)}`)"""
CUT_WORDS = """() => {
  const found = [];
  for (const cell of document.querySelectorAll("main th, main td")) {
    const texts = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    while (cell.checkVisibility() && texts.nextNode()) {
      const words = texts.currentNode.data.matchAll(/(?<![\\p{L}\\d])\\p{L}{2,20}(?![\\p{L}\\d])/gu);
      for (const { 0: word, index } of words) {
        const range = document.createRange();
        range.setStart(texts.currentNode, index);
        range.setEnd(texts.currentNode, index + word.length);
        const tops = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
        if (tops.size > 1) found.push(`cut in two: ${word}`);
      }
    }
  }
  return found;
}"""
DARK = """() => [...document.querySelectorAll("main, main *:not(svg *)")].filter((one) => one.checkVisibility())
  .filter((one) => {
    const [red, green, blue, alpha = 1] = getComputedStyle(one).backgroundColor.match(/[\\d.]+/g).map(Number);
    return alpha > 0.1 && red + green + blue < 3 * 160;
  }).map((one) => `dark: ${one.outerHTML.slice(0, 60)}`)"""
CHROME = ".bar, .side, .crumbs, .actions, .sort, main form, main button, input"
A4 = re.compile(rb"/MediaBox\s*\[0 0 59[45]\.\d* 84[12]\.?\d*\]")


def signed_in(page: Page, email: str, path: str) -> None:
    """The page of a person who has just signed in."""
    page.goto(f"/sign-in/?next={path}")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**{path}")


def sticking_out(page: Page, *, screen: bool) -> list[str]:
    """The words of everything that is cut or lies over its neighbour."""
    found: list[str] = page.evaluate(STICKS_OUT.replace("SCREEN", "true" if screen else "false"))
    return found


def faults_on_paper(page: Page) -> list[str]:
    """What a printed page must not have; the window is as wide as A4 within its margins."""
    page.set_viewport_size({"width": 688, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    faults = sticking_out(page, screen=False)
    faults += ["menus or forms"] * sum(one.is_visible() for one in page.locator(CHROME).all())
    ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
    faults += [] if ground == "rgb(255, 255, 255)" else [f"ground {ground}"]
    faults += [fault for each in (LEFT_OUT, CUT_WORDS, DARK) for fault in page.evaluate(each)]
    return faults + ([] if A4.search(page.pdf(prefer_css_page_size=True)) else ["not A4"])


def test_results_and_plans_print_whole_and_show_whole_in_the_smallest_window(
    windows: Windows, live_server: LiveServer, tmp_path: Path
) -> None:
    built_trial = make_opening(tmp_path, read=True).built_trial
    compute_figures(Campaign.objects.get())
    wrong = {}
    for who, path in PRINTED:
        with windows.lend(width=1366, height=768, base_url=live_server.url, own=True) as page:
            signed_in(page, built_trial.people[who].email, f"/trials/TWO/{path}")
            wrong[path] = sticking_out(page, screen=True), faults_on_paper(page)
    assert {path: found for path, found in wrong.items() if found != ([], [])} == {}
