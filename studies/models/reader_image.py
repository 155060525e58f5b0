"""The blinding border: a reader image has a random key; its link to a film is sealed (studies.sealed_links)."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from studies.models.desk import MaskSet
from studies.models.film import Film
from studies.sealed_values import SealedValue


class ReaderImage(models.Model):
    """The image for a reader's browser: levels as bands under a random key, and display geometry.

    `bands` maps level ("small", "full", "preview") to [{"name", "rows", "sha256"}, ...]; `joints` maps joint to
    [x, y] in pixels of the full level. It has no date, no path to a film, and its primary key is random. Window and
    joints are sealed: the film has the same ones.
    """

    key = models.CharField(max_length=43, primary_key=True)
    rows = models.PositiveIntegerField()
    columns = models.PositiveIntegerField()
    spacing_mm = models.FloatField(null=True, blank=True)
    window_center = SealedValue()
    window_width = SealedValue()
    bands = models.JSONField()
    joints = SealedValue(default=dict)

    class Meta:
        ordering: ClassVar = ["key"]

    def __str__(self) -> str:
        return "reader image"


class Rendition(models.Model):
    """Records that a film (or a side of a bilateral one) has a reader image, and its masks; the image's key is sealed.

    `index` is a keyed digest of the image's key, and the address of the image where joints are placed. `image_seal` is
    a keyed digest of the image's row: an event that named both would join them. `proposed` maps joint to [x, y,
    correlation] in pixels of the image until a person has placed them (studies/desk/joint_proposals.py).
    """

    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="renditions")
    side = models.CharField(max_length=1)
    view = models.CharField(max_length=4)
    index = models.CharField(max_length=64, unique=True)
    sealed_image = models.BinaryField()
    image_seal = models.CharField(max_length=64)
    masks = models.ForeignKey(MaskSet, on_delete=models.PROTECT, null=True, blank=True)
    proposed = SealedValue(default=dict)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["film", "side"], name="rendition_once")]

    def __str__(self) -> str:
        return f"rendition {self.pk}"
