"""A dataset is built only if each charter version of its campaign and each amendment is as it was signed."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from jobs.carrying import run_due_jobs
from reading.campaigns.amending import amend_campaign
from reading.campaigns.opening import close_campaign
from reading.charter.versions import draft_charter, sign_charter
from reading.models import Campaign, Charter
from scoring.datasets.building import request_dataset
from scoring.models import Dataset
from tests.protection import lifted
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all
from tests.scoring.packages import package_of

pytestmark = pytest.mark.django_db
FORGERIES = {
    "reading_charter": "UPDATE reading_charter SET written_at = '2020-02-02T00:00:00Z' WHERE version = 1",
    "accounts_signature of the amendment": (
        "UPDATE accounts_signature SET role = 'lead' WHERE record_kind = 'reading.campaign'"
    ),
    "accounts_signature of the version": (
        "UPDATE accounts_signature SET role = 'lead' WHERE id IN "
        "(SELECT signature_id FROM reading_charter WHERE version = 1)"
    ),
}


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W52"))


@pytest.fixture
def amended(built_trial: BuiltTrial) -> Campaign:
    """Its case was issued under version 1; the campaign was closed under version 2."""
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign, lambda timepoint, item: 1)
    signs = built_trial.signs("coordinator")
    terms = {**campaign.charter.terms, "cases_per_day": 40}
    later = sign_charter(charter=draft_charter(trial=built_trial.trial, actor=signs["actor"], terms=terms), **signs)
    amend_campaign(campaign=campaign, charter=later, reason="pace", **signs)
    close_campaign(campaign=campaign, actor=signs["actor"])
    return campaign


def built(built_trial: BuiltTrial, campaign: Campaign) -> Dataset:
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    return dataset


def test_the_manifest_names_each_charter_version_of_the_cases_and_the_campaign(
    built_trial: BuiltTrial, amended: Campaign
) -> None:
    archive = package_of(built(built_trial, amended))
    (name,) = (name for name in archive.namelist() if name.endswith("manifest.json"))
    manifest = json.loads(archive.read(name))
    versions = Charter.objects.order_by("version").values("version", "digest")
    assert manifest["charters"] == list(versions)
    assert [one["version"] for one in manifest["charters"]] == [1, 2]
    assert manifest["charter"]["version"] == 2


@pytest.mark.parametrize("forged", FORGERIES)
def test_a_build_refuses_an_altered_earlier_version_or_signature(
    built_trial: BuiltTrial, amended: Campaign, forged: str
) -> None:
    connection.check_constraints()
    with lifted(), connection.cursor() as cursor:
        cursor.execute(FORGERIES[forged])
    assert forged.split()[0] in built(built_trial, amended).failure
