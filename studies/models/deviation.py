"""The deviation log of a trial: differences from the protocol or the imaging charter, and the actions taken."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from studies.models.trial import Site, Subject, Trial, Visit


class DeviationCategory(models.TextChoices):
    """The part of central reading in which a deviation occurred."""

    ACQUISITION = "acquisition", "Image acquisition"
    HANDLING = "handling", "Image handling or transfer"
    BLINDING = "blinding", "Blinding"
    READING = "reading", "Reading"
    SYSTEM = "system", "Software or system"
    CHARTER = "charter", "Charter"
    OTHER = "other", "Other"


class DeviationEffect(models.TextChoices):
    """The effect of a deviation on the endpoint."""

    NONE = "none", "No effect"
    POSSIBLE = "possible", "Possible"
    CONFIRMED = "confirmed", "Confirmed"


class DeviationStatus(models.TextChoices):
    """Whether action on a deviation is outstanding."""

    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"


class DeviationQuerySet(models.QuerySet["DeviationVersion"]):
    """Queries for the log of a trial."""

    def of_trial(self, trial: Trial) -> DeviationQuerySet:
        """Every version of every entry, with the data that lists show."""
        return self.filter(trial=trial).select_related("trial", "site", "subject", "visit", "written_by")

    def newest(self) -> DeviationQuerySet:
        """The current version of each entry."""
        following = self.model.objects.filter(
            trial=OuterRef("trial"), number=OuterRef("number"), version__gt=OuterRef("version")
        )
        return self.filter(~Exists(following))

    def open(self) -> DeviationQuerySet:
        """The entries that are open now."""
        return self.newest().filter(status=DeviationStatus.OPEN)


class DeviationVersion(models.Model):
    """An entry of the log in one of its versions. Insert-only: a correction or a closure is the next version.

    It names a site, a subject or a visit, or none of them; never a read and never a score.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="deviations")
    number = models.PositiveIntegerField()
    version = models.PositiveIntegerField()
    noticed_on = models.DateField()
    category = models.CharField(max_length=20, choices=DeviationCategory.choices)
    description = models.TextField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    effect = models.CharField(max_length=20, choices=DeviationEffect.choices)
    effect_explained = models.CharField(max_length=500)
    corrective_action = models.TextField(blank=True)
    preventive_action = models.TextField(blank=True)
    status = models.CharField(max_length=10, choices=DeviationStatus.choices, default=DeviationStatus.OPEN)
    closed_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    objects = DeviationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "number", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "number", "version"], name="deviation_version_once"),
            models.CheckConstraint(condition=Q(number__gte=1, version__gte=1), name="deviation_counted_from_one"),
            models.CheckConstraint(condition=Q(category__in=DeviationCategory.values), name="deviation_category_known"),
            models.CheckConstraint(condition=Q(effect__in=DeviationEffect.values), name="deviation_effect_known"),
            models.CheckConstraint(
                condition=Q(status=DeviationStatus.OPEN, closed_on__isnull=True)
                | Q(status=DeviationStatus.CLOSED, closed_on__gte=F("noticed_on")),
                name="deviation_closed_with_its_day",
            ),
            models.CheckConstraint(
                condition=Q(version=1, reason="") | Q(version__gt=1) & ~Q(reason=""),
                name="deviation_changed_with_a_reason",
            ),
            models.CheckConstraint(
                condition=(Q(subject__isnull=True) | Q(site__isnull=False))
                & (Q(visit__isnull=True) | Q(subject__isnull=False)),
                name="deviation_concern_is_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"deviation {self.number}"

    @property
    def concerns(self) -> str:
        """The site, subject and visit concerned, in words."""
        if self.site is None:
            return "The whole trial"
        subject = f", subject {self.subject.code}" if self.subject else ""
        visit = f", visit {self.visit.code}" if self.visit else ""
        return f"Site {self.site.code}{subject}{visit}"
