"""The one Celery task. Its message is only a hint: the database says what is to be done, and whether."""

from __future__ import annotations

from config.celery import app
from jobs.carrying import carry_job
from jobs.pulse import beat

PROBE = 0  # no job has this id: the sweeper sends it to check that messages reach a worker


@app.task(name="jobs.carry")
def carry(job_id: int) -> None:
    """Carries out one job."""
    beat("worker")
    if job_id != PROBE:
        carry_job(job_id)
