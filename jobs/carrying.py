"""Carrying out a job: claim it, work under a heartbeat, then finish it, queue it again or give it up.

Delivery is at least once; the result is written exactly once, because finishing is compare-and-set on the lease.
"""

from __future__ import annotations

import logging
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from config.errors import Refusal
from config.job_kinds import KINDS
from config.wording import counted
from jobs.giving_up import WORKERS_DIED
from jobs.lease import Lease, LeaseLost, claim, heartbeat
from jobs.models import Job
from jobs.queue import JobRefused
from jobs.retrying import give_up, try_later
from jobs.while_database_away import until_back

log = logging.getLogger(__name__)


class Handler(Protocol):
    """Does the work of a kind: computes outside a transaction, then writes the result and finishes the lease in one."""

    def __call__(self, *, payload: dict[str, Any], lease: Lease) -> None: ...


def carry_job(job_id: int) -> None:
    """Carries out the job if it is available; does nothing when another worker has it or it is finished."""
    lease = until_back(lambda: claim(job_id))
    if lease is None:
        return
    job = Job.objects.get(pk=job_id)
    if lease.attempt > settings.JOB_ATTEMPTS:
        give_up(
            job, lease, f"every worker that started it died ({counted(settings.JOB_ATTEMPTS, 'attempt')})", WORKERS_DIED
        )
        return
    try:
        with heartbeat(lease):
            work(job, lease)
    except LeaseLost:
        log.warning("job %s was taken over by another worker", job_id)


def work(job: Job, lease: Lease) -> None:
    try:
        handler: Handler = import_string(KINDS[job.kind])
        handler(payload=job.payload, lease=lease)
        if not lease.finished:
            lease.finish()
    except LeaseLost:
        raise
    except (JobRefused, Refusal) as refusal:
        give_up(job, lease, str(refusal), str(refusal))
    except Exception as error:
        try_later(job, lease, error)


def run_due_jobs(*, kinds: frozenset[str] | None = None) -> int:
    """Runs every due job in this process, and the jobs they add; returns how many. For commands and tests."""
    carried = 0
    while True:
        due = Job.objects.claimable(timezone.now())
        job = (due if kinds is None else due.filter(kind__in=kinds)).order_by("pk").first()
        if job is None:
            return carried
        carry_job(job.pk)
        carried += 1
