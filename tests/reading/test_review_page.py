"""The page on which a reader signs shows every value; after the signature the next case is offered, not opened."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

import instruments
from accounts.models import Signature
from audit.trail import Actor
from config.tokens import new_token
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import DisplayedTimepoint, ItemScore, Read, ReadStatus
from reading.room.cells import instrument_of, timepoints_of
from reading.room.impossible_codes import joint_in_words
from reading.room.notes import save_note
from reading.room.score_grid import codes_on_paper
from tests.capture.acting import sign_in
from tests.chromium import Windows
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, fill_read, open_campaign_of
from tests.reading.test_pages import browser, issued

pytestmark = pytest.mark.django_db
A4 = re.compile(rb"/MediaBox\s*\[0 0 59[45]\.\d* 84[12]\.?\d*\]")
PAGES_AT_MOST = 6
DIGEST = re.compile(r'name="values_digest" value="([0-9a-f]{64})"')


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2, visits=("W00", "W24"))


@pytest.fixture
def own(built_trial: BuiltTrial) -> list[Read]:
    """The two reads of the first reader, in drawn order."""
    issued(built_trial)
    return list(Read.objects.filter(reader=built_trial.people["reader"]).order_by("queue_position"))


def words_of(client: Client, read: Read) -> str:
    """The review as plain text."""
    page = client.get(f"/read/{read.token}/review").content.decode()
    main = re.sub(r"<script.*?</script>", "", page.split("<main", 1)[1], flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def by_place(timepoint: DisplayedTimepoint, item: Item) -> int:
    """Another grade at each timepoint."""
    return 3 if timepoint.letter == "A" else 1


def test_the_sign_page_shows_the_value_of_every_joint_at_every_timepoint_and_no_sum(
    built_trial: BuiltTrial, own: list[Read]
) -> None:
    fill_read(own[0], by_place)
    client = browser(built_trial, "reader")
    words = words_of(client, own[0])
    assert "Left hand Joint A B G G" in words
    rows = [row for part in client.get(f"/read/{own[0].token}/review").context["grid"] for row in part.rows]
    assert [[cell.text for cell in cells] for _, cells in rows] == [["3", "1"]] * 32
    assert all(f"{label} 3 1" in words for label, _ in rows)
    assert "Your signature covers the 64 cells" in words
    assert "96" not in words.split(), "32 joints at 3 and 1 sum up to 96 and 32"
    assert "total" not in words.lower()


def test_the_address_of_a_refused_signature_opens_the_review_again(built_trial: BuiltTrial, own: list[Read]) -> None:
    client, page = browser(built_trial, "reader"), f"/read/{own[0].token}/review"
    fill_read(own[0], by_place)
    assert client.post(f"/read/{own[0].token}/sign", {"password": "wrong"}).status_code in (400, 403, 409)
    assert client.get(f"/read/{own[0].token}/sign")["Location"] == page
    assert DIGEST.search(client.get(page).content.decode())


def test_a_flag_a_reason_and_an_empty_cell_are_seen_where_they_are(built_trial: BuiltTrial, own: list[Read]) -> None:
    client = browser(built_trial, "reader")
    assert words_of(client, own[0]).count("empty") >= 64
    fill_read(own[0])
    step = own[0].steps.get()
    first = timepoints_of(step)[0]
    reader = Actor(own[0].reader_id, "reader", "reader")
    cell = item_of(own[0])
    save_note(
        read=own[0], actor=reader, timepoint_token=first.token, item=cell, flag=True, comment="see again", op_id="note"
    )
    ItemScore.objects.create(
        timepoint=first, item=item_of(own[0]), revision=2, value=None, reason="SURGERY",
        entry="key", op_id=new_token(), captured_at=timezone.now(), saved_at=timezone.now(),
    )  # fmt: skip
    context = client.get(f"/read/{own[0].token}/review").context
    cells = [cell for part in context["grid"] for _, row in part.rows for cell in row]
    assert [cell.text for cell in cells if cell.state == "reason"] == [context["not_assessable"][0]["reason"]]
    assert [cell.state for cell in cells if cell.flag] == ["reason"]
    assert not [cell for cell in cells if cell.state == "empty"]
    assert "see again" in words_of(client, own[0])


def item_of(read: Read) -> str:
    """The first item of the instrument."""
    return ItemScore.objects.filter(timepoint__step__read=read).order_by("pk")[0].item


def prompts(client: Client, read: Read) -> list[object]:
    """Everything the review asks the reader to look at again."""
    context = client.get(f"/read/{read.token}/review").context
    names = ("gaps", "impossible", "not_assessable", "bulk", "flags", "why_not")
    return [context[name] for name in names]


def test_nothing_on_the_sign_page_compares_timepoints(built_trial: BuiltTrial, own: list[Read]) -> None:
    """Surgery between films is legitimate: a joint that improves is prompted like one that stays the same."""
    client = browser(built_trial, "reader")
    fill_read(own[0], by_place)
    fill_read(own[1])
    assert prompts(client, own[0]) == prompts(client, own[1]) == [[], [], [], [], [], ""]


def test_a_grade_that_the_item_does_not_have_is_named_and_cannot_be_signed(
    built_trial: BuiltTrial, own: list[Read]
) -> None:
    client = browser(built_trial, "reader")
    fill_read(own[0])
    score = ItemScore.objects.filter(timepoint__step__read=own[0]).order_by("pk")[0]
    ItemScore.objects.create(
        timepoint=score.timepoint, item=score.item, revision=2, value=77, reason="", entry="key", op_id=new_token(),
        captured_at=timezone.now(), saved_at=timezone.now(),
    )  # fmt: skip
    context = client.get(f"/read/{own[0].token}/review").context
    assert [row["item"] for row in context["impossible"]] == [score.item]
    assert context["why_not"] == "1 cell holds an impossible code."
    assert context["can_sign"] is False


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"value": 77, "reason": ""}, "the score cannot be 77. It is 0, 1, 2, 3, 4 or 5."),
        ({"value": None, "reason": "TIRED"}, "the reason cannot be “TIRED”. It is missing image, surgery"),
    ],
)
def test_an_impossible_code_is_refused_by_the_signature_itself_and_named_with_its_joint(
    built_trial: BuiltTrial, own: list[Read], content: dict[str, object], says: str
) -> None:
    """Whatever page, script or request asks for the signature."""
    fill_read(own[0])
    score = ItemScore.objects.filter(timepoint__step__read=own[0]).select_related("timepoint").order_by("pk")[0]
    ItemScore.objects.bulk_create([again(score, entry="key", **content)])
    item = instrument_of(own[0]).item(score.item)
    client = browser(built_trial, "reader")
    review = client.get(f"/read/{own[0].token}/review")
    form = {"password": PASSWORD, "meaning": "read", "values_digest": review.context["values_digest"]}
    answer = client.post(f"/read/{own[0].token}/sign", form)
    text = unescape(answer.content.decode())
    assert answer.status_code == 409
    assert f"{joint_in_words(item)} at timepoint {score.timepoint.letter}: {says}" in text
    assert not Signature.objects.filter(record_kind="reading.read").exists()


def post_signature(client: Client, read: Read) -> str:
    """Signs by the form, and gives the address it leads to."""
    page = client.get(f"/read/{read.token}/review").content.decode()
    found = DIGEST.search(page)
    assert found
    form = {"password": PASSWORD, "meaning": "read", "values_digest": found[1]}
    first, again = (client.post(f"/read/{read.token}/sign", form) for _ in range(2))
    assert (first.status_code, first["Location"]) == (again.status_code, again["Location"]), "as the first did"
    return str(first["Location"])


def test_after_the_signature_the_next_case_is_offered_and_not_opened(built_trial: BuiltTrial, own: list[Read]) -> None:
    client = browser(built_trial, "reader")
    fill_read(own[0])
    address = post_signature(client, own[0])
    page = client.get(address).content.decode()
    assert "Case signed" in page
    assert f'href="/read/{own[1].token}/"' in page
    assert "Read the next case" in page
    own[1].refresh_from_db()
    assert own[1].status == ReadStatus.ISSUED
    assert own[1].steps.get().opened_at is None
    fill_read(own[1])
    assert "No case is waiting for you." in client.get(post_signature(client, own[1])).content.decode()
    assert Signature.objects.filter(record_kind="reading.read").count() == 2


def test_a_read_that_is_not_signed_has_no_such_page_and_nobody_elses_is_found(
    built_trial: BuiltTrial, own: list[Read]
) -> None:
    client = browser(built_trial, "reader")
    assert client.get(f"/read/{own[0].token}/signed")["Location"] == f"/read/{own[0].token}/"
    other = Read.objects.filter(reader=built_trial.people["reader.two"])[0]
    assert client.get(f"/read/{other.token}/signed").status_code == 404


def again(score: ItemScore, **content: object) -> ItemScore:
    """The cell again, with another content."""
    return ItemScore(
        timepoint_id=score.timepoint_id, item=score.item, revision=2, op_id=new_token(),
        captured_at=timezone.now(), saved_at=timezone.now(), **content,
    )  # fmt: skip


def test_every_reason_has_a_code_of_its_own_on_paper() -> None:
    for instrument in map(instruments.get, instruments.KEYS):
        codes = [code for code, _ in codes_on_paper(instrument)]
        assert len(set(codes)) == len(codes), instrument.key
        assert "r" not in codes, "it marks what was set for a whole row"


@pytest.fixture
def paper(windows: Windows, live_server: LiveServer) -> Iterator[Page]:
    """A reader's window."""
    with windows.lend(width=1366, height=768, base_url=live_server.url) as page:
        yield page
        page.emulate_media(media="null")


def seven_timepoints() -> Read:
    """A filled read, six of its timepoints without any grade and one set row by row."""
    visits = tuple(f"W{week:02d}" for week in range(0, 84, 12))
    built_trial = build_reading_trial(subjects=1, visits=visits)
    campaign = open_campaign_of(built_trial, instrument="svdh", concordant_share=0.0)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.get(reader=built_trial.people["reader"])
    fill_read(read)
    scores = ItemScore.objects.filter(timepoint__step__read=read)
    ItemScore.objects.bulk_create(
        again(score, value=0, entry="bulk")
        if score.timepoint.letter == "A"
        else again(score, value=None, reason="SURGERY", entry="key")
        for score in scores.select_related("timepoint")
    )
    return read


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_review_prints_on_a4_with_every_value_and_without_what_is_pressed(paper: Page, tmp_path: Path) -> None:
    """Seven timepoints of the largest instrument, six without any grade and one set row by row: the most there is."""
    read = seven_timepoints()
    sign_in(paper, "reader@two.example", PASSWORD)
    paper.goto(f"/read/{read.token}/review")
    target = tmp_path / "review.pdf"
    paper.pdf(path=target, prefer_css_page_size=True)
    if kept := os.environ.get("BLINDREAD_KEEP_PDF"):
        Path(kept).write_bytes(target.read_bytes())
    paper.emulate_media(media="print")
    paper.set_viewport_size({"width": 703, "height": 1000})  # the width of A4 between margins of 12 mm
    hidden = "[...document.querySelectorAll('.sign, .back, .status, input, button')].every(e => !e.offsetParent)"
    assert paper.evaluate(hidden)
    cut = (
        "[...document.querySelectorAll('.review *')].filter(e => e.offsetParent && ("
        "e.getBoundingClientRect().right > innerWidth + 1 || e.scrollWidth > e.clientWidth + 1 && e.clientWidth"
        " && getComputedStyle(e).overflow !== 'visible')).map(e => e.outerHTML.slice(0, 80))"
    )
    assert paper.evaluate(cut) == []
    assert paper.locator(".grid-of-values td:visible").count() == paper.locator(".grid-of-values td").count() > 7 * 86
    pages = len(A4.findall(target.read_bytes()))
    assert 1 <= pages <= PAGES_AT_MOST, f"{pages} pages"
    text = paper.locator(".signed-values").inner_text()
    assert "surgery or prosthesis" in text, "the legend"
    assert text.count("surgery or prosthesis") == 1
    in_cell = "getComputedStyle(document.querySelector('[data-code=su]'), '::before').content"
    assert paper.evaluate(in_cell) == '"su"'
