"""Requests for the arms of a locked campaign, the shares given for them, and reports by arm."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models import Campaign
from scoring.models.dataset import Lock
from studies.models import ArmsImport, CustodianKey


class ArmsRequestStatus(models.TextChoices):
    """The state of a request for the arms."""

    WAITING = "waiting", "Waiting for two custodians"
    OPENING = "opening", "Being opened"
    OPENED = "opened", "Opened"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"
    FAILED = "failed", "Failed"


ARMS_REQUEST_TRANSITIONS: dict[ArmsRequestStatus, frozenset[ArmsRequestStatus]] = {
    ArmsRequestStatus.WAITING: frozenset(
        {ArmsRequestStatus.OPENING, ArmsRequestStatus.EXPIRED, ArmsRequestStatus.WITHDRAWN}
    ),
    ArmsRequestStatus.OPENING: frozenset({ArmsRequestStatus.OPENED, ArmsRequestStatus.FAILED}),
    ArmsRequestStatus.OPENED: frozenset(),
    ArmsRequestStatus.EXPIRED: frozenset(),
    ArmsRequestStatus.WITHDRAWN: frozenset(),
    ArmsRequestStatus.FAILED: frozenset(),
}


class ArmsRequest(models.Model):
    """A request to open the arms of a locked campaign: who made it, why, and the deadline for two custodians.

    `folder` names the encrypted package in the exports store, `root` the digest of its manifest.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="arms_requests")
    lock = models.ForeignKey(Lock, on_delete=models.PROTECT, related_name="+")
    imported = models.ForeignKey(ArmsImport, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=ArmsRequestStatus.choices, default=ArmsRequestStatus.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    wrong_shares = models.PositiveIntegerField(default=0)
    folder = models.CharField(max_length=120, blank=True)
    root = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(status__in=["waiting", "opening"]), name="one_open_arms_request"
            ),
            models.CheckConstraint(condition=Q(status__in=ArmsRequestStatus.values), name="arms_request_status_known"),
        ]

    def __str__(self) -> str:
        return f"arms request {self.pk}"


class OpeningShare(models.Model):
    """A custodian's share, under the custodian's signature; its content is encrypted and wiped after use."""

    request = models.ForeignKey(ArmsRequest, on_delete=models.PROTECT, related_name="shares")
    key = models.ForeignKey(CustodianKey, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField(null=True)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["request", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "key"], name="opening_share_once")]

    def __str__(self) -> str:
        return f"opening share {self.pk}"


class ArmsReportStatus(models.TextChoices):
    """The state of a report by arm."""

    COMPUTING = "computing", "Being computed"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


ARMS_REPORT_TRANSITIONS: dict[ArmsReportStatus, frozenset[ArmsReportStatus]] = {
    ArmsReportStatus.COMPUTING: frozenset({ArmsReportStatus.READY, ArmsReportStatus.FAILED}),
    ArmsReportStatus.READY: frozenset(),
    ArmsReportStatus.FAILED: frozenset(),
}


class ArmsReport(models.Model):
    """The endpoint by arm, from the dataset under a lock and its opened arms.

    `reference` is the index of the reference arm among the arms by name, from 0: no table names an arm. `by_site` is
    whether the site is a factor of the models. `folder` names the encrypted files in the exports store, `digest` is the
    SHA-256 of their zip.
    """

    request = models.ForeignKey(ArmsRequest, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField()
    reference = models.PositiveSmallIntegerField()
    by_site = models.BooleanField()
    status = models.CharField(max_length=10, choices=ArmsReportStatus.choices, default=ArmsReportStatus.COMPUTING)
    folder = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["request", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "number"], name="arms_report_number_once"),
            models.UniqueConstraint(
                fields=["request", "reference", "by_site"],
                condition=~Q(status="failed"),
                name="arms_report_of_a_kind_once",
            ),
            models.CheckConstraint(condition=Q(status__in=ArmsReportStatus.values), name="arms_report_status_known"),
        ]

    def __str__(self) -> str:
        return f"report {self.number} by arm"
