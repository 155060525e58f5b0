"""From an open campaign to a locked dataset, through the domain functions and the real jobs."""

from __future__ import annotations

import csv
import io
import zipfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from config.errors import NotAllowed, WrongState
from jobs.carrying import run_due_jobs
from reading.campaigns.opening import close_campaign
from reading.campaigns.reopening import reopen_campaign
from reading.issuing.assignments import request_batch, void_and_reissue
from reading.models import Campaign, CaseStatus, Read, ReadKind, ReadStatus, SignedValues, VoidCause
from reading.room.signing import return_read
from scoring.consensus.sealed_result import opened_result
from scoring.consensus.signed_series import visits_of
from scoring.datasets import verifier
from scoring.datasets.building import request_dataset
from scoring.datasets.locking import confirm_lock, request_lock
from scoring.datasets.unlocking import agree_unlock, ask_unlock
from scoring.models import CaseResult, DatasetStatus, Lock
from studies.arrival.sealed_files import copy_export
from studies.models import Visit
from tests.reading.builders import (
    PASSWORD,
    BuiltTrial,
    GradeOf,
    build_reading_trial,
    change_first,
    fill_read,
    nothing_wrong,
    open_campaign_of,
    sign,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def built_trial() -> BuiltTrial:
    return build_reading_trial(subjects=2)


def read_all(built_trial: BuiltTrial, campaign: Campaign, grade_of: GradeOf = nothing_wrong) -> list[Read]:
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=99
    )
    run_due_jobs()
    reads = list(Read.objects.filter(case__campaign=campaign, kind=ReadKind.PRIMARY))
    for read in reads:
        fill_read(read, grade_of)
        sign(read)
    run_due_jobs()
    return reads


def by_visit(read: Read, week: str, one: int) -> GradeOf:
    """Grade `one` in every area of the left hand at the visit of that code, nothing elsewhere."""
    visits = visits_of(read)
    codes = {visit.pk: visit.code for visit in Visit.objects.all()}
    return lambda timepoint, item: (
        one if codes[visits[timepoint.token]] == week and (item.side, item.region) == ("L", "hand") else 0
    )


def test_every_case_gets_two_readers_and_each_his_own_stored_order(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    reads = read_all(built_trial, campaign)
    assert len(reads) == 4
    assert {read.reader_id for read in reads} == {built_trial.people["reader"].pk, built_trial.people["reader.two"].pk}
    for read in reads:
        letters = [timepoint.letter for timepoint in read.steps.get().timepoints.order_by("position")]
        assert letters == ["A", "B", "C"]


def test_two_agreeing_readers_make_a_consensus(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign)
    assert {case.status for case in campaign.cases.all()} == {CaseStatus.CONSENSUS}
    assert CaseResult.objects.filter(case__campaign=campaign).count() == 2


def test_a_difference_in_change_above_the_threshold_goes_to_the_adjudicator_and_the_two_closest_decide(
    built_trial: BuiltTrial,
) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=5)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    coordinator = built_trial.actor("coordinator")
    request_batch(campaign=campaign, actor=coordinator, name="one", due_on=None, readers=readers, size=1)
    run_due_jobs()
    first, second = Read.objects.filter(case__campaign=campaign)
    fill_read(first, by_visit(first, "W52", 2))
    fill_read(second)
    for read in (first, second):
        sign(read)
    run_due_jobs()
    case = first.case
    case.refresh_from_db()
    assert case.status == CaseStatus.DISCORDANT
    third = Read.objects.get(case=case, kind=ReadKind.ADJUDICATION)
    assert third.reader == built_trial.people["adjudicator"]
    fill_read(third, by_visit(third, "W52", 2))
    sign(third)
    run_due_jobs()
    case.refresh_from_db()
    result = CaseResult.objects.filter(case=case).order_by("-version")[0]
    assert case.status == CaseStatus.ADJUDICATED
    assert sorted(opened_result(result)["readers"]) == sorted([first.reader_id, third.reader_id])
    assert Fraction(opened_result(result)["numbers"]["result"]["changes"][-1]["total"]["value"]) == 24


def test_a_case_at_the_threshold_is_not_adjudicated(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0, adjudication_threshold=24)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    first, second = Read.objects.filter(case__campaign=campaign)
    fill_read(first, by_visit(first, "W52", 2))
    fill_read(second)
    sign(first)
    sign(second)
    run_due_jobs()
    first.case.refresh_from_db()
    assert first.case.status == CaseStatus.CONSENSUS


def test_a_read_with_an_empty_cell_cannot_be_signed(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial)
    readers = [built_trial.people["reader"], built_trial.people["reader.two"]]
    request_batch(
        campaign=campaign, actor=built_trial.actor("coordinator"), name="one", due_on=None, readers=readers, size=1
    )
    run_due_jobs()
    read = Read.objects.filter(case__campaign=campaign)[0]
    with pytest.raises(WrongState, match="96 cells have neither a score nor a reason"):
        sign(read)


def test_a_returned_read_is_signed_again_and_both_signatures_are_kept(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read = read_all(built_trial, campaign)[0]
    read.refresh_from_db()
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    read.case.refresh_from_db()
    assert (read.status, read.case.status) == (ReadStatus.RETURNED, CaseStatus.OPEN)
    sign(read)
    run_due_jobs()
    read.case.refresh_from_db()
    assert read.case.status == CaseStatus.CONSENSUS
    assert SignedValues.objects.filter(step__read=read).count() == 2


def test_a_voided_case_is_kept_and_issued_again_whole_with_new_tokens(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    old = read_all(built_trial, campaign)[0]
    old.refresh_from_db()
    given: dict[str, Any] = {"cause": "late-film", "reason": "the site sent it in June"}
    new = void_and_reissue(case=old.case, **built_trial.signs("coordinator"), **given)
    run_due_jobs()
    old.refresh_from_db()
    assert old.status == ReadStatus.VOIDED
    assert (old.case.status, old.case.void_cause) == (CaseStatus.VOIDED, VoidCause.LATE)
    assert new is not None
    reads = list(new.reads.all())
    assert len(reads) == 2
    old_tokens = {film.token for step in old.steps.all() for one in step.timepoints.all() for film in one.films.all()}
    new_tokens = {
        film.token
        for read in reads
        for step in read.steps.all()
        for one in step.timepoints.all()
        for film in one.films.all()
    }
    assert not old_tokens & new_tokens


def test_the_dataset_equals_the_sum_of_what_was_entered_and_two_people_lock_it(
    built_trial: BuiltTrial, tmp_path: Path
) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign, lambda timepoint, item: 1)
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.BUILT, dataset.failure
    statistician, signer = built_trial.people["statistician"], built_trial.people["signer"]
    request_lock(dataset=dataset, actor=built_trial.actor("statistician"), user=statistician, password=PASSWORD)
    with pytest.raises(NotAllowed, match="Another person must"):
        confirm_lock(dataset=dataset, actor=built_trial.actor("signer"), user=statistician, password=PASSWORD)
    lock = confirm_lock(dataset=dataset, actor=built_trial.actor("signer"), user=signer, password=PASSWORD)
    with io.BytesIO() as file:
        copy_export(dataset.folder, file)
        archive = zipfile.ZipFile(file)
        archive.extractall(tmp_path / "copy")
    (folder,) = (tmp_path / "copy").iterdir()
    assert verifier.verify(folder, lock.root) == []
    totals = list(csv.DictReader((folder / "totals.csv").open(newline="")))
    overall = [row for row in totals if row["GROUP"] == "total"]
    assert len(overall) == 2 * 3 * 3
    assert {row["EXACT"] for row in overall} == {"32"}
    scores = list(csv.DictReader((folder / "scores.csv").open(newline="")))
    assert len(scores) == 2 * 2 * 3 * 32
    (folder / "scores.csv").write_text("altered")
    assert verifier.verify(folder, lock.root) == ["scores.csv has been changed."]


def test_unlocking_needs_a_second_person_and_the_next_lock_says_what_changed(built_trial: BuiltTrial) -> None:
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read = read_all(built_trial, campaign)[0]
    lock = lock_it(built_trial, campaign)
    unlock = ask_unlock(lock=lock, **built_trial.signs("statistician"), reason="a joint overlooked")
    with pytest.raises(NotAllowed, match="Another person must"):
        agree_unlock(unlock=unlock, **built_trial.signs("signer") | {"user": built_trial.people["statistician"]})
    agree_unlock(unlock=unlock, **built_trial.signs("signer"))
    campaign.refresh_from_db()
    reopen_campaign(campaign=campaign, **built_trial.signs("coordinator"), reason="a joint overlooked")
    read.refresh_from_db()
    return_read(read=read, **built_trial.signs("coordinator"), reason="incomplete", note="")
    change_first(read, 3)
    sign(read)
    run_due_jobs()
    second = lock_it(built_trial, campaign)
    assert second.number == 2
    assert second.row_diff["tables"]["scores.csv"]["altered"] == 96


def lock_it(built_trial: BuiltTrial, campaign: Campaign) -> Lock:
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    return lock_built(built_trial, campaign)


def lock_built(built_trial: BuiltTrial, campaign: Campaign) -> Lock:
    """Builds and locks a dataset of a closed campaign."""
    dataset = request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))
    run_due_jobs()
    dataset.refresh_from_db()
    people = built_trial.people
    request_lock(
        dataset=dataset, actor=built_trial.actor("statistician"), user=people["statistician"], password=PASSWORD
    )
    return confirm_lock(dataset=dataset, actor=built_trial.actor("signer"), user=people["signer"], password=PASSWORD)
