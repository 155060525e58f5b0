"""A job that gives up: its record is marked as failed, with a plain reason and a possible remedy."""

from __future__ import annotations

import errno
import logging
from typing import Any, Protocol

from django.utils.module_loading import import_string

from audit.trail import audited_atomic
from config.job_kinds import GIVEN_UP
from jobs.models import Job

log = logging.getLogger(__name__)

DISK_FULL = "The disk of the server is full."
NOT_WRITABLE = "The server cannot read or write one of its files."
NO_MEMORY = "The server ran out of memory."
WORKERS_DIED = "Every worker that started the work ended before it was done."
UNEXPECTED = "An unexpected error occurred on the server."


class GivenUp(Protocol):
    """Marks the record of a job of this kind as failed; called in the transaction that gives the job up."""

    def __call__(self, *, payload: dict[str, Any], says: str) -> None: ...


def in_words(error: BaseException) -> str:
    """The cause of the failure, for people who do not run the server; never the text of the error.

    >>> in_words(OSError(errno.ENOSPC, "No space left on device"))
    'The disk of the server is full.'
    """
    if isinstance(error, MemoryError):
        return NO_MEMORY
    if isinstance(error, OSError):
        return DISK_FULL if error.errno in (errno.ENOSPC, errno.EDQUOT) else NOT_WRITABLE
    return UNEXPECTED


def mark_failed(job: Job, says: str) -> None:
    """Marks the record of the job as failed. An error here must not prevent the job from being given up."""
    if job.kind not in GIVEN_UP:
        return
    mark: GivenUp = import_string(GIVEN_UP[job.kind])
    try:
        with audited_atomic():
            mark(payload=job.payload, says=says)
    except Exception as error:  # any exception of a handler in a higher app
        log.warning("what job %s worked for was not marked as failed: %s", job.pk, type(error).__name__)
