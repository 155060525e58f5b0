"""Transfers of a campaign's data to a named recipient, the receipts they sign, and decisions of a data review."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models import Campaign


class Purpose(models.TextChoices):
    """What a transfer is for."""

    TEST = "test", "Test"
    REVIEW = "review", "Blinded data review"
    INTERIM = "interim", "Interim"
    FINAL = "final", "Final"


OF_A_LOCK = (Purpose.INTERIM, Purpose.FINAL)


class TransferStatus(models.TextChoices):
    """The state of a transfer."""

    BUILDING = "building", "Being built"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


TRANSFER_TRANSITIONS: dict[TransferStatus, frozenset[TransferStatus]] = {
    TransferStatus.BUILDING: frozenset({TransferStatus.READY, TransferStatus.FAILED}),
    TransferStatus.READY: frozenset(),
    TransferStatus.FAILED: frozenset(),
}


class DataTransfer(models.Model):
    """A package for one recipient. A test or review transfer is built from complete cases of a cut; one of a lock is
    the locked package itself.

    `cut` says how the cases were chosen and out of how many, `cases` holds their ids. `seed` gives the values of a test
    transfer. `before` is the transfer of the same purpose that this one is compared with.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="transfers")
    number = models.PositiveIntegerField()
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    cut = models.JSONField(default=dict)
    cases = models.JSONField(default=list)
    seed = models.CharField(max_length=64, blank=True)
    before = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lock = models.ForeignKey("scoring.Lock", on_delete=models.PROTECT, null=True, blank=True, related_name="transfers")
    status = models.CharField(max_length=10, choices=TransferStatus.choices, default=TransferStatus.BUILDING)
    folder = models.CharField(max_length=120, blank=True)
    root = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=1000, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="transfer_number_once"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="transfer_purpose_known"),
            models.CheckConstraint(condition=Q(status__in=TransferStatus.values), name="transfer_status_known"),
            models.CheckConstraint(
                condition=Q(purpose__in=[str(one) for one in OF_A_LOCK], lock__isnull=False)
                | ~Q(purpose__in=[str(one) for one in OF_A_LOCK]) & Q(lock__isnull=True),
                name="transfer_of_a_lock_names_it",
            ),
            models.CheckConstraint(
                condition=Q(purpose="test") & ~Q(seed="") | ~Q(purpose="test") & Q(seed=""),
                name="test_transfer_has_a_seed",
            ),
        ]

    def __str__(self) -> str:
        return f"transfer {self.number}"


class TransferReceipt(models.Model):
    """The recipient's signature over the number and the root of a transfer. Insert-only."""

    transfer = models.OneToOneField(DataTransfer, on_delete=models.PROTECT, related_name="receipt")
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"receipt of transfer {self.transfer_id}"


class Decided(models.TextChoices):
    """What the blinded data review decided on findings."""

    ACCEPTED = "accepted", "Used as it is"
    TO_CORRECT = "to-correct", "To be corrected before the lock"
    LEFT_OUT = "left-out", "Left out of an analysis set"
    OTHER = "other", "Another decision, given in the note"


class ReviewDecision(models.Model):
    """A decision on findings of a review transfer, under a signature; the newest on a finding counts. Insert-only.

    `after_unblinding` says whether arms of the trial had been opened here before it.
    """

    transfer = models.ForeignKey(DataTransfer, on_delete=models.PROTECT, related_name="decisions")
    number = models.PositiveIntegerField()
    findings = models.JSONField()
    decision = models.CharField(max_length=10, choices=Decided.choices)
    note = models.CharField(max_length=500)
    after_unblinding = models.BooleanField()
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["transfer", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["transfer", "number"], name="review_decision_number_once"),
            models.CheckConstraint(condition=Q(decision__in=Decided.values), name="review_decision_known"),
        ]

    def __str__(self) -> str:
        return f"decision {self.number}"
