"""The charter: the rules of a reading, versioned and signed; and who is qualified to read under it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from studies.models import Trial


class CharterStatus(models.TextChoices):
    """A draft may be edited; a signed charter never changes: an amendment is the next version."""

    DRAFT = "draft", "Draft"
    SIGNED = "signed", "Signed"


CHARTER_TRANSITIONS: dict[CharterStatus, frozenset[CharterStatus]] = {
    CharterStatus.DRAFT: frozenset({CharterStatus.SIGNED}),
    CharterStatus.SIGNED: frozenset(),
}


class Charter(models.Model):
    """One version of a trial's charter. `terms` is the JSON of reading.charter.terms.Terms, `digest` its SHA-256.

    `approval` is the imaging lead's signature, where the terms require it. `paper` is the name of the stored PDF of
    the charter that was signed on paper, `paper_digest` its SHA-256.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="charters")
    version = models.PositiveIntegerField()
    status = models.CharField(max_length=8, choices=CharterStatus.choices, default=CharterStatus.DRAFT)
    terms = models.JSONField()
    digest = models.CharField(max_length=64, blank=True)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, null=True, blank=True)
    approval = models.ForeignKey(
        "accounts.Signature", on_delete=models.PROTECT, null=True, blank=True, related_name="approved_charters"
    )
    paper = models.CharField(max_length=100, blank=True)
    paper_digest = models.CharField(max_length=64, blank=True)
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["trial", "-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "version"], name="charter_version_once"),
            models.UniqueConstraint(fields=["trial"], condition=Q(status="draft"), name="one_draft_charter"),
            models.CheckConstraint(condition=Q(status__in=CharterStatus.values), name="charter_status_known"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(signature__isnull=False), name="signed_charter_has_signature"
            ),
            models.CheckConstraint(
                condition=Q(status="signed") | Q(approval=None, paper=""), name="draft_charter_not_approved"
            ),
        ]

    def __str__(self) -> str:
        return f"charter version {self.version}"


class QualificationQuerySet(models.QuerySet["Qualification"]):
    """Qualifications of readers."""

    def held(self) -> QualificationQuerySet:
        """Qualifications that were not withdrawn, expired or not."""
        return self.filter(revoked_at=None)

    def valid(self) -> QualificationQuerySet:
        """Qualifications that were not withdrawn and whose last day has not passed."""
        return self.held().filter(Q(expires_on=None) | Q(expires_on__gte=timezone.localdate()))


class Qualification(models.Model):
    """A person's qualification to read with an instrument in a trial: its start, its last day and its evidence.

    Signed by the person who records it. `expires_on` is its last day, None for no end; `result` is the passed training
    that it is based on, if any.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="qualifications")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="qualifications")
    instrument = models.CharField(max_length=32)
    evidence = models.CharField(max_length=300)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, null=True, blank=True)
    result = models.ForeignKey(
        "reading.TrainingResult", on_delete=models.PROTECT, null=True, blank=True, related_name="qualifications"
    )
    granted_at = models.DateTimeField(auto_now_add=True)
    expires_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "reader"]

    def __str__(self) -> str:
        return f"{self.reader_id} {self.instrument}"

    @property
    def state(self) -> str:
        """valid, expired or withdrawn."""
        if self.revoked_at is not None:
            return "withdrawn"
        return "expired" if self.expires_on is not None and self.expires_on < timezone.localdate() else "valid"
