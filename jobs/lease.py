"""A worker's claim on a job: taken by compare-and-set, renewed by a heartbeat, released with the result."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.utils import timezone

from jobs.models import Job

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """Another worker has taken over the job: this worker's results must be discarded."""


class Lease:
    """A worker's claim on one job for one attempt."""

    def __init__(self, job: Job) -> None:
        self.job_id, self.token, self.attempt = job.pk, job.lease, job.attempts
        self.name = f"{job.kind} {job.key}"  # the same at every attempt, and unique to the job
        self.finished = False

    def _change(self, **values: object) -> None:
        held = Job.objects.filter(pk=self.job_id, status=Job.Status.RUNNING, lease=self.token)
        if held.update(**values) != 1:
            raise LeaseLost(f"job {self.job_id}, attempt {self.attempt}")

    def renew(self) -> None:
        """Extends the lease."""
        self._change(leased_until=timezone.now() + term())

    def progress(self, done: int, total: int, doing: str = "") -> None:
        """Shows progress. Not for use inside a transaction, where it would stay invisible until the commit."""
        self._change(done=done, total=total, doing=doing[:200], leased_until=timezone.now() + term())

    def keep(self, payload: dict[str, Any]) -> None:
        """Saves the point from which the next attempt continues. As the job has advanced, attempts restart at one."""
        self._change(payload=payload, attempts=1, leased_until=timezone.now() + term())
        self.attempt = 1

    def checkpoint(self) -> None:
        """Renews the lease in the transaction that writes a piece. As the job has advanced, attempts restart at one."""
        self._change(attempts=1, leased_until=timezone.now() + term())
        self.attempt = 1

    def finish(self) -> None:
        """Marks the job done, in the transaction that writes its result: both happen or neither."""
        self._change(status=Job.Status.DONE, lease="", leased_until=None, reason="", finished_at=timezone.now())
        self.finished = True

    def put_back(self, *, wait: timedelta, reason: str, counts: bool = True) -> None:
        """Queues the job again for later; a failure that the job did not cause does not count as an attempt."""
        due, attempts = timezone.now() + wait, self.attempt if counts else self.attempt - 1
        queued = {"status": Job.Status.QUEUED, "lease": "", "leased_until": None, "hinted_at": None}
        self._change(**queued, due_at=due, reason=reason, attempts=attempts)

    def give_up(self, *, reason: str) -> None:
        """Marks the job failed until a person retries it."""
        self._change(status=Job.Status.FAILED, lease="", leased_until=None, reason=reason, finished_at=timezone.now())


def term() -> timedelta:
    """How long a lease lasts without a heartbeat."""
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def claim(job_id: int) -> Lease | None:
    """Claims the job if it is due or abandoned; None if it cannot be claimed."""
    now = timezone.now()
    job = Job.objects.claimable(now).filter(pk=job_id).first()
    if job is None:
        return None
    seen = Job.objects.filter(pk=job_id, status=job.status, lease=job.lease, attempts=job.attempts)
    job.lease, job.attempts = secrets.token_hex(16), job.attempts + 1
    taken = seen.update(
        status=Job.Status.RUNNING,
        lease=job.lease,
        attempts=job.attempts,
        leased_until=now + term(),
        started_at=now,
        done=0,
        total=0,
        doing="",
    )
    return Lease(job) if taken == 1 else None


@contextmanager
def heartbeat(lease: Lease) -> Iterator[None]:
    """Renews the lease from a thread during the work; a lost lease is noticed when the result is written."""
    stop = threading.Event()
    thread = threading.Thread(target=beat, args=(lease, stop), daemon=True, name=f"lease-{lease.job_id}")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def beat(lease: Lease, stop: threading.Event) -> None:
    try:
        while not stop.wait(settings.JOB_LEASE_SECONDS / 3):
            try:
                lease.renew()
            except LeaseLost:
                return
            except DatabaseError as error:
                log.warning("the lease of job %s was not renewed: %s", lease.job_id, type(error).__name__)
                connection.close()  # a broken connection does not recover
    finally:
        connection.close()
