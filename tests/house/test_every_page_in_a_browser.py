"""Every kind of page that a person can come to by links, in Chromium, while a campaign is under way and after its lock:
axe finds nothing serious, the strict policy refuses nothing, no script fails, no table is wider than its frame."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign
from studies.questions.threads import ask
from tests.cast import make_user
from tests.pages import begun_with, found_by_links
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.scoring.agreement_figures import compute_figures
from tests.scoring.unsealing_cast import make_opening

pytestmark = [pytest.mark.full, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
GIVEN = {"code": "TWO", "slug": "C1", "version": 1}
SERIOUS = ("serious", "critical")
TRIAL_ROLES = [role.value for role in Role if role not in (Role.ADMINISTRATOR, Role.SYSTEM)]


@pytest.fixture(params=["under way", "locked"])
def built_trial(request: pytest.FixtureRequest, tmp_path: Path) -> BuiltTrial:
    """A trial with an administrator, a question to a site, and a campaign."""
    if request.param == "locked":
        built_trial = make_opening(tmp_path, read=True).built_trial
        compute_figures(Campaign.objects.get())
    else:
        built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
        campaign, coordinator = open_campaign_of(built_trial), built_trial.actor("coordinator")
        readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
        request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
        run_due_jobs()
    built_trial.people["administrator"] = make_user("administrator@two.example", "administrator", is_administrator=True)
    ask(
        trial=built_trial.trial,
        text="Which side is it?",
        actor=built_trial.actor("coordinator"),
        subject=built_trial.subjects[0],
    )
    return built_trial


def browser_of(built_trial: BuiltTrial, who: str) -> Client:
    """The browser of a person, signed in; of nobody for "anonymous"."""
    client = Client()
    if who != "anonymous":
        client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def pages_of(built_trial: BuiltTrial, who: str) -> dict[str, str]:
    """By kind, the first page that links lead to, with its address."""
    found = found_by_links(browser_of(built_trial, who), begun_with(who, GIVEN))
    return {kind: reached.path for kind, reached in found.items() if reached.is_page}


def signed_in(
    chromium: Browser, live_server: LiveServer, built_trial: BuiltTrial, who: str, *, bare: bool
) -> BrowserContext:
    """Axe brings styles of its own, which the strict policy would refuse: it looks in a context without the policy."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, bypass_csp=bare)
    for name, cookie in browser_of(built_trial, who).cookies.items():
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


def wide_tables(page: Page) -> list[str]:
    """The captions of tables that have to be scrolled sideways."""
    found: list[str] = page.eval_on_selector_all(
        ".table-frame",
        "frames => frames.filter(frame => frame.scrollWidth > frame.clientWidth + 1)"
        ".map(frame => `${frame.querySelector('caption')?.innerText}: ${frame.scrollWidth} > ${frame.clientWidth}`)",
    )
    return found


@pytest.mark.parametrize("who", [*TRIAL_ROLES, "administrator", "anonymous"])
def test_no_page_of_a_person_has_a_serious_fault(
    chromium: Browser, live_server: LiveServer, built_trial: BuiltTrial, who: str
) -> None:
    complaints: list[str] = []
    context, bare = (signed_in(chromium, live_server, built_trial, who, bare=bare) for bare in (False, True))
    page, looked_at = context.new_page(), bare.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if "Content Security Policy" in line.text else None)
    urls = {name: live_server.url + path for name, path in pages_of(built_trial, who).items()}
    not_opened = [name for name, url in urls.items() if not is_page(page, url)]
    page.goto("about:blank")
    faults = {
        name: wide_tables(looked_at) + serious_faults(looked_at)
        for name, url in urls.items()
        if is_page(looked_at, url)
    }
    context.close()
    bare.close()
    assert urls
    assert not_opened == []
    assert complaints == []
    assert {name: found for name, found in faults.items() if found} == {}
