"""Work is requested with its cause, once, and people see its result."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.models import Event
from audit.trail import Actor, audited_atomic
from config.errors import WrongState
from config.job_kinds import KINDS
from jobs.carrying import carry_job, run_due_jobs
from jobs.lease import LeaseLost, claim
from jobs.models import Job
from jobs.queue import add
from jobs.retrying import retry
from tests.jobs.conftest import AddJob, kept
from tests.servers import publishing_to

pytestmark = pytest.mark.django_db
ADMINISTRATOR = Actor(user_id=1, label="Administrator", role="administrator")


def test_every_kind_of_job_has_a_function() -> None:
    assert all(callable(import_string(function)) for function in KINDS.values())


def test_adding_a_job_twice_gives_the_same_one(add_job: AddJob) -> None:
    assert add_job("count") == add_job("count")
    assert run_due_jobs() == 1
    assert add_job("count").status == Job.Status.DONE
    assert kept() == ["1"]


def test_a_kind_nobody_carries_is_refused() -> None:
    with pytest.raises(LookupError, match="tests.frobnicate"):
        add(kind="tests.frobnicate", key="1", payload={})


@pytest.mark.django_db(transaction=True)
def test_a_job_must_be_added_with_its_cause(add_job: AddJob) -> None:
    with pytest.raises(transaction.TransactionManagementError, match="cause"):
        add(kind="tests.count", key="1", payload={})


def test_a_cause_that_fails_takes_its_job_with_it(add_job: AddJob) -> None:
    with pytest.raises(ZeroDivisionError):
        add_and_fail(add_job)
    assert not Job.objects.exists()


def add_and_fail(add_job: AddJob) -> None:
    with audited_atomic():
        add_job("count")
        raise ZeroDivisionError


def test_a_job_is_done_once_and_shows_when(add_job: AddJob) -> None:
    job = add_job("count")
    carry_job(job.pk)
    carry_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease) == (Job.Status.DONE, 1, "")
    assert job.finished_at is not None
    assert kept() == ["1"]


def test_a_job_may_ask_for_the_next_in_the_transaction_of_its_result(add_job: AddJob) -> None:
    add_job("spawn", **{"break": True})
    assert run_due_jobs() == 3, "the first attempt undid both, the second kept both"
    assert kept() == ["1"]


def test_a_refusal_is_final_and_gives_its_reason(add_job: AddJob) -> None:
    job = add_job("refuse")
    assert run_due_jobs() == 1
    job.refresh_from_db()
    assert (job.status, job.reason) == (Job.Status.FAILED, "the film shows a foot, not a hand")
    assert Event.objects.get(action="jobs.job.failed").content["reason"] == job.reason


def test_a_fault_is_tried_again_and_given_up_in_the_end(add_job: AddJob) -> None:
    job = add_job("fail")
    assert run_due_jobs() == 4
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.FAILED, 4)


def test_the_reason_of_a_fault_names_the_place_and_nothing_about_a_person(add_job: AddJob) -> None:
    job = add_job("fail")
    run_due_jobs()
    job.refresh_from_db()
    assert job.reason.startswith("ValueError at ")
    assert "tests/jobs/kinds.py:" in job.reason
    assert "Smith" not in job.reason


def test_a_fault_waits_longer_each_time(add_job: AddJob, settings: object) -> None:
    settings.JOB_RETRY_SECONDS = 5  # type: ignore[attr-defined]
    job = add_job("fail")
    waits = []
    for _ in range(3):
        Job.objects.update(due_at=timezone.now())
        carry_job(job.pk)
        job.refresh_from_db()
        waits.append(round((job.due_at - timezone.now()).total_seconds()))
    assert waits == [5, 20, 80]


def test_a_failed_job_is_tried_again_by_a_person(add_job: AddJob) -> None:
    job = add_job("refuse")
    run_due_jobs()
    retry(job=job, actor=ADMINISTRATOR)
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Job.Status.QUEUED, 0)
    assert Event.objects.get(action="jobs.job.retried").actor_label == "Administrator"
    assert run_due_jobs() == 1


def test_only_a_failed_job_can_be_tried_again(add_job: AddJob) -> None:
    with pytest.raises(WrongState, match="queued"):
        retry(job=add_job("count"), actor=ADMINISTRATOR)


def test_a_job_that_is_held_cannot_be_taken(add_job: AddJob) -> None:
    job = add_job("count")
    assert claim(job.pk)
    assert claim(job.pk) is None


def test_a_job_left_behind_is_taken_over_and_the_late_twin_writes_nothing(add_job: AddJob) -> None:
    job = add_job("count")
    first = claim(job.pk)
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    second = claim(job.pk)
    assert first
    assert second
    with pytest.raises(LeaseLost):
        first.finish()
    with pytest.raises(LeaseLost):
        first.progress(1, 2)
    second.finish()


def test_a_job_whose_workers_all_die_is_given_up(add_job: AddJob) -> None:
    job = add_job("count")
    for _ in range(4):
        assert claim(job.pk)
        Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    carry_job(job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.FAILED
    assert job.reason == "every worker that started it died (4 attempts)"


def test_progress_is_seen_while_the_work_goes_on(add_job: AddJob) -> None:
    job = add_job("count")
    lease = claim(job.pk)
    assert lease
    lease.progress(3, 10, "films")
    job.refresh_from_db()
    assert (job.done, job.total, job.doing) == (3, 10, "films")


def test_a_heartbeat_keeps_the_lease_while_the_work_goes_on(add_job: AddJob) -> None:
    job = add_job("count")
    lease = claim(job.pk)
    assert lease
    Job.objects.update(leased_until=timezone.now())
    lease.renew()
    job.refresh_from_db()
    assert job.leased_until
    assert job.leased_until > timezone.now() + timedelta(seconds=30)


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_job_whose_connection_died_is_tried_again_in_five_seconds_and_that_was_no_attempt(
    add_job: AddJob, settings: Any, tmp_path: Path
) -> None:
    settings.JOB_RETRY_SECONDS, settings.JOB_ATTEMPTS = 5, 1
    job = add_job("lose_connection", ended=str(tmp_path / "ended"))
    assert run_due_jobs() == 1
    job.refresh_from_db()
    assert (job.status, job.lease, job.attempts, job.hinted_at) == (Job.Status.QUEUED, "", 0, None)
    assert timedelta(0) < job.due_at - timezone.now() <= timedelta(seconds=5)
    Job.objects.update(due_at=timezone.now())
    assert run_due_jobs() == 1
    assert kept() == ["1"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_loses_nothing(add_job: AddJob) -> None:
    with publishing_to("redis://127.0.0.1:1/0"):
        job = add_job("count")
    job.refresh_from_db()
    assert (job.status, job.hinted_at) == (Job.Status.QUEUED, None)
    assert run_due_jobs() == 1
