"""Every kind of page that a person can come to by links, in Chromium, while a campaign is under way and after its lock:
axe finds nothing serious, the strict policy refuses nothing, no script fails."""

from __future__ import annotations

import re
from collections import deque
from html import unescape
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from studies.questions.threads import ask
from tests.cast import make_user
from tests.permissions import TABLE
from tests.reading.builders import BuiltTrial, build_house, open_campaign_of
from tests.routes import address, every_route
from tests.scoring.unsealing_cast import make_opening

pytestmark = [pytest.mark.full, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GIVEN = {"code": "TWO", "slug": "C1", "version": 1}
SERIOUS = ("serious", "critical")
TRIAL_ROLES = [role.value for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM)]
LINK = re.compile(r'href="(/[^"#]*)')


@pytest.fixture(params=["under way", "locked"])
def house(request: pytest.FixtureRequest, tmp_path: Path) -> BuiltTrial:
    """A trial with an administrator, a question to a site, and a campaign."""
    if request.param == "locked":
        house = make_opening(tmp_path, read=True).house
    else:
        house = build_house(subjects=2, visits=("W00", "W24"))
        campaign, coordinator = open_campaign_of(house), house.actor("coordinator")
        readers = [house.people["reader"], house.people["reader.two"]]
        request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
        run_due_jobs()
    house.people["administrator"] = make_user("administrator@two.example", "administrator", is_administrator=True)
    ask(trial=house.trial, text="Which side is it?", actor=house.actor("coordinator"), subject=house.subjects[0])
    return house


def browser_of(house: BuiltTrial, who: str) -> Client:
    """The browser of a person, signed in; of nobody for "anonymous"."""
    client = Client()
    if who != "anonymous":
        client.force_login(house.people[who], backend=BACKEND)
    return client


def begun_with(who: str) -> list[str]:
    """The addresses of routes that open for the person and need only the trial, the campaign or the charter."""
    routes = every_route()
    open_to_him = [
        name for name, row in TABLE.items() if row.method == "get" and (who in row.answers or row.expected(who) == 200)
    ]
    needed = {name: set(getattr(routes[name].pattern, "converters", {})) for name in open_to_him}
    return [address(name, routes[name], GIVEN) for name in open_to_him if needed[name] <= set(GIVEN)]


def pages_of(house: BuiltTrial, who: str) -> dict[str, str]:
    """By route, the first page of each kind that links lead to, with its address."""
    client, pages = browser_of(house, who), dict[str, str]()
    ahead = deque(begun_with(who))
    seen = set(ahead)
    while ahead:
        path = ahead.popleft()
        route = route_of(path)
        if route is None or route in pages:
            continue
        answer = client.get(path)
        if answer.status_code != 200 or answer.streaming or not answer["Content-Type"].startswith("text/html"):
            continue
        pages[route] = path
        found = [unescape(link) for link in LINK.findall(answer.text)]
        ahead += [link for link in found if link not in seen]
        seen.update(found)
    return pages


def route_of(path: str) -> str | None:
    """The name of an address's route; None for files and what is not there."""
    try:
        return resolve(path.partition("?")[0]).view_name
    except Resolver404:
        return None


def signed_in(chromium: Browser, live_server: LiveServer, house: BuiltTrial, who: str, *, bare: bool) -> BrowserContext:
    """Axe brings styles of its own, which the strict policy would refuse: it looks in a context without the policy."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=bare)
    for name, cookie in browser_of(house, who).cookies.items():
        context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url}])
    return context


def is_page(page: Page, url: str) -> bool:
    """Whether there is a page at the address."""
    answer = page.goto(url)
    return answer is not None and answer.status == 200 and "text/html" in answer.headers.get("content-type", "")


def serious_faults(page: Page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found if one["impact"] in SERIOUS]


@pytest.mark.parametrize("who", [*TRIAL_ROLES, "administrator", "anonymous"])
def test_no_page_of_a_person_has_a_serious_fault(
    chromium: Browser, live_server: LiveServer, house: BuiltTrial, who: str
) -> None:
    complaints: list[str] = []
    context, bare = (signed_in(chromium, live_server, house, who, bare=bare) for bare in (False, True))
    page, looked_at = context.new_page(), bare.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    urls = {name: live_server.url + path for name, path in pages_of(house, who).items()}
    not_opened = [name for name, url in urls.items() if not is_page(page, url)]
    page.goto("about:blank")
    faults = {name: serious_faults(looked_at) for name, url in urls.items() if is_page(looked_at, url)}
    context.close()
    bare.close()
    assert urls
    assert not_opened == []
    assert complaints == []
    assert {name: found for name, found in faults.items() if found} == {}
