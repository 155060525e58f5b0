"""Documents that a reader of a trial has signed outside Blindread, such as a CV, with their dates."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from studies.models import Trial


class DocumentKind(models.TextChoices):
    """What every reader and adjudicator must have signed."""

    CV = "cv", "CV"
    INTERESTS = "interests", "Conflict of interest statement"
    GUIDE = "guide", "Reading guide, read and signed"
    CHARTER = "charter", "Charter, read and signed"


class ReaderDocumentQuerySet(models.QuerySet["ReaderDocument"]):
    """Queries for documents."""

    def current(self) -> ReaderDocumentQuerySet:
        """Entries that were not withdrawn, expired or not."""
        return self.filter(withdrawn_at=None)


class ReaderDocument(models.Model):
    """An entry: the person signed the document on `signed_on`, and it is valid up to `expires_on`, None for no end."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="reader_documents")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reader_documents")
    kind = models.CharField(max_length=12, choices=DocumentKind.choices)
    signed_on = models.DateField()
    expires_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ReaderDocumentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "person", "kind", "signed_on", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trial", "person", "kind", "signed_on"], condition=Q(withdrawn_at=None), name="document_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=DocumentKind.values), name="document_kind_known"),
            models.CheckConstraint(
                condition=Q(expires_on=None) | Q(expires_on__gte=F("signed_on")), name="document_expires_after_signed"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("recorded_at")),
                name="document_withdrawn_after_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"document {self.pk}"
