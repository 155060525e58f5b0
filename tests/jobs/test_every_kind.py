"""A worker killed while it writes the result of each kind of work: none is lost or doubled."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from audit.verify import verify
from config.job_kinds import KINDS
from jobs.models import Job
from jobs.sweeping import hint_again
from studies.models import Membership
from tests.jobs.real_line import JobRequest, every_step
from tests.nest import ForkedWorker
from tests.servers import StartWorker, kill_group
from tests.tracking import record_new_rows, record_rows
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]


def all_done() -> bool:
    """Hints as the sweeper does; a failed job ends the waiting with its reason."""
    hint_again()
    assert [(job.kind, job.reason) for job in Job.objects.failed()] == []
    return not Job.objects.unfinished().exists()


class Killer:
    """Keeps one worker running and kills it at the given point."""

    def __init__(self, start: StartWorker, broker_url: str, pauses: Path) -> None:
        self.pauses, self.broker_url, self.begin = pauses, broker_url, start
        pauses.mkdir()
        self.worker = self.start()

    def start(self) -> ForkedWorker:
        return self.begin(self.broker_url, JOB_LEASE_SECONDS="2", PAUSES=str(self.pauses))

    def kill_in_the_middle_of(self, step: JobRequest) -> None:
        """Asks for the work, waits until its result is half written, kills the worker, starts another."""
        armed = self.pauses / step.kind
        armed.touch()
        step.ask()
        wait_for(Path(f"{armed}.reached").exists, f"{step.kind} comes to its end", seconds=60)
        kill_group(self.worker)
        self.worker = self.start()


@pytest.mark.parametrize("broker_url", ["redis", pytest.param("filesystem", marks=pytest.mark.full)], indirect=True)
def test_no_kind_of_work_is_lost_or_doubled(
    broker_url: str, start_worker: StartWorker, tmp_path: Path, settings: Any
) -> None:
    settings.JOB_LEASE_SECONDS = 2
    shutil.rmtree(django_settings.VAR / "mail", ignore_errors=True)
    killer, kinds = Killer(start_worker, broker_url, tmp_path / "pauses"), set()
    for step in every_step():
        before = step.kept()
        killer.kill_in_the_middle_of(step)
        assert step.kept() == before or step.kind.partition(".")[2].startswith(("mail", "alert", "remind"))
        wait_for(all_done, f"{step.kind} is carried to its end by another worker", seconds=60)
        assert step.kept() == before + Job.objects.filter(kind=step.kind).count(), step.kind
        kinds.add(step.kind)
    assert kinds == set(KINDS), "every kind there is"
    record_new_rows("TWO")
    record_rows("RA-1", Membership.objects.filter(trial__code="RA-1"))
    assert verify().findings == []
