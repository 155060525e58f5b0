"""A real worker on both transports, killed in the middle of its work: nothing is lost and nothing is done twice."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from jobs.models import Job, Pulse
from jobs.sweeping import hint_again, probe
from tests.jobs.conftest import AddJob, kept
from tests.servers import StartWorker, kill_group
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]
SHORT = {"JOB_LEASE_SECONDS": "2"}


@pytest.fixture(autouse=True)
def short_lease(settings: object) -> None:
    settings.JOB_LEASE_SECONDS = 2  # type: ignore[attr-defined]


def all_done() -> bool:
    """Hints as the sweeper does, and looks whether everything is done."""
    hint_again()
    return not Job.objects.exclude(status=Job.Status.DONE).exists()


def test_a_worker_carries_what_it_is_hinted_at(add_job: AddJob, broker_url: str, start_worker: StartWorker) -> None:
    start_worker(broker_url)
    for number in range(5):
        add_job("count", str(number))
    wait_for(lambda: not Job.objects.unfinished().exists(), "five jobs are carried")
    assert sorted(kept()) == ["0", "1", "2", "3", "4"]


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    add_job: AddJob, broker_url: str, start_worker: StartWorker, tmp_path: Path
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    worker = start_worker(broker_url, **SHORT)
    job = add_job("hold", begun=str(begun), go=str(go))
    wait_for(begun.exists, "the worker has begun")
    kill_group(worker)
    begun.unlink()
    go.touch()
    assert kept() == []
    start_worker(broker_url, **SHORT)
    wait_for(all_done, "another worker carries it to its end")
    job.refresh_from_db()
    assert (kept(), job.attempts) == (["1"], 2)


def test_a_worker_that_wakes_up_late_writes_nothing(
    add_job: AddJob, broker_url: str, start_worker: StartWorker, tmp_path: Path
) -> None:
    begun, go = tmp_path / "begun", tmp_path / "go"
    frozen = start_worker(broker_url, **SHORT)
    job = add_job("hold", begun=str(begun), go=str(go))
    wait_for(begun.exists, "the worker has begun")
    os.killpg(frozen.pid, signal.SIGSTOP)
    go.touch()
    start_worker(broker_url, **SHORT)
    wait_for(all_done, "another worker carries it to its end")
    os.killpg(frozen.pid, signal.SIGCONT)
    add_job("count", "later")
    wait_for(all_done, "both go on")
    frozen.send_signal(signal.SIGTERM)
    frozen.wait(timeout=30)
    job.refresh_from_db()
    assert (sorted(kept()), job.attempts) == (["1", "later"], 2)


def test_hints_that_were_lost_are_given_again(add_job: AddJob, broker_url: str, start_worker: StartWorker) -> None:
    add_job("count")
    Job.objects.update(hinted_at=None)
    start_worker(broker_url)
    wait_for(all_done, "the sweeper hints at it")
    assert kept() == ["1"]


def test_the_probe_shows_that_a_worker_is_listening(broker_url: str, start_worker: StartWorker) -> None:
    start_worker(broker_url)
    probe()
    wait_for(lambda: Pulse.objects.filter(part="worker", well=True).exists(), "the worker gives a sign of life")
