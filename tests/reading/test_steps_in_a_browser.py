"""The screen of each presentation in Chromium: what is beside what, what is locked, where signing leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Read, ReadStatus, ReadStep, SignedValues
from tests.capture.acting import press, said, sign_in, wait_ready, wait_saved
from tests.chromium import Windows
from tests.reading.builders import PASSWORD, build_reading_trial, fill_read, open_campaign_of
from tests.viewer.films import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Begin = Callable[[str], Page]


@pytest.fixture
def begin(windows: Windows, live_server: LiveServer) -> Iterator[Begin]:
    """Issues one case of two visits in a presentation and signs its reader in, at the worklist."""
    faults: list[str] = []
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))

        def begun(presentation: str) -> Page:
            built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
            campaign = open_campaign_of(built_trial, presentation=presentation, bulk_zero=True)
            readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
            coordinator = built_trial.actor("coordinator")
            request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
            run_due_jobs()
            sign_in(page, "reader@two.example", PASSWORD)
            page.goto("/read/")
            return page

        yield begun
    assert faults == []


def letters(page: Page) -> list[str]:
    return [found.inner_text() for found in page.query_selector_all(".pane .letter")]


def score_rest(page: Page) -> None:
    """The empty cells of the step before the reader are scored as normal, as from another tab."""
    step = next(step for step in own_steps() if step.opened_at and not step.locked_at)
    fill_read(step.read, step=step)
    page.reload()
    wait_ready(page)


def sign(page: Page) -> None:
    page.keyboard.press("Control+Enter")
    wait_until(page, "document.querySelector('#room').dataset.page === 'review'")
    page.fill("form.sign [name=password]", PASSWORD)
    page.click("[data-sign]")


def own_steps() -> list[ReadStep]:
    steps = ReadStep.objects.filter(read__reader__email="reader@two.example").select_related("read__reader")
    return list(steps.order_by("read", "position"))


def test_visit_by_visit_the_signed_one_stays_beside_the_next_and_takes_nothing(begin: Begin) -> None:
    page = begin("locked-visits")
    page.click("text=Read the next case")
    wait_ready(page)
    assert letters(page) == ["A"]
    press(page, "3")
    wait_saved(page)
    score_rest(page)
    sign(page)
    wait_until(page, "document.querySelectorAll('.pane').length === 2")
    wait_ready(page)
    assert letters(page) == ["A", "B"]
    signed = page.query_selector_all(".pane.locked .letter")
    assert [found.inner_text() for found in signed] == ["A"]
    assert page.inner_text("td.locked >> nth=0") == "3"
    page.click("td.locked >> nth=0")
    press(page, "5")
    wait_saved(page)
    assert page.inner_text("td.locked >> nth=0") == "3"
    assert page.inner_text("td:not(.locked) >> nth=0") == "5"
    score_rest(page)
    sign(page)
    wait_until(page, "document.querySelector('#room').dataset.page === 'signed'")
    assert "No case is waiting for you." in page.inner_text(".review")
    assert Read.objects.get(reader__email="reader@two.example").status == ReadStatus.SIGNED


def test_one_timepoint_at_a_time_is_an_entry_of_the_worklist_of_its_own(begin: Begin) -> None:
    page = begin("single")
    assert len(page.query_selector_all("tbody tr")) == 2
    page.click("text=Read the next case")
    wait_ready(page)
    assert letters(page) == ["A"]
    assert "a single timepoint" in page.inner_text(".bar")
    (second,) = [step for step in own_steps() if not step.opened_at]
    score_rest(page)
    sign(page)
    page.click("text=Read the next timepoint")
    wait_until(page, f"location.pathname === '/read/{second.token}/'")
    wait_ready(page)
    assert letters(page) == ["A"]
    assert SignedValues.objects.count() == 1


@pytest.mark.full
def test_alone_and_then_together_begins_the_last_step_empty(begin: Begin) -> None:
    page = begin("alone-then-together")
    page.click("text=Read the next case")
    for _ in range(2):
        wait_ready(page)
        assert letters(page) == ["A"]
        score_rest(page)
        before = SignedValues.objects.count()
        sign(page)
        wait_until(page, "document.querySelector('#room').dataset.page === 'screen'")
        assert SignedValues.objects.count() == before + 1
    wait_ready(page)
    assert letters(page) == ["A", "B"]
    assert page.query_selector_all("td.filled") == []
    assert "the order is random" in page.inner_text(".bar")
    assert said(page) == ""


@pytest.mark.full
def test_together_in_known_order_says_so(begin: Begin) -> None:
    page = begin("together-ordered")
    page.click("text=Read the next case")
    wait_ready(page)
    assert letters(page) == ["A", "B"]
    assert "in chronological order, A is the first" in page.inner_text(".bar")
