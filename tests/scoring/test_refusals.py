"""What statisticians, second signers and custodians read when a dataset, a lock or a request cannot continue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse

from audit.trail import Actor
from jobs.carrying import run_due_jobs
from jobs.models import Job
from jobs.retrying import retry
from reading.campaigns.opening import close_campaign
from reading.models import Campaign, CampaignStatus
from scoring.arms.requests import withdraw_request
from scoring.arms.unsealing import receive_arms
from scoring.datasets.building import discard_dataset, request_dataset
from scoring.datasets.locking import confirm_lock, decline_lock, request_lock
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from scoring.models import Dataset, DatasetStatus
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all
from tests.reading.test_pages import browser
from tests.refused import said
from tests.scoring.unsealing_cast import arms_of, make_opening

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W24"))


@pytest.fixture
def campaign(built_trial: BuiltTrial) -> Campaign:
    return open_campaign_of(built_trial, concordant_share=0.0)


@pytest.fixture
def dataset(built_trial: BuiltTrial, campaign: Campaign) -> Dataset:
    """Built from a closed campaign."""
    read_all(built_trial, campaign)
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    made = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    return Dataset.objects.select_related("campaign__trial", "campaign__charter").get(pk=made.pk)


def by(built_trial: BuiltTrial, name: str) -> dict[str, Any]:
    """Who acts and signs."""
    return built_trial.signs(name)


def test_a_dataset_is_built_from_a_closed_campaign(built_trial: BuiltTrial, campaign: Campaign) -> None:
    assert said(request_dataset, campaign=campaign, actor=built_trial.actor("statistician")) == (
        "Campaign C1 is open. A dataset can be built only from a campaign that is closed and not locked."
    )


def test_a_lock_says_what_is_in_its_way_and_who_must_sign(built_trial: BuiltTrial, dataset: Dataset) -> None:
    statistician, signer = by(built_trial, "statistician"), by(built_trial, "signer")
    waiting = "Dataset 1 is built, and no lock has been requested. It is not waiting for a second signer."
    assert said(confirm_lock, dataset=dataset, **signer) == waiting
    Campaign.objects.update(status=CampaignStatus.OPEN)
    dataset.campaign.refresh_from_db()
    assert said(request_lock, dataset=dataset, **statistician) == (
        "Dataset 1 cannot be locked yet. Campaign C1 is open. It must be closed, but not yet locked."
    )
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    dataset.campaign.refresh_from_db()
    request_lock(dataset=dataset, **statistician)
    assert said(decline_lock, dataset=dataset, actor=signer["actor"], reason=" ") == (
        "A reason is needed. Write it in a sentence."
    )
    assert said(confirm_lock, dataset=dataset, **signer | {"user": statistician["user"]}) == (
        "You requested this lock yourself. Another person must confirm it."
    )
    lock = confirm_lock(dataset=dataset, **signer)
    assert said(discard_dataset, dataset=dataset, actor=statistician["actor"]) == (
        "Dataset 1 is locked. It cannot be discarded."
    )
    unlock = ask_unlock(lock=lock, reason="a joint overlooked", **statistician)
    assert said(ask_unlock, lock=lock, reason="again", **statistician) == (
        "Unlocking of lock 1 has already been requested."
    )
    assert said(agree_unlock, unlock=unlock, **signer | {"user": statistician["user"]}) == (
        "You requested this unlocking yourself. Another person must agree."
    )
    agree_unlock(unlock=unlock, **signer)
    other = {"actor": Actor(built_trial.people["lead"].pk, "lead", "signer"), "user": built_trial.people["lead"]}
    assert said(agree_unlock, unlock=unlock, **signer | other) == "Lock 1 has already been unlocked."
    lock.campaign.refresh_from_db()
    assert said(ask_unlock, lock=lock, reason="again", **statistician) == (
        "Lock 1 is no longer in force. Only the lock in force can be unlocked."
    )


def test_a_dataset_that_is_not_built_is_not_downloaded(built_trial: BuiltTrial, campaign: Campaign) -> None:
    Dataset.objects.create(campaign=campaign, number=1, status=DatasetStatus.FAILED)
    page = browser(built_trial, "statistician").get(reverse("scoring:download", args=["TWO", "C1", 1])).content.decode()
    assert "Dataset 1 could not be built. It cannot be downloaded." in page


def test_agreement_is_shown_for_the_groups_of_sites_there_are(built_trial: BuiltTrial, dataset: Dataset) -> None:
    path = reverse("scoring:agreement", args=["TWO", "C1"])
    page = browser(built_trial, "statistician").get(path, {"group": "elbows"}).content.decode()
    assert "The group of sites cannot be “elbows”. Choose total" in page


def test_a_job_that_has_not_failed_is_not_tried_again(built_trial: BuiltTrial, dataset: Dataset) -> None:
    job = Job.objects.filter(kind="scoring.dataset").latest("pk")
    assert said(retry, job=job, actor=built_trial.actor("statistician")) == (
        f"Job {job.pk} is done. Only a job that has failed can be tried again."
    )


def test_who_has_no_part_in_results_or_arms_reads_what_the_role_does_not_allow(tmp_path: Path) -> None:
    built_trial = make_opening(tmp_path).built_trial
    for name, path in (("datasets", ["TWO", "C1"]), ("arms_requests", ["TWO"])):
        page = browser(built_trial, "reader").get(reverse(f"scoring:{name}", args=path)).content.decode()
        assert "Your role does not allow you to " in page


def test_a_request_for_the_arms_says_where_it_is(tmp_path: Path) -> None:
    opening = make_opening(tmp_path)
    opening.holders.seal(arms_of(opening))
    asked, statistician = opening.ask(), by(opening.built_trial, "statistician")
    assert said(opening.ask) == "The arms of campaign C1 have already been requested."
    assert said(receive_arms, asked=asked, **statistician) == (
        "This request is waiting for two custodians. The arms can be received once they are opened."
    )
    share = opening.share(asked, 0)
    Campaign.objects.update(status=CampaignStatus.CLOSED)
    assert said(opening.give, asked, 0, share) == "This request was made under lock 1, which is no longer in force."
    withdraw_request(asked=asked, actor=statistician["actor"])
    assert said(withdraw_request, asked=asked, actor=statistician["actor"]) == (
        "This request has been withdrawn, so it cannot be withdrawn again."
    )
    assert said(opening.give, asked, 0, share) == "This request has been withdrawn, so it accepts no shares."
