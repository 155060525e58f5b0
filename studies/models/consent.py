"""Subjects who withdrew consent: no new film of theirs is accepted, and nobody can open earlier ones."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from studies.models.trial import Subject


class ConsentWithdrawalQuerySet(models.QuerySet["ConsentWithdrawal"]):
    """Queries for withdrawals of consent."""

    def current(self) -> ConsentWithdrawalQuerySet:
        """Withdrawals that were not recorded by mistake."""
        return self.filter(corrected_at=None)


class ConsentWithdrawal(models.Model):
    """A subject's withdrawal and its date; `corrected_at` means that it was recorded by mistake.

    `instruction` is the sponsor's wording about the collected data; without one they are kept.
    """

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="consent_withdrawals")
    withdrawn_on = models.DateField()
    statement = models.CharField(max_length=300)
    instruction = models.CharField(max_length=500, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)
    corrected_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentWithdrawalQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["subject", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject"], condition=Q(corrected_at=None), name="consent_withdrawn_once"),
            models.CheckConstraint(condition=~Q(statement=""), name="consent_withdrawal_says_what"),
            models.CheckConstraint(
                condition=Q(corrected_at=None) | Q(corrected_at__gte=F("recorded_at")),
                name="consent_corrected_after_it_was_recorded",
            ),
        ]

    def __str__(self) -> str:
        return f"withdrawal of consent {self.pk}"
