"""The sponsor's lists of visits, compared with what Blindread holds, and what was decided about each difference."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models import Trial


class DifferenceKind(models.TextChoices):
    """What differs between a list and Blindread."""

    SUBJECT_UNKNOWN = "subject-unknown", "Subject unknown"
    VISIT_MISSING = "visit-missing", "Visit missing"
    DATE = "date", "Date differs"
    FILM_MISSING = "film-missing", "Film missing"
    FILM_NOT_LISTED = "film-not-listed", "Film not in the list"
    EVENT = "event", "Intercurrent event differs"


class ResolutionKind(models.TextChoices):
    """What was decided about a difference."""

    CORRECTED = "corrected", "Corrected in Blindread"
    SPONSOR = "sponsor", "To be corrected by the sponsor"
    SITE = "site", "Site was asked"
    EXPLAINED = "explained", "Explained, nothing to correct"
    REOPENED = "reopened", "Open again"


class EdcList(models.Model):
    """One upload of the sponsor's list and its differences at that moment; the newest counts. Insert-only.

    `rows` holds the lines as read; a column that the file did not have is in none of them. `differences` holds kind,
    line (0 where the list has none), subject, visit, what the list says, what Blindread holds, a key made from these,
    and the number of the list since which the same difference has been found without interruption.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="edc_lists")
    number = models.PositiveIntegerField()
    rows = models.JSONField()
    differences = models.JSONField()
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["trial", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "number"], name="edc_list_number_once")]

    def __str__(self) -> str:
        return f"EDC list {self.number}"


class EdcResolution(models.Model):
    """What was decided about one difference of a list; the newest counts. Insert-only.

    It also applies to later lists, as long as the same difference is found in each of them.
    """

    edc_list = models.ForeignKey(EdcList, on_delete=models.PROTECT, related_name="resolutions")
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12, choices=ResolutionKind.choices)
    text = models.CharField(max_length=500)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["edc_list", "pk"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(kind__in=ResolutionKind.values), name="edc_resolution_kind_known"),
            models.CheckConstraint(condition=~Q(text=""), name="edc_resolution_has_text"),
        ]

    def __str__(self) -> str:
        return f"resolution {self.pk}"
