"""People's decisions at the QC desk; they are insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from studies.models.film import Film


class QualityDecision(models.Model):
    """One decision on a film, with everything confirmed by it. Insert-only."""

    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(
        max_length=10,
        choices=[
            ("accept", "Accepted"),
            ("reject", "Rejected"),
            ("question", "Questioned"),
            ("withdraw", "Withdrawn"),
            ("reopen", "Rejection reversed"),
        ],
    )
    reason = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=500, blank=True)
    side = models.CharField(max_length=1, blank=True)
    view = models.CharField(max_length=4, blank=True)
    film_date = models.DateField(null=True, blank=True)
    spacing_mm = models.FloatField(null=True, blank=True)
    inverted = models.BooleanField(default=False)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT)
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.decision


class MaskSet(models.Model):
    """Rectangles [[x, y, width, height], ...] in stored pixels that hide burned-in text on a film.

    A second person confirms them; the newest set is valid. `crops` maps side to [x, y, width, height] on a film of
    both sides.
    """

    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="mask_sets")
    revision = models.PositiveIntegerField()
    rectangles = models.JSONField(default=list)
    crops = models.JSONField(default=dict)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    refused_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering: ClassVar = ["film", "revision"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["film", "revision"], name="mask_revision_once")]

    def __str__(self) -> str:
        return f"masks {self.film_id}.{self.revision}"


class JointPlacement(models.Model):
    """The positions of one side's joints: {joint: [x, y]} in stored pixels of the film, and per-joint readability.

    No reader sees the readability. A bilateral film has a placement for each side.
    """

    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="placements")
    side = models.CharField(max_length=1)
    revision = models.PositiveIntegerField()
    joints = models.JSONField(default=dict)
    readability = models.JSONField(default=dict)
    placed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True)
    placed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["film", "side", "revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["film", "side", "revision"], name="placement_revision_once")
        ]

    def __str__(self) -> str:
        return f"joints {self.film_id}.{self.revision}"
