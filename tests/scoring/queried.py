"""A campaign whose readers are sent queries: both readers signed, and one read has a finding."""

from __future__ import annotations

import re

from django.test import Client

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, Case, CaseStatus, DisplayedTimepoint, QueryBatch, Read, ReadQuery
from reading.room.queries import queried_items
from tests.reading.builders import PASSWORD, BuiltTrial, open_campaign_of, read_through

CHECKS = "/trials/TWO/results/C1/checks/"
QUERIES = "/trials/TWO/campaigns/C1/queries/"
FOUND = "EL-PIP2"
NUMBER = re.compile(r'name="number" value="(\d+)"')


def slip(timepoint: DisplayedTimepoint, item: Item) -> int:
    """Left PIP 2 is 0 on one timepoint and 4 on the other."""
    return 4 if item.key == FOUND and timepoint.letter == "A" else 0


def browser(built_trial: BuiltTrial, who: str) -> Client:
    client = Client()
    client.force_login(built_trial.people[who], backend=BACKEND)
    return client


def campaign_with_a_slip(built_trial: BuiltTrial, **terms: object) -> Campaign:
    """Every case is signed by both readers; the first read of the first reader has a finding."""
    terms = {"instrument": "svdh", "concordant_share": 0.0, "reader_queries": True, **terms}
    campaign = open_campaign_of(built_trial, **terms)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    for read in Read.objects.filter(case__campaign=campaign).order_by("pk"):
        read_through(read, *([slip] if read.pk == read_with_slip(built_trial).pk else []))
    run_due_jobs()
    return campaign


def read_with_slip(built_trial: BuiltTrial) -> Read:
    """The read with the finding, as it is now."""
    own = Read.objects.filter(reader=built_trial.people["reader"])
    return own.select_related("case__campaign__charter", "case__campaign__trial", "reader").order_by("pk")[0]


def results() -> set[str]:
    """The numbers of the cases that have a result, with their states."""
    return {f"{case.number} {case.status}" for case in Case.objects.exclude(status=CaseStatus.OPEN)}


def mark(built_trial: BuiltTrial, *items: str) -> None:
    """The lead marks items of the read with the finding, on its page."""
    address = f"{CHECKS}{read_with_slip(built_trial).token}/"
    assert browser(built_trial, "lead").post(address, {"items": items}).status_code == 302


def prepare(built_trial: BuiltTrial) -> QueryBatch:
    """The lead prepares a batch."""
    answer = browser(built_trial, "lead").post("/trials/TWO/results/C1/prepare-queries/")
    assert answer.status_code == 302
    return QueryBatch.objects.latest("number")


def release(built_trial: BuiltTrial) -> None:
    """The coordinator releases the batch that waits."""
    client = browser(built_trial, "coordinator")
    shown = NUMBER.search(client.get(QUERIES).content.decode())
    assert shown, "no batch waits"
    answer = client.post(QUERIES, {"number": shown[1], "password": PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    run_due_jobs()


def asked(built_trial: BuiltTrial) -> Read:
    """The read after its finding was marked and the batch released."""
    mark(built_trial, FOUND)
    prepare(built_trial)
    release(built_trial)
    return read_with_slip(built_trial)


def sham_of(read: Read) -> str:
    """The item that was drawn beside the marked one."""
    sham: str
    (sham,) = set(ReadQuery.objects.get(read=read).items) - {FOUND}
    return sham


def keep_all(client: Client, read: Read, reason: str = "looked-again") -> None:
    """The reader keeps every score that the query names."""
    given = {f"keep-{one.key}": reason for one in queried_items(read)}
    assert client.post(f"/read/{read.token}/confirm", given).status_code == 303
