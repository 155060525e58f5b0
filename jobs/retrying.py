"""Retries of failed jobs: automatic a limited number of times, or by a person once the job has given up."""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from audit.trail import Actor, audited_atomic, record
from config.away import is_away
from config.errors import WrongState
from config.transitions import moved
from jobs.giving_up import in_words, mark_failed
from jobs.lease import Lease
from jobs.models import Job
from jobs.queue import publish
from jobs.while_database_away import until_back

log = logging.getLogger(__name__)
# A running job is queued again by its own worker, never by a person.
BY_HAND = {Job.Status.FAILED: {Job.Status.QUEUED}}


def try_later(job: Job, lease: Lease, error: Exception) -> None:
    reason = place_of(error)
    log.warning("job %s, attempt %s: %s", job.pk, lease.attempt, reason)
    if is_away(error):  # unrelated to the job: not an attempt, and its lease need not expire
        pause = timedelta(seconds=settings.JOB_RETRY_SECONDS)
        until_back(lambda: lease.put_back(wait=pause, reason=reason, counts=False))
    elif lease.attempt >= settings.JOB_ATTEMPTS:
        give_up(job, lease, reason, in_words(error))
    else:
        lease.put_back(wait=timedelta(seconds=settings.JOB_RETRY_SECONDS * 4 ** (lease.attempt - 1)), reason=reason)


def give_up(job: Job, lease: Lease, reason: str, says: str) -> None:
    """`reason` is for people who run the server, `says` for people who wait for the work."""
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
    """The error's type and the last lines of our own code in it; the text is omitted because it may identify people."""
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if is_ours(frame.filename)]
    places = [f"{Path(frame.filename).relative_to(settings.BASE_DIR)}:{frame.lineno}" for frame in own[-3:]]
    return f"{type(error).__name__} at {', '.join(places) or 'an unknown place'}"


def is_ours(filename: str) -> bool:
    path = Path(filename)
    return path.is_relative_to(settings.BASE_DIR) and ".venv" not in path.parts


def retry(*, job: Job, actor: Actor) -> None:
    """Queues a failed job again, starting with its first attempt."""
    with audited_atomic():
        if not moved(job, Job.Status.QUEUED, BY_HAND, attempts=0, due_at=timezone.now(), finished_at=None):
            state = job.get_status_display().lower()
            raise WrongState(f"Job {job.pk} is {state}. Only a job that has failed can be tried again.")
        record(
            action="jobs.job.retried",
            actor=actor,
            stream="system",
            subject=("jobs.job", str(job.pk)),
            changes={"status": [Job.Status.FAILED, Job.Status.QUEUED]},
            details={"kind": job.kind, "key": job.key},
        )
        transaction.on_commit(lambda: publish(job.pk))
