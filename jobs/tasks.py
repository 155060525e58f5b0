"""The one Celery task. Its message is a hint: what is to be done, and whether, stands in the database."""

from __future__ import annotations

from config.celery import app
from jobs.carrying import carry_job
from jobs.pulse import beat

PROBE = 0  # no job has this id: the sweeper sends it to see that messages come through to a worker


@app.task(name="jobs.carry")
def carry(job_id: int) -> None:
    """Carries one job."""
    beat("worker")
    if job_id != PROBE:
        carry_job(job_id)
