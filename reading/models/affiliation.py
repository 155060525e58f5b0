"""Readers affiliated with a site of the trial: none of its cases is issued to them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from studies.models import Site


class SiteAffiliation(models.Model):
    """A person who reads or adjudicates and is affiliated with a site, from `recorded_at` until `ended_at`."""

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="affiliations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="site_affiliations")
    reason = models.CharField(max_length=300)
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["site", "person"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["site", "person"], condition=Q(ended_at=None), name="affiliated_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="affiliation_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("recorded_at")), name="affiliation_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.site_id}"
