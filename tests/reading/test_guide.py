"""The reading guide shows the keys of the reader's own keyboard, as far as the browser knows it, and of common ones."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from tests.capture.acting import sign_in
from tests.capture.test_accessible import serious_faults
from tests.capture.test_layouts import KEYBOARDS
from tests.chromium import Windows
from tests.reading.builders import PASSWORD, build_reading_trial

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CHANGED = "localStorage.setItem('blindread.keys', JSON.stringify({ own: { invert: ['J'] } }))"
# A browser that knows the keyboard which the test has put there, and at first none.
BROWSER = """Object.defineProperty(navigator, "keyboard", {
  value: { getLayoutMap: async () => new Map(JSON.parse(sessionStorage.getItem("plugged in") ?? "[]")) },
})"""
WIDER = "document.querySelector('.table-frame').scrollWidth > document.querySelector('.table-frame').clientWidth"
SHOWN = {
    "Score 4, next cell": "Shift+4 '",
    "Score 6, next cell": "Shift+6",
    "Score 0, next cell": "Shift+0 ² (left of 1)",
    "Invert": "J",
}


def keys_of(page: Page, command: str) -> str:
    """The keys that the guide shows for a command."""
    return " ".join(page.locator(f".keys dt:has(+ dd:text-is('{command}')) kbd").all_inner_texts())


def test_the_guide_shows_the_keys_of_the_readers_own_keyboard_and_those_of_common_ones(
    windows: Windows, live_server: LiveServer
) -> None:
    build_reading_trial(subjects=1, visits=("W00",))
    with windows.lend(width=1366, height=768, base_url=live_server.url, script=BROWSER, own=True) as page:
        sign_in(page, "reader@two.example", PASSWORD)
        page.get_by_role("link", name="Reading guide").click()
        page.get_by_text("This browser does not report your keyboard layout").wait_for()
        assert keys_of(page, "Score 4, next cell") == "4"
        assert page.get_by_role("row", name="French").inner_text().split("\t")[2:] == ["AltGr+5", "AltGr+)", "="]
        assert serious_faults(page) == []
        assert page.evaluate(WIDER) is False
        page.evaluate(CHANGED)
        page.evaluate("layout => sessionStorage.setItem('plugged in', layout)", json.dumps([*KEYBOARDS["fr"].items()]))
        page.reload()
        page.get_by_text("Keys are shown as they are on your keyboard.").wait_for()
        assert {command: keys_of(page, command) for command in SHOWN} == SHOWN
