"""The sweeper: announces waiting jobs again, checks that messages reach a worker, and runs the chores in turn."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from config.celery import app
from config.chores import CHORES
from jobs.models import Job
from jobs.pulse import beat
from jobs.queue import publish
from jobs.retrying import place_of
from jobs.tasks import PROBE

log = logging.getLogger(__name__)


def messages_waiting() -> bool:
    """Whether the broker still holds messages: then none was lost, and more of them would only accumulate."""
    with app.connection_for_write() as link:
        link.ensure_connection(max_retries=1, interval_start=0, timeout=2)
        channel: Any = link.default_channel
        return bool(channel.queue_declare(app.conf.task_default_queue).message_count)


def hint_again() -> None:
    """Announces jobs that are due or abandoned by an ended worker, unless they were announced very recently."""
    now = timezone.now()
    patience = timedelta(seconds=settings.JOB_LEASE_SECONDS / 2)
    unheard = Job.objects.claimable(now).filter(Q(hinted_at=None) | Q(hinted_at__lt=now - patience))
    ids = list(unheard.order_by("pk").values_list("pk", flat=True)[:1000])
    if ids and not messages_waiting():
        for job_id in ids:
            publish(job_id)


def probe() -> None:
    """Sends a message whose only purpose is to show that a worker is listening, unless others are still waiting."""
    if not messages_waiting():
        app.send_task("jobs.carry", args=(PROBE,), retry=False, expires=15)


def alive() -> None:
    """Records that the sweeper is running."""
    beat("sweeper")


@dataclass
class Chore:
    """A function of config.chores, when it is next due by the monotonic clock, and its last result."""

    name: str
    every: int
    due: float = 0
    fault: str | None = None

    def do(self) -> None:
        """Runs it; an error is shown on the health page, and the chore is tried again when next due."""
        self.due = time.monotonic() + self.every
        function: Callable[[], object] = import_string(self.name)
        fault = ""
        try:
            function()
        except Exception as error:
            fault = place_of(error)
            log.warning("chore %s: %s", self.name, fault)
            if isinstance(error, DatabaseError):
                close_old_connections()
        if fault != self.fault:
            self._note(fault)

    def _note(self, fault: str) -> None:
        try:
            beat(f"chore {self.name}", well=not fault, says=fault)
            self.fault = fault
        except DatabaseError as error:
            log.warning("chore %s could not be recorded: %s", self.name, type(error).__name__)
            close_old_connections()


def sweep(stopped: Callable[[float], bool]) -> None:
    """Runs every chore when due until `stopped`, which waits for the given seconds, returns true."""
    chores = [Chore(name, every) for name, every in CHORES.items()]
    while True:
        for chore in chores:
            if chore.due <= time.monotonic():
                chore.do()
        if stopped(max(0.1, min(chore.due for chore in chores) - time.monotonic())):
            return
