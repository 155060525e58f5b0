"""Times in the zone of the person with the zone named, in UTC on paper; long selects are searched by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from studies.models import Film
from studies.plan.subjects import enrol_all
from studies.plan.visits import plan_visit
from tests.studies.planned import SETTING_UP, Planned, film_of, plan

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
Open = Callable[[str, str, str], Page]


@pytest.fixture
def ra1(transactional_db: None) -> Planned:
    return plan("RA-1")


@pytest.fixture
def open_in(ra1: Planned, chromium: Browser, live_server: Any, settings: Any) -> Iterator[Open]:
    """Opens an address of the trial as somebody whose computer is in a zone."""
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    }
    contexts = []

    def open_it(who: str, path: str, zone: str) -> Page:
        session = ra1.client(who).cookies[settings.SESSION_COOKIE_NAME].value
        context = chromium.new_context(timezone_id=zone, base_url=live_server.url)
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.goto(ra1.url(path))
        return page

    yield open_it
    for context in contexts:
        context.close()


def received_at_noon(ra1: Planned) -> Film:
    film = film_of(ra1.visit())
    Film.objects.filter(pk=film.pk).update(received_at="2026-07-01T12:30:00Z")
    return film


def test_a_time_is_shown_in_the_zone_of_the_person_and_in_utc_on_paper(ra1: Planned, open_in: Open) -> None:
    film = received_at_noon(ra1)
    page = open_in("coordinator", f"films/{film.pk}/", "Asia/Tokyo")
    main = page.locator("main")
    expect(main.get_by_text("2026-07-01 21:30 GMT+9")).to_be_visible()
    expect(main.get_by_text("2026-07-01 12:30 UTC")).to_be_hidden()
    expect(page.locator(".foot")).to_contain_text("Times on the screen are in Asia/Tokyo")
    page.emulate_media(media="print")
    expect(main.get_by_text("2026-07-01 12:30 UTC")).to_be_visible()
    expect(main.get_by_text("2026-07-01 21:30 GMT+9")).to_be_hidden()
    assert {cookie["name"] for cookie in page.context.cookies()} <= {"session", "csrf"}
    assert "Tokyo" not in page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")


def test_in_utc_a_time_stays_as_it_is_served(ra1: Planned, open_in: Open) -> None:
    film = received_at_noon(ra1)
    page = open_in("coordinator", f"films/{film.pk}/", "UTC")
    expect(page.locator("main").get_by_text("2026-07-01 12:30 UTC")).to_be_visible()
    expect(page.locator(".foot")).to_contain_text("Times are in UTC")


def test_a_site_finds_one_of_many_subjects_by_typing(ra1: Planned, open_in: Open) -> None:
    for number in range(1, 14):
        plan_visit(trial=ra1.trial, code=f"V{number}", label=f"Visit {number}", target_day=number, actor=SETTING_UP)
    enrolled = [(ra1.sites[0], f"01-{number}") for number in range(2, 63)]
    enrol_all(trial=ra1.trial, enrolled=enrolled, actor=SETTING_UP)
    page = open_in("site 01", "site/upload/", "UTC")
    field, select = page.get_by_role("searchbox", name="Search Subject and visit"), page.locator("select[name=visit]")
    assert select.locator("option").count() == 1 + 62 * 15
    field.press_sequentially("01-27 base")
    expect(select.locator("option")).to_have_text(["Choose", "01-27 · Baseline"])
    expect(select).to_have_value(str(ra1.trial.subjects.get(code="01-27").visits.get(code="BL").pk))
    field.fill("01-3")
    expect(page.locator(".find-option-count")).to_contain_text("of 930")
    field.press("Enter")
    expect(select).to_be_focused()
    assert select.locator("option").all_inner_texts()[1] == "01-3 · Baseline"
