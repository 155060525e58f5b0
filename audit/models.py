"""The trail: one chain of events for each stream (a trial, a read, or "system") and the head of each chain."""

from __future__ import annotations

import json
from typing import Any, Self

from django.db import models

from audit.streams import SEPARATOR


class Head(models.Model):
    """The end of a stream's chain; its row is locked while the chain grows."""

    stream = models.CharField(max_length=100, primary_key=True)
    seq = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    class Meta:
        db_table = "audit_head"

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq}"


class EventQuerySet(models.QuerySet["Event"]):
    """Queries for events."""

    def of_home(self, home: str) -> Self:
        """The events of a trial's own chain and of the chains of its parts."""
        return self.filter(home=home)

    def of_record(self, subject_type: str, subject_id: str) -> Self:
        return self.filter(subject_type=subject_type, subject_id=subject_id)

    def newest_first(self) -> Self:
        return self.order_by("-at", "-id")


class Event(models.Model):
    """One event. `body` is canonical JSON, hashed as stored; the other columns copy parts of it for searching.

    `home` is the trial of the stream; `mac` authenticates the hash with the key whose number is `mac_key`.
    """

    stream = models.CharField(max_length=100)
    home = models.CharField(max_length=100)
    seq = models.BigIntegerField()
    prev = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)
    mac = models.CharField(max_length=64)
    mac_key = models.PositiveIntegerField()
    body = models.TextField()
    at = models.DateTimeField()
    action = models.CharField(max_length=100)
    actor_id = models.BigIntegerField(null=True)
    actor_label = models.CharField(max_length=300)
    role = models.CharField(max_length=30)
    subject_type = models.CharField(max_length=100)
    subject_id = models.CharField(max_length=100)

    objects = EventQuerySet.as_manager()

    class Meta:
        db_table = "audit_event"
        constraints = [
            models.UniqueConstraint(fields=["stream", "seq"], name="audit_event_one_at_each_seq"),
            models.UniqueConstraint(fields=["stream", "prev"], name="audit_event_never_forks"),
        ]
        indexes = [
            models.Index(fields=["home", "at"], name="audit_event_by_time"),
            models.Index(fields=["subject_type", "subject_id"], name="audit_event_by_record"),
            models.Index(fields=["action", "at"], name="audit_event_by_action"),
        ]

    def __str__(self) -> str:
        return f"{self.stream} #{self.seq} {self.action}"

    @property
    def part(self) -> str:
        """The part of the trial to whose chain the event belongs, such as read-12; empty for the trial's own chain."""
        return self.stream.removeprefix(self.home).removeprefix(SEPARATOR)

    @property
    def content(self) -> dict[str, Any]:
        """The parsed body."""
        content: dict[str, Any] = json.loads(self.body)
        return content
