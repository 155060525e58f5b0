"""A case that was stopped while it waited for adjudication has no result: it is in no figure of agreement and in no
table of scores; the charts about its readers keep it, because signed reads stand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.sign_in import BACKEND
from instruments.definition import Item
from jobs.carrying import run_due_jobs
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CaseStatus, DisplayedTimepoint, Read, ReadKind, ReadStatus
from scoring.monitoring.campaign import monitored_campaign
from scoring.ratings.differences import differences_of
from scoring.ratings.joints import joint_grades
from scoring.ratings.thresholds import rates_of
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of, read_through
from tests.reading.test_consent import case_of, correct, withdraw
from tests.reading.test_line import lock_it
from tests.scoring.agreement_figures import with_figures
from tests.scoring.test_agreement_of_a_dataset import compare_agreement, grade, read_all_issued
from tests.scoring.test_randomisation import rows_of, unpacked

pytestmark = pytest.mark.django_db
# Places of the subjects whose case is concordant, and discordant.
AGREED, DIFFERED = 0, 1


@pytest.fixture
def built() -> BuiltTrial:
    return build_reading_trial(subjects=4, visits=("W00", "W24", "W52"))


def zero(timepoint: DisplayedTimepoint, item: Item) -> int:
    return 0


def higher_at_one(timepoint: DisplayedTimepoint, item: Item) -> int | None:
    """So much higher at one timepoint than at the others that the change differs from any other reader's."""
    drawn = grade(timepoint, item)
    return drawn if drawn is None or timepoint.position else drawn + 3


@pytest.fixture
def campaign(built: BuiltTrial) -> Campaign:
    """The readers agree on the first case and differ on the others, which wait for adjudication."""
    campaign = open_campaign_of(built, adjudication_threshold=3, concordant_share=0.0)
    readers, coordinator = [built.people["reader"], built.people["reader.two"]], built.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=9)
    run_due_jobs()
    agreed = case_of(built, campaign, AGREED)
    for read in Read.objects.filter(status=ReadStatus.ISSUED).select_related("reader", "case__campaign"):
        differs = higher_at_one if read.reader == readers[0] else grade
        read_through(read, zero if read.case_id == agreed.pk else differs)
    run_due_jobs()
    found = [case_of(built, campaign, place).status for place in range(4)]
    assert found == [CaseStatus.CONSENSUS, *[CaseStatus.DISCORDANT] * 3]
    return campaign


def shown(built: BuiltTrial) -> Any:
    """The figures of the agreement page."""
    browser = Client()
    browser.force_login(built.people["statistician"], backend=BACKEND)
    return with_figures(browser, "/trials/TWO/results/C1/agreement.json").json()


def counts(built: BuiltTrial, campaign: Campaign) -> dict[str, int]:
    """How many cases each page about agreement counts."""
    page = shown(built)
    return {
        "compared": page["cases"],
        "asked": page["adjudication"]["n"],
        "by case": len(differences_of(campaign)),
        "by joint": len(joint_grades(campaign).cases),
        "by threshold": rates_of(campaign).n,
    }


def test_a_discordant_case_counts_until_it_is_stopped_and_a_concordant_one_afterwards_too(
    built: BuiltTrial, campaign: Campaign
) -> None:
    assert set(counts(built, campaign).values()) == {4}
    held = withdraw(built, DIFFERED)
    withdraw(built, AGREED)
    assert set(counts(built, campaign).values()) == {3}
    assert shown(built)["adjudication"]["discordant"] == 2
    correct(built, held)
    assert set(counts(built, campaign).values()) == {4}


def test_the_charts_about_readers_keep_the_signed_reads_of_a_stopped_case(
    built: BuiltTrial, campaign: Campaign
) -> None:
    before = monitored_campaign(campaign)
    withdraw(built, DIFFERED)
    after = monitored_campaign(campaign)
    assert (after.cases, after.compared, after.signed) == (4, before.compared, before.signed)
    assert [len(reader.reads) for reader in after.readers] == [4, 4]


def test_the_dataset_without_the_stopped_case_gives_the_agreement_of_the_page(
    built: BuiltTrial, campaign: Campaign, tmp_path: Path
) -> None:
    withdraw(built, DIFFERED)
    withdraw(built, AGREED)
    read_all_issued()
    assert Read.objects.filter(kind=ReadKind.ADJUDICATION, status=ReadStatus.SIGNED).count() == 2
    lock_it(built, campaign)
    folder = unpacked(campaign, tmp_path / "copy")
    outcomes = {row["USUBJID"]: row["OUTCOME"] for row in rows_of(folder / "cases.csv")}
    assert outcomes == {"S000": "consensus", "S001": "stopped", "S002": "adjudicated", "S003": "adjudicated"}
    assert {row["USUBJID"] for row in rows_of(folder / "scores.csv")} == {"S000", "S002", "S003"}
    compare_agreement(built, folder)
