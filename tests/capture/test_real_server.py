"""The same page before the product's own views: what was typed is what the database has, and what is signed."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts import second_factor
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import ItemNote, ItemScore, Read, ReadStatus
from studies.models import ReaderImage
from tests.accounts.test_second_factor import code_of
from tests.capture.acting import (
    asked,
    fill_row,
    kill_renderer,
    on_disk,
    press,
    said,
    shown,
    sign_in,
    status,
    wait_on_disk,
    wait_ready,
    wait_saved,
)
from tests.chromium import Windows
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, fill_read, open_campaign_of, sign
from tests.viewer.films import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def built_trial() -> BuiltTrial:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, bulk_zero=True)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    return built_trial


@pytest.fixture
def reads(built_trial: BuiltTrial) -> list[Read]:
    return list(Read.objects.filter(reader=built_trial.people["reader"]).order_by("queue_position"))


@pytest.fixture
def reader(windows: Windows, live_server: LiveServer, reads: list[Read]) -> Iterator[Page]:
    """The first reader, signed in, before his first case."""
    faults: list[str] = []
    with windows.lend(width=1100, height=700, base_url=live_server.url) as page:
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda line: faults.append(line.text) if "Content Security Policy" in line.text else None)
        sign_in(page, "reader@two.example", PASSWORD)
        page.goto(f"/read/{reads[0].token}/")
        wait_ready(page)
        yield page
    assert faults == []


def sign_in_over(page: Page, who: str) -> None:
    page.fill(".sign-in [name=email]", f"{who}@two.example")
    page.fill(".sign-in [name=password]", PASSWORD)
    page.click(".sign-in button[type=submit]")


def end_session_while_entering(page: Page, *keys: str) -> None:
    """The keys are pressed before any answer can open the sign-in over the page."""
    page.context.set_offline(True)
    press(page, *keys)
    Session.objects.all().delete()
    page.context.set_offline(False)
    wait_until(page, "document.querySelector('.sign-in').open")


def test_a_read_is_scored_reviewed_and_signed_and_the_next_one_comes(reader: Page, reads: list[Read]) -> None:
    press(reader, "3", "4", "f", "n", "2")
    for _ in range(30):
        wait_ready(reader)
        fill_row(reader)
    press(reader, "1", "1")
    wait_saved(reader)
    assert "64 of 64 saved" in status(reader)
    scores = ItemScore.objects.filter(timepoint__step__read=reads[0])
    assert scores.count() == 64
    assert sorted(scores.filter(entry="key").values_list("value", "reason"), key=str) == [
        (1, ""),
        (1, ""),
        (3, ""),
        (4, ""),
        (None, "SURGERY"),
    ]
    assert ItemNote.objects.get().flag
    reader.keyboard.press("Control+Enter")
    wait_until(reader, "document.querySelector('#room').dataset.page === 'review'")
    assert "surgery" in reader.inner_text(".review")
    reader.fill("form.sign [name=password]", PASSWORD)
    reader.click("[data-sign]")
    wait_until(reader, "document.activeElement.textContent.trim() === 'Read the next case'")
    assert Read.objects.get(pk=reads[1].pk).status == ReadStatus.ISSUED, "offered, not opened"
    sent: list[str] = []
    reader.on("request", lambda request: sent.append(f"{request.method} {urlsplit(request.url).path}"))
    reader.keyboard.press("Enter")
    wait_until(reader, f"location.pathname === '/read/{reads[1].token}/'")
    wait_ready(reader)
    own = [one for one in sent if one.endswith(f"/read/{reads[1].token}/")]
    assert own == [f"POST /read/{reads[1].token}/"], "one request begins and fetches it"
    press(reader, "2")
    wait_saved(reader)
    reads[0].refresh_from_db()
    assert reads[0].status == ReadStatus.SIGNED
    assert ItemScore.objects.filter(timepoint__step__read=reads[1]).get().value == 2


def test_after_the_session_ended_the_next_case_begins_once_the_reader_signed_in_again(
    reader: Page, reads: list[Read]
) -> None:
    fill_read(reads[0])
    sign(reads[0])
    reader.goto(f"/read/{reads[0].token}/signed")
    wait_until(reader, "document.activeElement.textContent.trim() === 'Read the next case'")
    Session.objects.all().delete()
    reader.keyboard.press("Enter")
    wait_until(reader, "document.querySelector('.sign-in').open")
    sign_in_over(reader, "reader")
    wait_until(reader, f"location.pathname === '/read/{reads[1].token}/'")
    wait_ready(reader)
    assert Read.objects.get(pk=reads[1].pk).status == ReadStatus.OPENED


def test_an_ended_session_costs_nothing_but_the_password(reader: Page, reads: list[Read]) -> None:
    end_session_while_entering(reader, "3", "4")
    sign_in_over(reader, "reader")
    wait_saved(reader)
    press(reader, "5")
    wait_saved(reader)
    values = ItemScore.objects.filter(timepoint__step__read=reads[0]).order_by("pk").values_list("value", flat=True)
    assert list(values) == [3, 4, 5]


def test_another_reader_cannot_go_on_with_it(reader: Page, reads: list[Read]) -> None:
    end_session_while_entering(reader, "3")
    sign_in_over(reader, "reader.two")
    wait_until(reader, "document.querySelector('.sign-in .refusal').textContent.startsWith('Another account')")
    assert not ItemScore.objects.filter(timepoint__step__read=reads[0]).exists()


def test_the_right_reader_can_still_go_on_after_another_tried(reader: Page, reads: list[Read]) -> None:
    end_session_while_entering(reader, "3")
    sign_in_over(reader, "reader.two")
    wait_until(reader, "document.querySelector('.sign-in .refusal').textContent.startsWith('Another account')")
    sign_in_over(reader, "reader")
    wait_saved(reader)
    assert ItemScore.objects.get(timepoint__step__read=reads[0]).value == 3


def test_a_code_is_asked_for_alone_and_the_password_is_sent_once(
    reader: Page, reads: list[Read], built_trial: BuiltTrial
) -> None:
    secret = second_factor.new_secret()
    second_factor.add_second_factor(user=built_trial.people["reader"], secret=secret, code=code_of(secret))
    sent: list[str] = []
    reader.on("request", lambda request: sent.append(request.post_data or "") if "/over/" in request.url else None)
    end_session_while_entering(reader, "3")
    sign_in_over(reader, "reader")
    for code in ("000000", code_of(secret, 1)):
        wait_until(reader, "document.querySelector('.sign-in .refusal').textContent !== ''")
        assert not reader.is_visible(".sign-in [name=password]")
        reader.fill(".sign-in [name=code]", code)
        reader.eval_on_selector(".sign-in button[type=submit]", "button => { button.click(); button.click(); }")
    wait_saved(reader)
    assert ItemScore.objects.get(timepoint__step__read=reads[0]).value == 3
    assert sum("password" in body for body in sent) == 1
    assert sum("proof" in body for body in sent) == 2


def test_the_worklist_sends_what_a_killed_page_has_left_behind(reader: Page, reads: list[Read]) -> None:
    context = reader.context
    context.set_offline(True)
    press(reader, "3", "4")
    wait_on_disk(reader, 2)
    kill_renderer(reader)
    context.set_offline(False)
    page = context.new_page()
    page.goto("/read/")
    wait_until(page, "document.querySelector('[data-left-behind]').textContent.endsWith('are saved.')")
    values = ItemScore.objects.filter(timepoint__step__read=reads[0]).order_by("pk").values_list("value", flat=True)
    assert list(values) == [3, 4]
    assert on_disk(page) == []


def test_a_value_saved_elsewhere_meanwhile_is_asked_about(reader: Page, reads: list[Read]) -> None:
    item, _ = asked(reader)
    timepoint = reads[0].steps.get().timepoints.order_by("position").first()
    press(reader, "1", "ArrowLeft")
    wait_saved(reader)
    first = ItemScore.objects.get()
    first.pk, first.revision, first.value, first.op_id = None, 2, 5, new_token()
    first.save()
    press(reader, "2")
    wait_until(reader, "!document.querySelector('.conflicts').hidden")
    reader.click(".conflicts button:has-text('Keep mine: 2')")
    wait_saved(reader)
    assert shown(reader, item) == "2"
    values = (
        ItemScore.objects.filter(timepoint=timepoint, item=item).order_by("revision").values_list("value", flat=True)
    )
    assert list(values) == [1, 5, 2]


def test_a_signed_read_takes_nothing_more(reader: Page, reads: list[Read]) -> None:
    Read.objects.filter(pk=reads[0].pk).update(status=ReadStatus.SIGNED)
    press(reader, "3")
    wait_until(reader, "document.querySelector('.status').dataset.state === 'stuck'")
    press(reader, "4")
    assert "signed" in said(reader)
    assert not ItemScore.objects.exists()


def test_films_are_private_and_not_distinguished_by_headers(reader: Page, reads: list[Read]) -> None:
    film = reader.evaluate("JSON.parse(document.querySelector('#case').textContent).panes[0].films[0]")
    answer = reader.request.get(film["bands_url"].replace("{level}", "full").replace("{band}", "0"))
    assert answer.ok
    assert answer.headers["cache-control"] == "private, no-store"
    assert not {"etag", "last-modified", "content-disposition", "content-encoding"} & set(answer.headers)
    assert not any(image.key in reader.content() for image in ReaderImage.objects.all())
