"""A worklist longer than a page says so and pages; every case is reached once."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Read
from reading.views import worklist
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of

pytestmark = pytest.mark.django_db
CASE = re.compile(r'<a href="/read/([^/"]+)/">Case (\d+)</a>')


@pytest.fixture
def built_trial(monkeypatch: pytest.MonkeyPatch) -> BuiltTrial:
    """Five cases issued to a reader whose page has two."""
    monkeypatch.setattr(worklist, "READS_A_PAGE", 2)
    built_trial = build_reading_trial(subjects=5, visits=("W00", "W24"))
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=open_campaign_of(built_trial),
        actor=built_trial.actor("coordinator"),
        name="one",
        due_on=None,
        readers=readers,
        size=99,
    )
    run_due_jobs()
    return built_trial


def test_a_long_worklist_says_how_much_it_shows_and_leads_to_the_rest(built_trial: BuiltTrial, client: Client) -> None:
    reader = built_trial.people["reader"]
    client.force_login(reader, backend=BACKEND)
    pages = [client.get(f"/read/?page={number}").content.decode() for number in (1, 2, 3)]
    found = [CASE.findall(page) for page in pages]
    entries = [entry for page in found for entry in page]
    tokens = [token for token, _ in entries]
    stored = Read.objects.filter(reader=reader).order_by("token")
    assert sorted(entries) == [(token, str(number)) for token, number in stored.values_list("token", "number")]
    assert "3 to 4 of 5" in pages[1]
    assert "Page 2 of 3" in pages[1]
    assert ('href="?page=2"' in pages[0], 'href="?page=2"' in pages[2]) == (True, True)
    first = f'<a class="button primary" href="/read/{tokens[0]}/">'
    assert all(first in page for page in pages), "the next case is that of the first page"


def test_a_short_worklist_has_no_pages(
    built_trial: BuiltTrial, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "READS_A_PAGE", 50)
    client.force_login(built_trial.people["reader"], backend=BACKEND)
    assert "Pages of your cases" not in client.get("/read/").content.decode()
