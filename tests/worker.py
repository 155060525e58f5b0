"""The Celery application of a test's worker: the real one, with the kinds of work that only tests know.

With PAUSES a worker stops for ever inside the transaction that writes a job's result, once for each kind armed there.
"""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any

from celery.signals import worker_process_init

from config.celery import app
from config.job_kinds import KINDS
from tests.jobs.names import TEST_KINDS

KINDS.update(TEST_KINDS)
__all__ = ["app"]


@worker_process_init.connect
def stop_where_armed(**kwargs: Any) -> None:
    """Lease.finish is where every kind of work ends, in its last transaction: the worst moment to be killed."""
    from jobs.lease import Lease
    from jobs.models import Job

    finish, pauses = Lease.finish, os.environ.get("PAUSES")

    def finish_or_stop(lease: Lease) -> None:
        finish(lease)
        armed = Path(pauses or "/nowhere") / Job.objects.get(pk=lease.job_id).kind
        if armed.exists():
            armed.rename(f"{armed}.reached")
            threading.Event().wait()

    setattr(Lease, "finish", finish_or_stop)  # noqa: B010  a method given to the class from outside
