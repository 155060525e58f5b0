"""One run of filling the demo: its trial and people, how its jobs are run, and where progress is reported."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.models import User
from audit.trail import Actor
from jobs.carrying import run_due_jobs
from jobs.models import Job
from jobs.pulse import beat
from rehearsal.demo import people as cast
from rehearsal.demo.planning import PlannedTrial

WAIT_SECONDS = 0.2


@dataclass
class Filling:
    """One run on one trial."""

    say: Callable[[str], None]
    carry: bool
    processes: int
    planned: PlannedTrial
    people: dict[str, User]
    began: datetime = field(default_factory=timezone.now)

    def actor(self, name: str) -> Actor:
        """A demo person in their role, by the first part of their address."""
        return cast.actor(self.people, f"{name}{cast.DOMAIN}")

    def user(self, name: str) -> User:
        """The account of a demo person."""
        return self.people[f"{name}{cast.DOMAIN}"]

    def signs(self, name: str) -> dict[str, Any]:
        """The arguments of a function for which a person signs."""
        return {"actor": self.actor(name), "user": self.user(name), "password": cast.PASSWORD}

    @property
    def coordinator(self) -> Actor:
        """The demo's coordinator."""
        return self.actor("coordinator")


def settle(run: Filling) -> None:
    """Waits until no job is left, or runs the jobs here; a failed job ends the run with its reason."""
    while True:
        if run.carry:
            run_due_jobs()
        failed = Job.objects.failed().filter(finished_at__gte=run.began).first()
        if failed is not None:
            raise RuntimeError(f"Job {failed} failed: {failed.reason}")
        if not Job.objects.unfinished().exists():
            return
        time.sleep(WAIT_SECONDS)


def say_progress(run: Filling, text: str, well: bool) -> None:
    """Reports progress to the console and to /healthz."""
    run.say(text)
    beat("demo", well=well, says=text)
