"""Agreement uses the values signed first, results those signed last; worked out by hand on a corrected read."""

from __future__ import annotations

import csv
import io
from copy import deepcopy

import pytest

from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.issuing.assignments import request_batch
from reading.models import Campaign, CaseStatus, ItemScore, Read
from reading.room.cells import timepoints_of
from reading.room.signing import return_read
from scoring.consensus.signed_series import visits_of
from scoring.datasets.building import request_dataset
from scoring.ratings.campaign import discordant_as_first_signed, ratings_of
from studies.models import Visit
from tests.once_per_file import Once
from tests.reading.builders import BuiltTrial, build_reading_trial, fill_read, open_campaign_of, operation_on, sign
from tests.scoring.packages import package_of

pytestmark = pytest.mark.django_db
Rows = dict[str, list[dict[str, str]]]


def make_built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=1, visits=("W00", "W52"))


def build_campaign(built_trial: BuiltTrial) -> Campaign:
    """The threshold is 3. The first reader signs a change of 4, corrects it to 1 before the second signs a change of 0.

    First signed: 4 and 0, a difference of 4, discordant. Last signed: 1 and 0, a difference of 1, concordant; the
    result is their mean, 1/2, and by the values signed first 2.
    """
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=3)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    one, two = (Read.objects.get(reader=reader) for reader in readers)
    fill_read(one)
    week_52 = Visit.objects.get(code="W52").pk
    visits = visits_of(one)
    (late,) = [shown for shown in timepoints_of(one.steps.get()) if visits[shown.token] == week_52]
    operation_on(one, late, 4)
    sign(one)
    one.refresh_from_db()
    return_read(read=one, reason="reader-asked", note="", **built_trial.signs("coordinator"))
    operation_on(one, late, 1)
    sign(one)
    fill_read(two)
    sign(two)
    run_due_jobs()
    return campaign


@pytest.fixture(scope="module")
def built(once: Once) -> tuple[BuiltTrial, Campaign]:
    def build() -> tuple[BuiltTrial, Campaign]:
        made = make_built_trial()
        return made, build_campaign(made)

    return once(build)


@pytest.fixture
def built_trial(built: tuple[BuiltTrial, Campaign]) -> BuiltTrial:
    return deepcopy(built[0])


@pytest.fixture
def campaign(built: tuple[BuiltTrial, Campaign]) -> Campaign:
    return deepcopy(built[1])


def dataset(built_trial: BuiltTrial, campaign: Campaign) -> Rows:
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    made = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    made.refresh_from_db()
    assert made.failure == ""
    with package_of(made) as archive:
        return {
            name.rpartition("/")[2]: list(csv.DictReader(io.StringIO(archive.read(name).decode())))
            for name in archive.namelist()
            if name.endswith(".csv")
        }


def test_agreement_uses_what_was_signed_first_though_the_result_came_later(campaign: Campaign) -> None:
    assert ratings_of(campaign).changes[0, 0].tolist() == [4, 0]


def test_the_case_is_decided_by_what_was_signed_last_and_counts_as_discordant_at_first(campaign: Campaign) -> None:
    case = campaign.cases.get()
    assert case.status == CaseStatus.CONSENSUS
    assert not case.results.get().trigger["discordant"]
    assert discordant_as_first_signed(campaign) == (1, 1)


def test_the_dataset_holds_both_and_says_what_the_correction_changes(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    tables = dataset(built_trial, campaign)
    change = [row for row in tables["changes.csv"] if (row["SOURCE"], row["GROUP"]) == ("RESULT", "total")]
    assert [row["EXACT"] for row in change] == ["1/2"]
    early = [row for row in tables["first_signed.csv"] if (row["KIND"], row["GROUP"]) == ("change", "total")]
    assert [(row["FIRSTEXACT"], row["LASTEXACT"], row["DIFF"], row["FIRSTDISC"]) for row in early] == [
        ("2", "1/2", "-1.5000", "Y")
    ]


def test_every_revision_is_a_row_and_says_which_signature_covers_it(
    built_trial: BuiltTrial, campaign: Campaign
) -> None:
    rows = dataset(built_trial, campaign)["revisions.csv"]
    assert len(rows) == ItemScore.objects.count()
    corrected = max(rows, key=lambda row: int(row["REVISION"]))
    cell = [row for row in rows if all(row[name] == corrected[name] for name in ("READID", "BLINDPOS", "PARAMCD"))]
    shown = [(row["OLDVAL"], row["AVAL"], row["AFTERFL"], row["FIRSTFL"], row["LASTFL"]) for row in cell]
    assert shown == [("", "0", "", "", ""), ("0", "4", "", "Y", ""), ("4", "1", "Y", "", "Y")]
    assert (cell[-1]["CHGREAS"], cell[-1]["CHGTEXT"]) == ("judged-again", "The erosion is plain on a second look")
    assert {row["VISIT"] for row in cell} == {"W52"}
