"""The only Celery task. Its message is only a hint: the database decides what is to be done, if anything."""

from __future__ import annotations

from typing import Any

from celery.signals import worker_ready, worker_shutdown

from config.celery import app
from jobs import presence
from jobs.carrying import carry_job
from jobs.pulse import beat
from jobs.while_database_away import until_back

PROBE = 0  # not the id of a job: the sweeper sends it to check that messages reach a worker


@app.task(name="jobs.carry")
def carry(job_id: int) -> None:
    """Carries out one job."""
    until_back(lambda: beat("worker"))
    if job_id != PROBE:
        carry_job(job_id)


@worker_ready.connect
def show_presence(**kwargs: Any) -> None:
    """Starts to report that the worker is listening."""
    presence.begin()


@worker_shutdown.connect
def end_presence(**kwargs: Any) -> None:
    """A worker ends in an orderly way."""
    presence.end()
