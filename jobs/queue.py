"""Requesting work: recorded in the transaction of its cause, announced to a worker once that has committed."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from config.celery import app
from config.job_kinds import KINDS
from jobs.lease import Lease, LeaseLost
from jobs.models import Job

__all__ = ["Lease", "LeaseLost", "JobRefused", "add", "publish"]
log = logging.getLogger(__name__)


class JobRefused(Exception):
    """The work can never succeed, so it is not retried; the text is the reason shown to people."""


def add(*, kind: str, key: str, payload: Mapping[str, Any]) -> Job:
    """The job of that kind and key, recorded in the open transaction; adding it twice returns the same job."""
    if kind not in KINDS:
        raise LookupError(f"job kind {kind!r} is not in config.job_kinds")
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"job {kind} {key} must be added in the transaction of its cause")
    job, added = Job.objects.get_or_create(kind=kind, key=key, defaults={"payload": dict(payload)})
    if added:
        transaction.on_commit(lambda: publish(job.pk))
    return job


def publish(job_id: int) -> None:
    """Announces the job to a worker, after the commit: a failure here must not undo or hide what has been
    committed. It only costs time, because the sweeper announces the job again.
    """
    job = Job.objects.filter(pk=job_id)
    try:
        job.update(hinted_at=timezone.now())
        app.send_task("jobs.carry", args=(job_id,), retry=False)
    except DatabaseError as error:
        log.warning("job %s was not announced: %s", job_id, type(error).__name__)
    except Exception as error:  # kombu passes on any exception of its transport
        log.warning("job %s was not announced: %s", job_id, type(error).__name__)
        job.update(hinted_at=None)
