"""Every page that a role may open, with a campaign under way, in Chromium: axe finds nothing serious, the strict policy
refuses nothing, no script fails."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.assignments import request_batch
from tests.permissions import TABLE
from tests.reading.builders import House, build_house, open_campaign_of
from tests.routes import address, every_route

pytestmark = [pytest.mark.full, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GIVEN = {"code": "TWO", "slug": "C1", "version": 1}
SERIOUS = ("serious", "critical")


@pytest.fixture
def house() -> House:
    house = build_house(subjects=2, visits=("W00", "W24"))
    campaign = open_campaign_of(house)
    readers = [house.people["reader"], house.people["reader.two"]]
    request_batch(campaign=campaign, actor=house.actor("coordinator"), name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    return house


def pages_of(who: str) -> Iterator[tuple[str, str]]:
    """The routes that name the role and need nothing but the trial, the campaign or the charter, with addresses."""
    routes = every_route()
    for name, row in TABLE.items():
        needed = getattr(routes[name].pattern, "converters", {})
        if row.method == "get" and who in row.answers and set(needed) <= set(GIVEN):
            yield name, address(name, routes[name], GIVEN)


def signed_in(chromium: Browser, live_server: LiveServer, house: House, who: str, *, bare: bool) -> BrowserContext:
    """Axe brings styles of its own, which the strict policy would refuse: it looks in a context without the policy."""
    client = Client()
    client.force_login(house.people[who], backend=BACKEND)
    name = settings.SESSION_COOKIE_NAME
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=bare)
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    return context


def is_page(page: Page, url: str) -> bool:
    """Whether there is a page at the address."""
    answer = page.goto(url)
    return answer is not None and answer.status == 200 and "text/html" in answer.headers.get("content-type", "")


def serious_faults(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("who", ["coordinator", "checker", "site", "reader", "lead", "statistician", "sponsor"])
def test_no_page_of_a_role_has_a_serious_fault(
    chromium: Browser, live_server: LiveServer, house: House, who: str
) -> None:
    complaints: list[str] = []
    context, bare = (signed_in(chromium, live_server, house, who, bare=bare) for bare in (False, True))
    page, looked_at = context.new_page(), bare.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    urls = {name: live_server.url + path for name, path in pages_of(who)}
    there = {name: url for name, url in urls.items() if is_page(page, url)}
    page.goto("about:blank")
    faults = {name: serious_faults(looked_at) for name, url in there.items() if is_page(looked_at, url)}
    context.close()
    bare.close()
    assert there
    assert complaints == []
    assert {name: found for name, found in faults.items() if found} == {}
