"""Transfers of a lock, and what their recipient does: download, compare the root, sign the receipt."""

from __future__ import annotations

import io
import zipfile
from copy import copy, deepcopy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from accounts.roles import Role
from audit.models import Event
from audit.redaction import shown
from config.errors import WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import create_campaign
from reading.models import Campaign, TrainingSet
from scoring.arms.requests import why_not_open
from scoring.datasets import verifier
from scoring.models import ArmsRequest, Dataset, DataTransfer, Lock, TransferReceipt, TransferStatus
from scoring.transfers.asking import WantedTransfer, ask_for_transfer
from scoring.transfers.building import given_up, of_lock
from scoring.transfers.cuts import Cut
from scoring.transfers.locked import demand_interim
from scoring.transfers.receipts import receive, record_download
from studies.models import ArmsImport
from tests.once_per_file import Once
from tests.reading.builders import PASSWORD, BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import lock_it, read_all
from tests.reading.test_pages import browser
from tests.refused import said
from tests.scoring.packages import package_bytes
from tests.tracking import record_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made_once(once: Once) -> BuiltTrial:
    """A locked campaign of one case."""

    def build() -> BuiltTrial:
        built_trial = build_reading_trial(subjects=1, visits=("W00", "W24"))
        campaign = open_campaign_of(built_trial, concordant_share=0.0, arms_may_be_opened=True)
        read_all(built_trial, campaign)
        lock_it(built_trial, campaign)
        return built_trial

    return once(build)


@pytest.fixture
def built_trial(made_once: BuiltTrial) -> BuiltTrial:
    return deepcopy(made_once)


def asking(built_trial: BuiltTrial, purpose: str, **cut: Any) -> dict[str, Any]:
    """What the statistician asks for, for themself."""
    statistician = built_trial.people["statistician"]
    wanted = WantedTransfer(purpose=purpose, recipient=statistician, cut=Cut(**cut), confirmed=purpose == "interim")
    campaign = Campaign.objects.select_related("trial", "charter").get(code="C1")
    return {"campaign": campaign, "actor": built_trial.actor("statistician"), "user": statistician, "wanted": wanted}


def address(name: str, *more: int) -> str:
    return reverse(f"scoring:{name}", args=["TWO", "C1", *more])


def typed(built_trial: BuiltTrial, **more: str) -> dict[str, Any]:
    return {"purpose": "test", "recipient": built_trial.people["statistician"].pk, "until": "", **more}


def test_a_transfer_is_asked_for_downloaded_and_received_by_its_recipient(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    client = browser(built_trial, "statistician")
    assert client.post(address("transfers"), typed(built_trial, purpose="other")).status_code == 400
    assert client.post(address("transfers"), typed(built_trial)).status_code == 302
    assert (
        "Transfer 1 is still being built. It cannot be received."
        in client.get(address("transfer_zip", 1)).content.decode()
    )
    run_due_jobs()
    page = client.get(address("transfer", 1)).content.decode()
    assert "Test data: subjects and values are scrambled. No row is real." in page
    answer = client.get(address("transfer_zip", 1))
    assert 'filename="TWO-C1-transfer-1-TEST-SCRAMBLED.zip"' in answer["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as archive:
        archive.extractall(tmp_path)
    root = verifier.file_digest(tmp_path / "TWO-C1-transfer-1-TEST-SCRAMBLED" / verifier.MANIFEST)
    refused = client.post(address("transfer", 1), {"root": "0" * 64, "password": PASSWORD})
    assert (refused.status_code, TransferReceipt.objects.count()) == (400, 0)
    assert "is not that of transfer 1. Download it again" in refused.content.decode()
    assert client.post(address("transfer", 1), {"root": root, "password": "wrong"}).status_code == 400
    for _ in range(2):
        assert client.post(address("transfer", 1), {"root": f" {root} ", "password": PASSWORD}).status_code == 302
    receipt = TransferReceipt.objects.get()
    assert receipt.signature.meaning == "I received the transfer with this number and this root"
    assert "I received the transfer with this number" in client.get(address("transfer", 1)).content.decode()
    assert said_by("downloaded") == "statistician downloaded transfer 1 of campaign C1 (test)"
    assert said_by("received") == "statistician received transfer 1 of campaign C1 (test)"
    assert Event.objects.filter(action="scoring.transfer.received").count() == 1


def said_by(verb: str) -> str:
    """The sentence of the newest event of this kind, as a coordinator reads it."""
    return shown(Event.objects.filter(action=f"scoring.transfer.{verb}").latest("pk"), Role.COORDINATOR).sentence


def test_nobody_but_the_recipient_gets_a_transfer_and_only_a_statistician_is_one(built_trial: BuiltTrial) -> None:
    lead = built_trial.people["lead"]
    asked = asking(built_trial, "test")
    to_the_lead = WantedTransfer(purpose="test", recipient=lead)
    assert said(ask_for_transfer, **asked | {"wanted": to_the_lead}) == (
        "The recipient “lead” is not a statistician of trial TWO. Choose one who is."
    )
    transfer = ask_for_transfer(**asked)
    run_due_jobs()
    transfer.refresh_from_db()
    other = {"transfer": transfer, "actor": built_trial.actor("statistician"), "user": lead}
    only = "Transfer 1 is for statistician. Only they can receive it."
    assert said(record_download, **other) == only
    assert said(receive, **other, password=PASSWORD, root=transfer.root) == only


def test_a_final_transfer_is_the_locked_package_and_refers_to_its_lock(built_trial: BuiltTrial, tmp_path: Path) -> None:
    transfer = ask_for_transfer(**asking(built_trial, "final"))
    run_due_jobs()
    transfer.refresh_from_db()
    lock = Lock.objects.select_related("dataset").get()
    assert (transfer.lock, transfer.root, transfer.folder) == (lock, lock.root, lock.dataset.folder)
    answer = browser(built_trial, "statistician").get(address("transfer_zip", 1))
    assert b"".join(answer) == package_bytes(lock.dataset)
    again = ask_for_transfer(**asking(built_trial, "final"))
    run_due_jobs()
    again.refresh_from_db()
    assert again.before == transfer
    tables = again.counts["diff"]["tables"].values()
    assert {(one["added"], one["removed"], one["altered"]) for one in tables} == {(0, 0, 0)}
    with pytest.raises(WrongState, match="The package of lock 1 is not what was locked"):
        of_lock(again, altered(lock), tmp_path)
    assert said(ask_for_transfer, **asking(built_trial, "interim")) == (
        "Campaign C1 was transferred as final, so it cannot be an interim."
    )


def altered(lock: Lock) -> Lock:
    """A lock with another root."""
    other = copy(lock)
    other.root = "0" * 64
    return other


def test_arms_never_open_on_an_interim_and_it_never_becomes_final(built_trial: BuiltTrial) -> None:
    assert "as an interim" not in " ".join(why_not_open(Campaign.objects.get(code="C1")))
    assert said(ask_for_transfer, **asking(built_trial, "interim", batches=("one",))) == (
        "Interim transfers hold the whole locked dataset. Leave day and batches empty."
    )
    page = browser(built_trial, "statistician").post(address("transfers"), typed(built_trial, purpose="interim"))
    assert (page.status_code, DataTransfer.objects.count()) == (400, 0)
    assert (
        "Confirm that this is an interim transfer. The arms of this campaign can then never be opened here, and no"
        " final transfer of it can follow." in page.content.decode()
    )
    ask_for_transfer(**asking(built_trial, "interim"))
    assert "It was transferred as an interim, and the arms of an interim are never opened." in why_not_open(
        Campaign.objects.get()
    )
    assert said(ask_for_transfer, **asking(built_trial, "final")) == (
        "Campaign C1 was transferred as an interim and stays one. The final transfer is that of the campaign which "
        "reads its cases again."
    )


def test_a_transfer_that_could_not_be_built_makes_no_campaign_interim_or_final(built_trial: BuiltTrial) -> None:
    for purpose in ("interim", "final", "interim"):
        made = ask_for_transfer(**asking(built_trial, purpose))
        given_up(payload={"transfer": made.pk}, says="The disk is full.")
        made.refresh_from_db()
        assert made.status == TransferStatus.FAILED
    assert "as an interim" not in " ".join(why_not_open(Campaign.objects.get()))


def test_an_interim_is_read_beside_no_other_campaign(built_trial: BuiltTrial) -> None:
    first, lock = Campaign.objects.get(), Lock.objects.get()
    assert first.film_cut_off is not None
    second = create_campaign(
        trial=first.trial, actor=built_trial.actor("coordinator"), charter=first.charter, code="C2", title="Second"
    )
    moment = timedelta(microseconds=1)
    for opened in (first.film_cut_off - moment, lock.locked_at - moment):
        Campaign.objects.filter(pk=second.pk).update(status="open", film_cut_off=opened)
        assert said(ask_for_transfer, **asking(built_trial, "interim")) == (
            "Campaign C2 was opened before C1 was locked and was not locked before C1 was opened. While an interim is "
            "read, no other campaign may be open, so that no case is read in both at the same time."
        )
    Campaign.objects.filter(pk=second.pk).update(film_cut_off=lock.locked_at + moment)
    demand_interim(first)
    second.refresh_from_db()
    second.status = "locked"
    assert said(ask_for_transfer, **asking(built_trial, "final") | {"campaign": second}) == (
        "Campaign C2 is open. An interim or final transfer holds a locked dataset, so the campaign must be locked."
    )
    Campaign.objects.filter(pk=second.pk).update(status="draft", film_cut_off=None)
    second.refresh_from_db()
    assert said(ask_for_transfer, **asking(built_trial, "review") | {"campaign": second}) == (
        "Campaign C2 is in preparation. A transfer needs a campaign that was opened."
    )


def test_an_interim_may_follow_a_campaign_that_was_locked_before_it_was_opened(built_trial: BuiltTrial) -> None:
    later, lock = Campaign.objects.get(), Lock.objects.get()
    earlier = create_campaign(
        trial=later.trial, actor=built_trial.actor("coordinator"), charter=later.charter, code="C0", title="Earlier"
    )
    with transaction.atomic():
        dataset = Dataset.objects.create(campaign=earlier, number=1)
        signed = {"requested": lock.requested, "confirmed": lock.confirmed}
        own = Lock.objects.create(dataset=dataset, campaign=earlier, number=1, root="0" * 64, **signed)
        Campaign.objects.filter(pk=earlier.pk).update(status="locked", film_cut_off=lock.locked_at - timedelta(days=1))
        later.film_cut_off = own.locked_at + timedelta(seconds=1)
        demand_interim(later)
        later.film_cut_off = own.locked_at
        assert said(demand_interim, later).startswith("Campaign C0 was opened before C1 was locked")
        transaction.set_rollback(True)


def test_a_campaign_whose_arms_were_requested_is_no_interim_and_one_for_training_is_never_transferred(
    built_trial: BuiltTrial,
) -> None:
    lock, statistician = Lock.objects.select_related("campaign__trial").get(), built_trial.people["statistician"]
    imported = ArmsImport.objects.create(trial=built_trial.trial, version=1, keys=[], imported_by=statistician)
    asked = ArmsRequest.objects.create(
        campaign=lock.campaign,
        lock=lock,
        imported=imported,
        token="one",
        requested_by=statistician,
        expires_at=lock.locked_at,
    )
    assert said(ask_for_transfer, **asking(built_trial, "interim")) == (
        "The arms of campaign C1 were requested, so it cannot be an interim: arms are never opened on one."
    )
    TrainingSet.objects.create(campaign=lock.campaign, least_status=0, least_change=0)
    assert said(ask_for_transfer, **asking(built_trial, "test")) == (
        "Campaign C1 is for training, so nothing of it is transferred."
    )
    record_rows("TWO", [asked])
