"""Carrying out a job: claim it, work under a heartbeat, then finish it, queue it again or give it up.

Delivery is at least once; the result is written exactly once, because finishing is compare-and-set on the lease.
"""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from audit.trail import Actor, audited_atomic, record
from config.away import is_away
from config.errors import Refusal
from config.job_kinds import KINDS
from jobs.giving_up import WORKERS_DIED, in_words, mark_failed
from jobs.insisting import until_back
from jobs.lease import Lease, LeaseLost, claim, heartbeat
from jobs.models import Job
from jobs.queue import JobRefused

log = logging.getLogger(__name__)


class Handler(Protocol):
    """Does the work of a kind: computes outside a transaction, then writes and finishes the lease in one."""

    def __call__(self, *, payload: dict[str, Any], lease: Lease) -> None: ...


def carry_job(job_id: int) -> None:
    """Carries out the job if it is available; does nothing when another worker has it or it is finished."""
    lease = until_back(lambda: claim(job_id))
    if lease is None:
        return
    job = Job.objects.get(pk=job_id)
    if lease.attempt > settings.JOB_ATTEMPTS:
        give_up(job, lease, f"every worker that started it died ({settings.JOB_ATTEMPTS} attempts)", WORKERS_DIED)
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


def try_later(job: Job, lease: Lease, error: Exception) -> None:
    reason = place_of(error)
    log.warning("job %s, attempt %s: %s", job.pk, lease.attempt, reason)
    if is_away(error):  # says nothing about the job: it is no attempt, and its lease is not waited for
        pause = timedelta(seconds=settings.JOB_RETRY_SECONDS)
        until_back(lambda: lease.put_back(wait=pause, reason=reason, counts=False))
    elif lease.attempt >= settings.JOB_ATTEMPTS:
        give_up(job, lease, reason, in_words(error))
    else:
        lease.put_back(wait=timedelta(seconds=settings.JOB_RETRY_SECONDS * 4 ** (lease.attempt - 1)), reason=reason)


def give_up(job: Job, lease: Lease, reason: str, says: str) -> None:
    """`reason` is for those who run the server, `says` for those who wait for the work."""
    with audited_atomic():
        lease.give_up(reason=reason[:2000])
        record(
            action="jobs.job.failed",
            actor=Actor.system(f"job {job.kind}"),
            stream="system",
            subject=("jobs.job", str(job.pk)),
            changes={"status": [Job.Status.RUNNING, Job.Status.FAILED]},
            reason=reason[:2000],
            details={"kind": job.kind, "key": job.key, "attempt": lease.attempt},
        )
        mark_failed(job, says)


def place_of(error: BaseException) -> str:
    """The error's type and the last lines of our own code in it; its text is omitted: it may identify people."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if is_ours(frame.filename)]
    places = [f"{Path(frame.filename).relative_to(settings.BASE_DIR)}:{frame.lineno}" for frame in own[-3:]]
    return f"{type(error).__name__} at {', '.join(places) or 'an unknown place'}"


def is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(settings.BASE_DIR) and ".venv" not in path.parts


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
