"""The trial as planned: sites, subjects, visits, and who belongs to it in which role."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.roles import Role
from accounts.roles_apart import GRANTABLE
from studies.natural_keys import NaturalKey
from studies.visit_window import window_dates


class Trial(models.Model):
    """One clinical trial; its code is the stream of its audit events."""

    code = models.SlugField(max_length=32, unique=True)
    title = models.CharField(max_length=200)
    sponsor = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["code"]

    def __str__(self) -> str:
        return self.code


class Site(models.Model):
    """A hospital that sends films."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="sites")
    code = models.SlugField(max_length=32)
    name = models.CharField(max_length=200, blank=True)
    natural = NaturalKey()

    class Meta:
        ordering: ClassVar = ["trial", "natural"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "code"], name="site_code_once")]

    def __str__(self) -> str:
        return self.code


class Subject(models.Model):
    """A trial participant, known here by the site's subject code only."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="subjects")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="subjects")
    code = models.CharField(max_length=64)
    natural = NaturalKey()

    class Meta:
        ordering: ClassVar = ["trial", "natural"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "code"], name="subject_code_once")]
        indexes: ClassVar = [models.Index(fields=["trial", "natural"], name="subject_natural")]

    def __str__(self) -> str:
        return self.code


class VisitKind(models.TextChoices):
    """The kind of a visit."""

    SCHEDULED = "scheduled", "Scheduled"
    UNSCHEDULED = "unscheduled", "Unscheduled"
    RESCUE = "rescue", "Early escape or rescue"
    EARLY_TERMINATION = "early-termination", "Early termination"


class VisitPlan(models.Model):
    """A visit required by the protocol: target day counted from baseline (day 0), with its window in days."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="visit_plans")
    code = models.SlugField(max_length=32)
    label = models.CharField(max_length=80)
    target_day = models.IntegerField()
    days_before = models.PositiveIntegerField(default=14)
    days_after = models.PositiveIntegerField(default=14)

    class Meta:
        ordering: ClassVar = ["trial", "target_day"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "code"], name="visit_plan_code_once")]

    def __str__(self) -> str:
        return self.label


class Visit(models.Model):
    """A visit of one subject. A scheduled visit refers to its plan; a visit not done has a reason."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="visits")
    plan = models.ForeignKey(VisitPlan, on_delete=models.PROTECT, related_name="visits", null=True, blank=True)
    code = models.CharField(max_length=32)
    kind = models.CharField(max_length=20, choices=VisitKind.choices, default=VisitKind.SCHEDULED)
    not_done_reason = models.CharField(max_length=200, blank=True)
    natural = NaturalKey()

    class Meta:
        ordering: ClassVar = ["subject", "natural"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["subject", "code"], name="visit_code_once"),
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="visit_kind_known"),
            models.CheckConstraint(condition=~Q(kind="scheduled") | Q(plan__isnull=False), name="scheduled_has_plan"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.code}"

    def window(self, baseline: date | None) -> tuple[date, date] | None:
        """First and last day on which the plan expects the films; None outside the plan or before a baseline."""
        if self.plan is None or baseline is None:
            return None
        return window_dates(baseline, self.plan.target_day, self.plan.days_before, self.plan.days_after)


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Queries for current members of a trial."""

    def current(self) -> MembershipQuerySet:
        """Memberships that give access: neither revoked nor pending."""
        return self.filter(revoked_at__isnull=True, pending=False)

    def pending(self) -> MembershipQuerySet:
        """Memberships that a third person has yet to confirm or refuse."""
        return self.filter(revoked_at__isnull=True, pending=True)

    def of(self, user_id: int, trial_code: str) -> MembershipQuerySet:
        """The person's current roles in a trial. The site is looked up only for site roles (reading.border)."""
        return self.current().filter(user_id=user_id, trial__code=trial_code).select_related("trial", "user")


class Membership(models.Model):
    """A role of a person in a trial, dated, with a reason. A site role names its site.

    While `pending` it gives no access; a refused one stays pending. `granted_by` is empty for a grant by the system.
    `first_used_at` is the person's first request under the role: revoked before it, the role counts as never held.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, role.value) for role in Role])
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="memberships")
    reason = models.CharField(max_length=200)
    granted_at = models.DateTimeField(auto_now_add=True)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    pending = models.BooleanField(default=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)
    first_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    unblinded_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["trial", "role", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trial", "user", "role"], condition=Q(revoked_at__isnull=True), name="membership_once"
            ),
            models.CheckConstraint(condition=~Q(role="site") | Q(site__isnull=False), name="site_role_names_site"),
            models.CheckConstraint(condition=Q(role__in=[str(role) for role in GRANTABLE]), name="role_of_a_trial"),
            models.CheckConstraint(
                condition=Q(pending=False) | Q(confirmed_at__isnull=True, first_used_at__isnull=True),
                name="pending_gives_nothing",
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("granted_by")) & ~Q(confirmed_by=F("user")),
                name="confirmed_by_a_third_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.trial_id}"
