"""A reader's entries, by revision, and signed values. All insert-only except the list of problems."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property

from reading.models.read import DisplayedFilm, DisplayedTimepoint, Read, ReadStep

ENTRIES = [("key", "Key"), ("click", "Click"), ("bulk", "Whole joint at once"), ("system", "System")]


class Sitting(models.Model):
    """A sitting: one display check of a reader; scores entered under it refer to it. Insert-only."""

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sittings")
    display = models.JSONField(default=dict)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"sitting {self.pk}"


class FilmServed(models.Model):
    """Records that the server has sent a film at full size to the reader of its read, once per film. Insert-only."""

    film = models.OneToOneField(DisplayedFilm, on_delete=models.PROTECT, related_name="served")
    served_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["film"]

    def __str__(self) -> str:
        return f"served {self.film_id}"


class FilmLook(models.Model):
    """Records that a film was opened in full on its reader's screen, before its first score. Insert-only.

    `seen_at` is the time on the reader's computer, `told_at` the time on the server; `seen_plausible` says whether
    they agree (reading.room.capture_times).
    """

    film = models.OneToOneField(DisplayedFilm, on_delete=models.PROTECT, related_name="look")
    seen_at = models.DateTimeField()
    seen_plausible = models.BooleanField(default=True)
    told_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["film"]

    def __str__(self) -> str:
        return f"look {self.film_id}"


class ItemScore(models.Model):
    """One revision of one item's score: a grade, a reason for not assessable, or neither (cleared).

    `captured_at` is the time on the reader's computer, `saved_at` the time on the server; `captured_plausible` says
    whether they agree (reading.room.capture_times). `dwell_ms` is how long the cell had the focus.
    A revision saved after the step was first signed says so, and why its value changed (reading.room.change_reasons).
    """

    timepoint = models.ForeignKey(DisplayedTimepoint, on_delete=models.PROTECT, related_name="scores")
    item = models.CharField(max_length=24)
    revision = models.PositiveIntegerField()
    value = models.PositiveSmallIntegerField(null=True, blank=True)
    reason = models.CharField(max_length=16, blank=True)
    entry = models.CharField(max_length=6, choices=ENTRIES)
    op_id = models.CharField(max_length=40, unique=True)
    captured_at = models.DateTimeField()
    captured_plausible = models.BooleanField(default=True)
    saved_at = models.DateTimeField()
    dwell_ms = models.PositiveIntegerField(default=0)
    sitting = models.ForeignKey(Sitting, on_delete=models.PROTECT, null=True, blank=True)
    after_signature = models.BooleanField(default=False)
    change_reason = models.CharField(max_length=16, blank=True)
    change_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["timepoint", "item", "revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["timepoint", "item", "revision"], name="score_revision_once"),
            models.CheckConstraint(condition=Q(value__isnull=True) | Q(reason=""), name="score_or_reason"),
            models.CheckConstraint(condition=~Q(op_id=""), name="score_has_operation"),
            models.CheckConstraint(
                condition=Q(change_reason="", change_note="")
                | (Q(after_signature=True) & ~Q(change_reason="") & ~Q(change_note="")),
                name="changed_score_says_why",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["item", "id"], name="score_by_item"),
            models.Index(fields=["saved_at"], name="score_by_time"),
            models.Index(fields=["id"], condition=Q(after_signature=True), name="score_after_signature"),
        ]

    def __str__(self) -> str:
        return f"{self.item}.{self.revision}"


class ItemNote(models.Model):
    """A flag and a comment a reader left on an item; the newest revision counts. Insert-only."""

    timepoint = models.ForeignKey(DisplayedTimepoint, on_delete=models.PROTECT, related_name="notes")
    item = models.CharField(max_length=24)
    revision = models.PositiveIntegerField()
    flag = models.BooleanField(default=False)
    comment = models.CharField(max_length=500, blank=True)
    op_id = models.CharField(max_length=40, unique=True)
    saved_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["timepoint", "item", "revision"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["timepoint", "item", "revision"], name="note_revision_once"),
            models.CheckConstraint(condition=~Q(op_id=""), name="note_has_operation"),
        ]

    def __str__(self) -> str:
        return f"{self.item}.{self.revision}"


class SignedValues(models.Model):
    """The canonical bytes that were signed for a step: the preimage of the signature. Insert-only."""

    step = models.ForeignKey(ReadStep, on_delete=models.PROTECT, related_name="signed_values")
    version = models.PositiveIntegerField()
    values = models.TextField()
    digest = models.CharField(max_length=64)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT)

    class Meta:
        ordering: ClassVar = ["step", "version"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["step", "version"], name="signed_version_once")]

    def __str__(self) -> str:
        return f"signed {self.step_id}.{self.version}"

    @cached_property
    def timepoints(self) -> dict[str, Any]:
        """The signed values of each timepoint, by its token."""
        found: dict[str, Any] = json.loads(self.values)["timepoints"]
        return found


class ImageProblem(models.Model):
    """A reader's report of a problem with a film."""

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="problems")
    film = models.ForeignKey(DisplayedFilm, on_delete=models.PROTECT, null=True, blank=True)
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=500, blank=True)
    reported_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settlement = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.reason
