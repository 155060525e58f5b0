"""Queries to readers: cells of a signed read that its reader is asked to check, released together in batches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reading.models.campaign import Campaign
from reading.models.read import Read


class QueryMark(models.Model):
    """The items of a signed read that the imaging lead marked. Readers are shown these among others (`ReadQuery`)."""

    read = models.OneToOneField(Read, on_delete=models.PROTECT, related_name="query_mark")
    items = models.JSONField(default=list)
    marked_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"mark on {self.read_id}"


class QueryBatch(models.Model):
    """The queries of all reads signed until the lead prepared it. A coordinator releases it under a signature.

    `sealed` is the seed from which its sham items were drawn; the commitment fixes it.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="query_batches")
    number = models.PositiveIntegerField()
    commitment = models.CharField(max_length=64)
    sealed = models.BinaryField()
    prepared_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True, blank=True)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="query_batch_number_once"),
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(released_at=None), name="one_query_batch_to_release"
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, signature=None) | Q(released_at__isnull=False, signature__isnull=False),
                name="released_query_batch_is_signed",
            ),
        ]

    def __str__(self) -> str:
        return f"query batch {self.number}"


class ReadQuery(models.Model):
    """A read in a batch, once. `items` are those to check, in the order of the instrument; none where nothing is asked.

    `sent_at` is when the read was returned for it, `answered_at` when it was signed again. `confirmed` holds the
    reader's reason for each item that stays as it was.
    """

    batch = models.ForeignKey(QueryBatch, on_delete=models.PROTECT, related_name="queries")
    read = models.OneToOneField(Read, on_delete=models.PROTECT, related_name="query")
    items = models.JSONField(default=list)
    sent_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.JSONField(default=dict)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(sent_at__isnull=False), name="answered_query_was_sent"
            ),
        ]

    def __str__(self) -> str:
        return f"query on {self.read_id}"
