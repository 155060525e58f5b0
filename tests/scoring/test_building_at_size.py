"""A dataset is built in blocks: their queries and memory do not depend on the trial, and a kill loses little."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from jobs.carrying import carry_job, run_due_jobs
from jobs.lease import Lease
from jobs.models import Job
from reading.campaigns.opening import close_campaign
from reading.models import Campaign
from scoring.datasets import evidence
from scoring.datasets.building import request_dataset, write_tables
from scoring.datasets.garbage import collected_after_each
from scoring.datasets.saved_scores import SavedScore
from scoring.datasets.transfer_facts import transfer_of
from scoring.endpoint.analysis_rows import planned_analysis
from scoring.models import Dataset, DatasetStatus
from scoring.ratings.campaign import ratings_of, ratings_of_groups
from tests.jobs.killed import Killed
from tests.reading.builders import BuiltTrial, build_reading_trial, open_campaign_of
from tests.reading.test_line import read_all

SUBJECTS = 6
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def dataset() -> Dataset:
    """Requested and not built."""
    built_trial = build_reading_trial(subjects=SUBJECTS, visits=("W00", "W24"))
    campaign = open_campaign_of(built_trial, concordant_share=0.0)
    read_all(built_trial, campaign, lambda _, item: 1 if item.region == "hand" else 2)
    return requested(built_trial, campaign)


def requested(built_trial: BuiltTrial, campaign: Campaign) -> Dataset:
    campaign.refresh_from_db()
    close_campaign(campaign=campaign, actor=built_trial.actor("coordinator"))
    return request_dataset(campaign=campaign, actor=built_trial.actor("statistician"))


def scores_in_memory() -> list[SavedScore]:
    gc.collect()
    return [one for one in gc.get_objects() if type(one) is SavedScore]


class BuildWatch(Lease):
    """Counts, before each block, the queries and the scores in memory that were not there before the build."""

    def __init__(self, queries: CaptureQueriesContext) -> None:
        self.queries = queries
        self.from_before = {id(one): one for one in scores_in_memory()}
        self.seen: list[tuple[int, int]] = []

    def progress(self, done: int, total: int, doing: str = "") -> None:
        alive = [one for one in scores_in_memory() if id(one) not in self.from_before]
        self.seen.append((len(self.queries), len(alive)))


class LeaseWithoutJob(Lease):
    """Belongs to no job."""

    def __init__(self) -> None:
        """Nothing is kept."""

    def progress(self, done: int, total: int, doing: str = "") -> None:
        """Nobody asks how far it is."""


def test_every_block_takes_as_many_queries_and_no_more_memory_than_the_one_before(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scoring.datasets.loading.BLOCK", 2)
    with CaptureQueriesContext(connection) as queries:
        lease = BuildWatch(queries)
        write_tables(dataset, tmp_path, lease, transfer_of(dataset.campaign, None))
        first, second, third = (before for before, _ in lease.seen)
        assert second - first == third - second == len(queries) - third <= 20
    assert [alive for _, alive in lease.seen] == [0, 0, 0], "nothing of a block is held when the next begins"


def test_every_file_has_the_same_bytes_however_many_cases_a_block_has(
    dataset: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows of several cases are made together: numbers, baselines and order are those of each case alone."""
    shared = transfer_of(dataset.campaign, planned_analysis(dataset.campaign))
    written = []
    for size in (1, 4, SUBJECTS):
        monkeypatch.setattr("scoring.datasets.loading.BLOCK", size)
        folder = tmp_path / str(size)
        folder.mkdir()
        write_tables(dataset, folder, LeaseWithoutJob(), shared)
        written.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert written[0] == written[1] == written[2]
    assert len(written[0]["mk.parquet"]) > 1000


def test_the_ratings_of_several_groups_take_the_queries_of_one_and_are_the_same(dataset: Dataset) -> None:
    """So the smallest detectable changes of a dataset come from one pass over the results."""
    campaign, groups = dataset.campaign, ("total", "total-hand", "total-foot")
    with CaptureQueriesContext(connection) as of_one:
        alone = {"total": ratings_of(campaign)}
    with CaptureQueriesContext(connection) as of_all:
        together = ratings_of_groups(campaign, groups)
    assert len(of_all) == len(of_one)
    alone |= {group: ratings_of(campaign, group) for group in groups[1:]}
    for group in groups:
        assert together[group].totals.tolist() == alone[group].totals.tolist()
        assert together[group].changes.tolist() == alone[group].changes.tolist()
    total, hands, feet = (set(together[group].totals.ravel().tolist()) for group in groups)
    assert (total, hands, feet) == ({24.0 + 16}, {24.0}, {16.0})


def test_pictures_that_were_checked_are_not_checked_again_after_a_kill(
    dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "AT_ONCE", 20)
    checked: list[str] = []
    pictures, originals = evidence.FILE_CHECKS

    def dying(keys: Sequence[Any]) -> list[str]:
        if len(checked) == 20:
            checked.append("killed")
            raise Killed
        checked.extend(keys)
        return pictures.faults(keys)

    monkeypatch.setattr(evidence, "FILE_CHECKS", (replace(pictures, faults=dying), originals))
    job = Job.objects.get(kind="scoring.dataset")
    with pytest.raises(Killed):
        carry_job(job.pk)
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    run_due_jobs()
    dataset.refresh_from_db()
    assert dataset.status == DatasetStatus.BUILT
    checked.remove("killed")
    assert len(checked) == len(set(checked)) == SUBJECTS * 2 * 4


def test_garbage_is_collected_after_each_block_and_as_before_once_the_build_has_ended_or_failed() -> None:
    kept: list[weakref.ref[Circle]] = []
    for _ in collected_after_each(range(3)):
        assert [one for one in kept if one() is not None] == []
        assert not gc.isenabled()
        kept.append(weakref.ref(Circle()))
    assert (len(kept), gc.isenabled(), gc.get_freeze_count()) == (3, True, 0)
    with pytest.raises(ZeroDivisionError):
        [1 / (2 - number) for number in collected_after_each(range(3))]
    assert gc.isenabled()


class Circle:
    """Refers to itself, so that only a collection ends it."""

    def __init__(self) -> None:
        self.itself = self
