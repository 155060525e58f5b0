"""Datasets with their event lists, locks and unlocks. Locks are insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models import Campaign


class EventList(models.Model):
    """One version of a campaign's intercurrent events, as a statistician imported it; the newest counts. Insert-only.

    `events` holds subject code, kind, day (ISO 8601), source and line of each event; `digest` is the SHA-256 of the
    imported text. A list without events withdraws all earlier ones.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="event_lists")
    number = models.PositiveIntegerField()
    events = models.JSONField()
    digest = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="event_list_number_once")]

    def __str__(self) -> str:
        return f"event list {self.number}"


class DatasetStatus(models.TextChoices):
    """The state of a dataset."""

    BUILDING = "building", "Being built"
    BUILT = "built", "Built"
    LOCK_REQUESTED = "lock-requested", "Waiting for the second signer"
    LOCKED = "locked", "Locked"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"


DATASET_TRANSITIONS: dict[DatasetStatus, frozenset[DatasetStatus]] = {
    DatasetStatus.BUILDING: frozenset({DatasetStatus.BUILT, DatasetStatus.FAILED}),
    DatasetStatus.BUILT: frozenset({DatasetStatus.LOCK_REQUESTED, DatasetStatus.DISCARDED}),
    DatasetStatus.LOCK_REQUESTED: frozenset({DatasetStatus.LOCKED, DatasetStatus.DISCARDED}),
    DatasetStatus.LOCKED: frozenset(),
    DatasetStatus.FAILED: frozenset({DatasetStatus.DISCARDED}),
    DatasetStatus.DISCARDED: frozenset(),
}


class Dataset(models.Model):
    """A package built from the signed values of a campaign. Its files are in the exports store under `folder`.

    `events` is the event list that was newest when it was requested.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="datasets")
    number = models.PositiveIntegerField()
    events = models.ForeignKey(EventList, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=16, choices=DatasetStatus.choices, default=DatasetStatus.BUILDING)
    folder = models.CharField(max_length=120, blank=True)
    root = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=1000, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="dataset_number_once"),
            models.CheckConstraint(condition=Q(status__in=DatasetStatus.values), name="dataset_status_known"),
        ]

    def __str__(self) -> str:
        return f"dataset {self.number}"


class Lock(models.Model):
    """The lock of a dataset by two people: its root hash under two signatures. Insert-only.

    A lock that `corrects` another was made after arms were received: the other stays the analysis of record.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.PROTECT, related_name="lock")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="locks")
    number = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    requested = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    confirmed = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    row_diff = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    locked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="lock_number_once")]

    def __str__(self) -> str:
        return f"lock {self.number}"

    @property
    def state(self) -> str:
        """In force, superseded once it was unlocked, or a correction made after arms were received."""
        if self.corrects_id:
            return "correction"
        unlock = getattr(self, "unlock", None)
        return "superseded" if unlock and unlock.agreed_id else "in force"


class LockRequest(models.Model):
    """The first half of a lock: the statistician's signature over the root, waiting for the second signer."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="lock_requests")
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset"], condition=Q(withdrawn_at__isnull=True), name="one_lock_request")
        ]

    def __str__(self) -> str:
        return f"lock request {self.dataset_id}"


class Unlock(models.Model):
    """The unlocking of a lock: the reason, the signature that requested it and that of the other person who agreed."""

    lock = models.OneToOneField(Lock, on_delete=models.PROTECT, related_name="unlock")
    reason = models.CharField(max_length=500)
    requested = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    agreed = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    def __str__(self) -> str:
        return f"unlock of lock {self.lock_id}"
