"""What is done and seen at the desk in Chromium, in words for the tests."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from audit.trail import Actor
from studies.models import Film

Open = Callable[[Actor, str], Page]


def at_full_size(page: Page) -> None:
    expect(page.locator(".pane")).to_have_attribute("data-level", "full", timeout=30_000)


def shows(page: Page, film: Film) -> None:
    """The page has turned to the film, and it is there in full."""
    page.wait_for_url(re.compile(rf"/desk/{film.pk}/(\?|$)"))
    expect(page.locator(".panel-head")).to_contain_text(f"film {film.pk}")
    at_full_size(page)


def keys(page: Page, *pressed: str) -> None:
    for key in pressed:
        page.keyboard.press(key)


def status(film: Film) -> str:
    return Film.objects.get(pk=film.pk).status
