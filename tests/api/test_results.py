"""Campaigns, datasets, locks, transfers and the audit trail as programs read them: no score before the lock."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.sign_in import BACKEND
from audit.models import Event
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.models import Campaign
from scoring.datasets.building import request_dataset
from scoring.models import Dataset, DatasetStatus, DataTransfer
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.cuts import Cut
from scoring.transfers.receipts import receive
from tests.api.programs import program_of
from tests.api.test_plan import assert_problem
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    """A campaign in which every read is signed."""
    found = build_reading_trial(subjects=2, visits=("W00", "W52"))
    read_all(found, open_campaign_of(found, concordant_share=0.0))
    return found


def test_a_campaign_is_followed_without_a_score(built_trial: BuiltTrial) -> None:
    program = program_of(built_trial.trial, "coordinator")
    (found,) = program.every("trials/TWO/campaigns")
    assert (found["code"], found["status"], found["training"]) == ("C1", "open", False)
    progress = program.get("trials/TWO/campaigns/C1").json()
    assert progress["campaign"] == found
    assert (progress["cases"], progress["reads"], progress["signed"]) == (2, 4, 4)
    assert_problem(program.get("trials/TWO/campaigns/none"), 404)


def test_a_dataset_is_sent_only_once_it_is_locked_and_the_download_is_recorded(built_trial: BuiltTrial) -> None:
    program, campaign = program_of(built_trial.trial, "statistician"), built_trial.trial.campaigns.get()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    campaign.refresh_from_db()
    request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    (built,) = program.every("trials/TWO/datasets")
    assert built["status"] == "built"
    refused = program.get(f"trials/TWO/datasets/{built['id']}/zip")
    assert_problem(refused, 409)
    assert "only once it is locked" in refused.json()["detail"]
    assert not Event.objects.filter(action="scoring.dataset.downloaded").exists()


def test_a_locked_dataset_is_downloaded_as_the_page_sends_it(built_trial: BuiltTrial) -> None:
    program = program_of(built_trial.trial, "statistician")
    lock_it(built_trial, built_trial.trial.campaigns.get())
    (lock,) = program.every("trials/TWO/locks", campaign="C1")
    answer = program.get(f"trials/TWO/datasets/{lock['dataset']}/zip")
    content = b"".join(answer.streaming_content)
    assert (answer["Content-Type"], int(answer["Content-Length"])) == ("application/zip", len(content))
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    assert lock["state"] == "in force"
    (event,) = Event.objects.filter(action="scoring.dataset.downloaded")
    assert event.actor_label == "statistician (token statistician program)"
    assert_problem(program_of(built_trial.trial, "coordinator").get(f"trials/TWO/datasets/{lock['dataset']}/zip"), 403)


def test_transfers_are_listed_with_their_root_and_receipt_and_never_sent(built_trial: BuiltTrial) -> None:
    program, campaign = program_of(built_trial.trial, "statistician"), built_trial.trial.campaigns.get()
    lock_it(built_trial, campaign)
    statistician = built_trial.people["statistician"]
    acts: dict[str, Any] = {"actor": built_trial.actor("statistician"), "user": statistician}
    for purpose in ("test", "final"):
        wanted = WantedTransfer(purpose=purpose, recipient=statistician, cut=Cut())
        ask_for_transfer(campaign=Campaign.objects.get(pk=campaign.pk), wanted=wanted, **acts)
    run_due_jobs()
    final = DataTransfer.objects.get(purpose="final")
    receive(transfer=final, root=final.root, password=PASSWORD, **acts)
    test, last = program.every("trials/TWO/transfers", campaign="C1")
    assert (test["purpose"], test["status"], test["lock"], test["received_at"]) == ("test", "ready", None, None)
    assert (last["purpose"], last["root"], last["lock"]) == ("final", Dataset.objects.get().root, 1)
    assert last["received_at"]
    assert_problem(program.get(f"trials/TWO/transfers/{final.pk}/zip"), 404)


def test_an_auditor_reads_the_whole_trail_as_the_export_of_the_page_has_it(built_trial: BuiltTrial) -> None:
    program = program_of(built_trial.trial, "auditor")
    client = Client()
    client.force_login(built_trial.people["auditor"], backend=BACKEND)
    answer: Any = client.get("/trials/TWO/audit/trial/export.json")
    exported = {(one["stream"], one["seq"]): one for one in json.loads(b"".join(answer.streaming_content))}
    sent = {(one["stream"], one["seq"]): one for one in program.every("trials/TWO/audit-events")}
    assert sent.keys() == exported.keys()
    assert len(sent) > 20
    for key, event in sent.items():
        assert event["mac_key"] == exported[key].pop("mac key")
        assert {name: event[name] for name in exported[key]} == json.loads(json.dumps(exported[key]))
    made = program.every("trials/TWO/audit-events", action="api.token.made")
    assert [one["subject"] for one in made] == [["api.accesstoken", str(program.token.pk)]]


@pytest.mark.parametrize(
    ("path", "role"), [("campaigns", "lead"), ("datasets", "statistician"), ("audit-events", "auditor")]
)
def test_these_lists_ask_the_database_the_same_number_of_times_whatever_their_size(path: str, role: str) -> None:
    built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
    campaign, program = open_campaign_of(built_trial), program_of(built_trial.trial, role)

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            Campaign.objects.create(trial=built_trial.trial, charter=campaign.charter, code=f"D{number}", title="Draft")
            Dataset.objects.create(campaign=campaign, number=number, status=DatasetStatus.DISCARDED)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert program.get(f"trials/TWO/{path}", limit=500).status_code == 200
        return len(queries)

    fill(1, 13)
    asked()
    few = asked()
    fill(13, 301)
    assert asked() == few
