"""Each entry of a worklist has one number: the same on every page, new for every read, found by the coordinator."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from config.tokens import new_token
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.assignments import request_batch
from reading.issuing.numbers import FIRST, MANY, draw_numbers
from reading.models import Campaign, Read, ReadStep
from scoring.datasets.building import request_dataset
from scoring.models import Dataset
from tests.reading.builders import BuiltTrial, begun, build_reading_trial, fill_read, open_campaign_of, sign
from tests.scoring.packages import package_bytes

pytestmark = pytest.mark.django_db
READS = "/trials/TWO/campaigns/C1/reads/"


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def issued(**terms: object) -> tuple[BuiltTrial, Campaign]:
    built_trial = build_reading_trial(subjects=2, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=9
    )
    run_due_jobs()
    return built_trial, campaign


def found(built_trial: BuiltTrial, typed: str) -> list[str]:
    """The reads that the coordinator's search shows, by the numbers in the list."""
    text = b"".join(browser(built_trial, "coordinator").get(READS, {"q": typed, "format": "csv"})).decode()
    return [line[1] for line in list(csv.reader(io.StringIO(text)))[1:]]


def test_worklist_screen_and_signature_name_a_case_by_one_number_and_no_dataset_has_it() -> None:
    built_trial, campaign = issued()
    numbers = list(Read.objects.values_list("number", flat=True))
    assert len(set(numbers)) == 4
    reader, own = browser(built_trial, "reader"), Read.objects.filter(reader=built_trial.people["reader"])[0]
    name = f"Case {own.number}"
    assert name in reader.get("/read/").content.decode()
    assert name in reader.get(f"/read/{own.token}/decline").content.decode().replace("case", "Case")
    assert f"<h1>{name}</h1>" in begun(reader, f"/read/{own.token}/").content.decode()
    for read in Read.objects.all():
        fill_read(read)
    assert f"Review of case {own.number}" in reader.get(f"/read/{own.token}/review").content.decode()
    for read in Read.objects.all():
        sign(read)
    assert f"{name} signed" in reader.get(f"/read/{own.token}/signed").content.decode()
    assert name in reader.get("/read/past/").content.decode()
    spoken = f"{str(own.number)[:3]} {str(own.number)[3:]}"
    assert [found(built_trial, typed) for typed in (str(own.number), f" {spoken} ")] == [[str(own.number)]] * 2
    assert found(built_trial, "99") == []
    run_due_jobs()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    assert numbers_in(package_bytes(Dataset.objects.get())) & set(numbers) == set()


def numbers_in(package: bytes) -> set[int]:
    """Every whole number of six digits in the files of a package."""
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        texts = [archive.read(name).decode("utf-8", "replace") for name in archive.namelist()]
    return {int(digits) for text in texts for digits in re.findall(r"(?<![\w.])\d{6}(?![\w.])", text)}


def test_mixed_timepoints_have_a_number_each_and_any_of_them_finds_the_read() -> None:
    built_trial, _ = issued(presentation="single")
    numbers = set(ReadStep.objects.values_list("number", flat=True))
    assert len(numbers) == 8
    assert set(Read.objects.values_list("number", flat=True)) == {None}
    page = browser(built_trial, "reader").get("/read/").content.decode()
    own = ReadStep.objects.filter(read__reader=built_trial.people["reader"])
    assert all(f"Timepoint {step.number}" in page for step in own)
    for step in own.select_related("read")[:2]:
        (line,) = found(built_trial, str(step.number))
        assert str(step.number) in line


def test_the_page_of_campaigns_leads_from_a_number_to_the_read_of_its_trial() -> None:
    built_trial, _ = issued()
    elsewhere = build_reading_trial(subjects=1, visits=("W00", "W24"), code="ELSE")
    client, read = browser(built_trial, "coordinator"), Read.objects.order_by("pk")[0]
    assert read.number is not None
    spoken = f"{str(read.number)[:3]} {str(read.number)[3:]}"
    page = client.get("/trials/TWO/campaigns/", {"number": spoken}, follow=True)
    assert page.redirect_chain[0][0].startswith(READS)
    assert [row.object.pk for row in page.context["listing"].rows] == [read.pk]
    for who, code, typed in (
        (built_trial, "TWO", "99"),
        (elsewhere, "ELSE", str(read.number)),
        (built_trial, "TWO", "x"),
    ):
        answer = browser(who, "coordinator").get(f"/trials/{code}/campaigns/", {"number": typed})
        assert "No read of this trial has this number." in answer.content.decode()


def test_a_number_follows_neither_the_order_of_drawing_nor_the_others_and_is_given_once() -> None:
    tokens = [new_token() for _ in range(2000)]
    drawn = draw_numbers(tokens)
    assert len(set(drawn.values())) == 2000
    assert all(FIRST <= number < FIRST + MANY for number in drawn.values())
    alone = [token for token in tokens[:20] if draw_numbers([token]) != {token: drawn[token]}]
    assert len(alone) <= 2, "a number depends on its token alone, but for the few that were taken"
    assert 850 <= sum(number < FIRST + MANY // 2 for number in drawn.values()) <= 1150


def test_a_number_that_another_entry_has_is_drawn_again() -> None:
    issued()
    token, read = new_token(), Read.objects.all()[0]
    (first,) = draw_numbers([token]).values()
    Read.objects.filter(pk=read.pk).update(number=first)
    (second,) = draw_numbers([token]).values()
    ReadStep.objects.filter(read=read).update(number=second)
    (third,) = draw_numbers([token]).values()
    assert len({first, second, third}) == 3
