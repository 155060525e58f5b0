"""Films that are not available and therefore not expected."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from studies.models.film import VIEWS
from studies.models.trial import Visit


class AbsentFilm(models.Model):
    """One view of a visit that was not taken or is lost, with the reason; withdrawn if it is found after all."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="absent_films")
    side = models.CharField(max_length=1, choices=[("L", "Left"), ("R", "Right")])
    view = models.CharField(max_length=4, choices=VIEWS)
    reason = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["visit", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["visit", "side", "view"], condition=Q(withdrawn_at__isnull=True), name="film_absent_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.view}"
