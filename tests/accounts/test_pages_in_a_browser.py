"""What the pages do in a browser: nothing typed is lost, steps are asked for, keys and colours obey."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.accounts.conftest import OpenPage
from tests.cast import PASSWORD, make_user

PAGES = ("/", "/accounts/", "/accounts/invite/", "/you/", "/you/password/", "/you/second-factor/", "/help/")
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def admin(transactional_db: None) -> User:
    return make_user("admin@house.example", "Ada Keeper", is_administrator=True)


def end_every_session() -> None:
    Session.objects.all().delete()


def notice_the_end(page: Page) -> None:
    """What the page does by itself once it has been idle, and the page's owner looks at it again."""
    page.evaluate("localStorage.setItem('blindread.last-request', '0')")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_what_was_typed_survives_the_end_of_the_session(admin: User, visit: OpenPage) -> None:
    page = visit("/accounts/invite/", admin.email)
    page.locator("main").get_by_label("E-mail address").fill("new@house.example")
    end_every_session()
    notice_the_end(page)
    dialog = page.get_by_role("dialog", name="You have been signed out")
    dialog.get_by_label("Password").fill("wrong")
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog.get_by_role("alert")).to_contain_text("the password is wrong")
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Sign in").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Send invitation").click()
    expect(page.get_by_role("status")).to_contain_text("new@house.example has been invited")


def test_a_list_asked_for_after_the_end_of_the_session_offers_to_sign_in(admin: User, visit: OpenPage) -> None:
    page = visit("/accounts/", admin.email)
    end_every_session()
    page.get_by_role("columnheader", name="E-mail address").get_by_role("link").click()
    expect(page.get_by_role("dialog", name="You have been signed out")).to_be_visible()


def test_a_step_is_asked_for_and_can_be_cancelled(admin: User, visit: OpenPage) -> None:
    anna = make_user("anna@house.example", "Anna Berg")
    page = visit(f"/accounts/{anna.pk}/", admin.email)
    page.get_by_label("Reason to disable the account").fill("left")
    page.get_by_role("button", name="Disable the account").click()
    dialog = page.locator("#confirm-dialog")
    dialog.get_by_role("button", name="Cancel").click()
    assert User.objects.get(pk=anna.pk).is_active
    page.get_by_role("button", name="Disable the account").click()
    dialog.get_by_role("button", name="Disable the account").click()
    expect(page.get_by_role("status")).to_contain_text("The account was disabled")
    assert not User.objects.get(pk=anna.pk).is_active


def test_a_list_is_sorted_and_searched_without_leaving_the_page(admin: User, visit: OpenPage) -> None:
    for name in ("Anna", "Berta", "Carla"):
        make_user(f"{name.lower()}@house.example", name)
    page = visit("/accounts/", admin.email)
    page.evaluate("window.stayed = true")
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    head = page.get_by_role("columnheader", name="Name")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.locator("tbody th").first).to_have_text("Carla")
    page.keyboard.press("/")
    page.keyboard.type("anna")
    expect(page.locator("tbody tr")).to_have_count(1)
    assert page.evaluate("window.stayed") is True
    assert "q=anna" in page.url
    expect(page.get_by_label("Search")).to_be_focused()


def test_single_keys_are_listed_and_can_be_turned_off(admin: User, visit: OpenPage) -> None:
    make_user("anna@house.example", "Anna")
    page = visit("/accounts/", admin.email)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard shortcuts on this page")
    expect(dialog).to_contain_text("Search this list")
    dialog.get_by_label("Use single-key shortcuts on this computer").uncheck()
    dialog.get_by_role("button", name="Close").click()
    page.keyboard.press("/")
    expect(page.get_by_label("Search")).not_to_be_focused()


def test_the_chosen_colours_stay(admin: User, visit: OpenPage) -> None:
    page = visit("/", admin.email)
    paper: Callable[[], str] = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")  # noqa: E731
    light = paper()
    page.get_by_text("Ada Keeper").first.click()
    page.get_by_role("button", name="Dark").click()
    dark = paper()
    page.reload()
    assert light != dark == paper()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_can_be_used_by_everybody(admin: User, visit: OpenPage, scheme: Literal["light", "dark"]) -> None:
    # The examiner puts its own styles into the page, which the policy refuses and the page does not need.
    page = visit("/", admin.email, scheme=scheme, strict=False)
    faults: dict[str, list[str]] = {}
    for path in (
        "/",
        "/accounts/",
        "/accounts/invite/",
        f"/accounts/{admin.pk}/",
        "/you/",
        "/you/second-factor/",
        "/help/",
    ):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        faults |= {f"{path} {v['id']}": [node["html"] for node in v["nodes"]] for v in found}
    assert faults == {}


def test_a_date_field_shows_its_day_in_the_one_order_of_the_lists(admin: User, visit: OpenPage) -> None:
    """01/12/2026 is 1 December to some browsers and 12 January to others."""
    page = visit("/accounts/", admin.email)
    field = page.get_by_label("Last signed in: from")
    field.fill("2026-12-01")
    expect(page.locator(".filter", has=field).locator(".iso-day")).to_have_text("2026-12-01")
    page.wait_for_url(lambda address: "2026-12-01" in address)
    page.reload()
    expect(page.locator(".filter", has=field).locator(".iso-day")).to_have_text("2026-12-01")
    field.fill("")
    expect(page.locator(".filter", has=field).locator(".iso-day")).to_be_empty()
