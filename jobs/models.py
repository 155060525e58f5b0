"""Jobs, whose state is in the database; and the last report of each component."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self

from django.db import models
from django.utils import timezone


class JobQuerySet(models.QuerySet["Job"]):
    """Queries for jobs."""

    def unfinished(self) -> Self:
        return self.filter(status__in=(Job.Status.QUEUED, Job.Status.RUNNING))

    def failed(self) -> Self:
        return self.filter(status=Job.Status.FAILED)

    def claimable(self, now: datetime) -> Self:
        """Queued and due, or left behind by a worker that stopped renewing its lease."""
        return self.filter(
            models.Q(status=Job.Status.QUEUED, due_at__lte=now)
            | models.Q(status=Job.Status.RUNNING, leased_until__lt=now)
        )

    def held(self) -> Self:
        """Claimed by a running worker."""
        return self.filter(status=Job.Status.RUNNING, leased_until__gte=timezone.now())


class Job(models.Model):
    """One piece of work, identified by (kind, key): adding it twice creates one job."""

    class Status(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    # All changes of status; each is made by compare-and-set.
    TRANSITIONS: ClassVar[dict[str, frozenset[str]]] = {
        Status.QUEUED: frozenset({Status.RUNNING}),
        Status.RUNNING: frozenset({Status.RUNNING, Status.DONE, Status.QUEUED, Status.FAILED}),
        Status.FAILED: frozenset({Status.QUEUED}),
        Status.DONE: frozenset(),
    }

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    payload: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField(default=dict)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    reason = models.TextField(blank=True, default="")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    doing = models.CharField(max_length=200, blank=True, default="")
    lease = models.CharField(max_length=32, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    due_at = models.DateTimeField(default=timezone.now)
    hinted_at = models.DateTimeField(null=True)
    added_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["kind", "key"], name="job_is_added_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=("queued", "running", "done", "failed")), name="job_status_is_known"
            ),
            models.CheckConstraint(
                condition=~models.Q(status="running") | (~models.Q(lease="") & models.Q(leased_until__isnull=False)),
                name="job_runs_under_a_lease",
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["status", "due_at"], name="job_by_status")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Pulse(models.Model):
    """The last report of a component: worker, sweeper, chore, last backup or demo."""

    part = models.CharField(max_length=50, primary_key=True)
    at = models.DateTimeField()
    well = models.BooleanField(default=True)
    says = models.CharField(max_length=300, blank=True, default="")

    def __str__(self) -> str:
        return f"{self.part}: {self.says or ('well' if self.well else 'not well')}"
