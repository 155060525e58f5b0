"""Operation while a part is unavailable."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.urls import reverse

from jobs.models import Job
from validation.checks import check, demand
from validation.oq import room
from validation.oq.world import TRIAL, CheckedTrial


@contextmanager
def no_broker() -> Iterator[None]:
    """Makes writing messages impossible inside the block."""
    folder = settings.CELERY_BROKER_FOLDER / "messages"
    kept = folder.rename(folder.with_name("kept"))
    folder.write_text("")
    try:
        yield
    finally:
        folder.unlink()
        kept.rename(folder)


@check(
    "R-46",
    name="work without the broker",
    does="Disconnects the broker, enters a value as a reader, and requests a verification as the auditor.",
    expects="The value is saved, and the work is recorded although no worker is notified",
)
def work_without_the_broker(world: CheckedTrial) -> str:
    before = Job.objects.count()
    with no_broker():
        saved = room.enter(world, 3, 0)
        status = world.post("auditor", reverse("audit:verify", args=[TRIAL])).status_code
    job = Job.objects.order_by("-pk").first()
    faults = [] if status == 302 else [f"the request was answered with {status}"]
    faults += [] if job and Job.objects.count() == before + 1 else ["the work was not recorded"]
    faults += ["a message was written without a broker"] if job and job.hinted_at else []
    return demand(faults, f"saved as revision {saved['revision']}; job {job} waits in the database")


READING = (work_without_the_broker,)
