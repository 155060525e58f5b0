"""The blinding border: a reader image has a random key and no link back; only Rendition links it to the film."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from studies.models.desk import MaskSet
from studies.models.film import Film


class ReaderImage(models.Model):
    """What a reader's browser receives: levels as bands under a random key, and display geometry.

    `bands` maps level ("small", "full") to [{"name", "rows", "sha256"}, ...]; `joints` maps joint to [x, y] in
    pixels of the full level. It has no date, no path to a film, and its primary key is the random key.
    """

    key = models.CharField(max_length=43, primary_key=True)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    spacing_mm = models.FloatField(null=True, blank=True)
    window_center = models.FloatField()
    window_width = models.FloatField()
    bands = models.JSONField()
    joints = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return "reader image"


class Rendition(models.Model):
    """Which film (and which side of a bilateral one) a reader image was made from, under which masks."""

    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="renditions")
    side = models.CharField(max_length=1)
    view = models.CharField(max_length=4)
    reader_image = models.OneToOneField(ReaderImage, on_delete=models.PROTECT, related_name="rendition")
    masks = models.ForeignKey(MaskSet, on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["film", "side"], name="rendition_once")]

    def __str__(self) -> str:
        return f"rendition {self.pk}"
