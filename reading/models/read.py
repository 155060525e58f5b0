"""One reader's read of one case: steps, timepoints in the drawn order, the films shown. Stored, never re-derived."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models.campaign import Batch, Case
from studies.models import ReaderImage


class ReadKind(models.TextChoices):
    """The purpose of a read; its reader never learns it."""

    PRIMARY = "primary", "Primary"
    ADJUDICATION = "adjudication", "Adjudication"
    REPEAT = "repeat", "Hidden repeat"


class ReadStatus(models.TextChoices):
    """The status of a read."""

    DRAWN = "drawn", "Issuing"
    ISSUED = "issued", "To read"
    OPENED = "opened", "In progress"
    SIGNED = "signed", "Signed"
    RETURNED = "returned", "Returned"
    DECLINED = "declined", "Declined"
    REPLACED = "replaced", "Replaced"
    VOIDED = "voided", "Voided"


READ_TRANSITIONS: dict[ReadStatus, frozenset[ReadStatus]] = {
    ReadStatus.DRAWN: frozenset({ReadStatus.ISSUED, ReadStatus.VOIDED}),
    ReadStatus.ISSUED: frozenset({ReadStatus.OPENED, ReadStatus.DECLINED, ReadStatus.REPLACED, ReadStatus.VOIDED}),
    ReadStatus.OPENED: frozenset({ReadStatus.SIGNED, ReadStatus.DECLINED, ReadStatus.REPLACED, ReadStatus.VOIDED}),
    ReadStatus.SIGNED: frozenset({ReadStatus.RETURNED, ReadStatus.VOIDED}),
    ReadStatus.RETURNED: frozenset({ReadStatus.SIGNED, ReadStatus.REPLACED, ReadStatus.VOIDED}),
    ReadStatus.DECLINED: frozenset(),
    ReadStatus.REPLACED: frozenset(),
    ReadStatus.VOIDED: frozenset(),
}
WRITABLE = (ReadStatus.OPENED, ReadStatus.RETURNED)
COUNTING = (ReadStatus.DRAWN, ReadStatus.ISSUED, ReadStatus.OPENED, ReadStatus.SIGNED, ReadStatus.RETURNED)
# Mixed timepoints that stay in the worklist of a reader who declined another timepoint of their case: removing them
# would reveal which they are. Their scores are kept and enter no result.
KEPT_FOR_LOOKS = Q(
    read__status="declined", token__isnull=False, declined_at=None, read__case__consent_withdrawn=False
) & ~Q(read__case__status="voided")


class ReadQuerySet(models.QuerySet["Read"]):
    """Queries for reads."""

    def counting(self) -> ReadQuerySet:
        """Reads that were neither declined nor replaced nor voided."""
        return self.filter(status__in=COUNTING)


class Read(models.Model):
    """A case issued to a reader. The purpose of an adjudication read, and whether a read is repeated, are sealed.

    `queue_position` was drawn among all reads issued to the reader together; `queue` names that draw. `number` is used
    by people (reading.issuing.numbers); a read has none where each of its timepoints has one.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reads")
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="reads")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="reads")
    kind = models.CharField(max_length=12, choices=ReadKind.choices, default=ReadKind.PRIMARY)
    status = models.CharField(max_length=10, choices=ReadStatus.choices, default=ReadStatus.ISSUED)
    token = models.CharField(max_length=40, unique=True)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    queue_position = models.PositiveIntegerField()
    queue = models.CharField(max_length=40, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    signed_at = models.DateTimeField(null=True, blank=True)
    decline_reason = models.CharField(max_length=300, blank=True)

    objects = ReadQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["batch", "queue_position"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["case", "reader"],
                condition=Q(status__in=[s.value for s in COUNTING]) & ~Q(kind="repeat"),
                name="reader_once_per_case",
            ),
            models.UniqueConstraint(
                fields=["case", "reader"],
                condition=Q(status__in=[s.value for s in COUNTING], kind="repeat"),
                name="one_repeat_per_reader_and_case",
            ),
            models.CheckConstraint(condition=Q(status__in=ReadStatus.values), name="read_status_known"),
            models.CheckConstraint(condition=Q(kind__in=ReadKind.values), name="read_kind_known"),
        ]

    def __str__(self) -> str:
        return f"read {self.token[:6]}"


class ReadStep(models.Model):
    """Timepoints shown together and locked together; `counts` says whether its values enter results.

    A step has its own token, number and place in the reader's queue when timepoints are mixed and read one by one; then
    it is also declined separately. `entry_seconds`: reading.room.entry_times.
    """

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="steps")
    position = models.PositiveIntegerField()
    counts = models.BooleanField(default=True)
    token = models.CharField(max_length=40, null=True, blank=True, unique=True)
    number = models.PositiveIntegerField(null=True, blank=True, unique=True)
    queue_position = models.PositiveIntegerField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    entry_seconds = models.FloatField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["read", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["read", "position"], name="step_position_once"),
            models.CheckConstraint(
                condition=Q(token__isnull=True, queue_position__isnull=True)
                | Q(token__isnull=False, queue_position__isnull=False),
                name="step_queued_by_token",
            ),
        ]

    def __str__(self) -> str:
        return f"step {self.position}"


class DisplayedTimepoint(models.Model):
    """One timepoint as shown: a letter at a position. Which visit it is, is sealed."""

    signed_before: bool  # set by reading.room.writable.films_of
    step = models.ForeignKey(ReadStep, on_delete=models.PROTECT, related_name="timepoints")
    token = models.CharField(max_length=40, unique=True)
    letter = models.CharField(max_length=2)
    position = models.PositiveIntegerField()

    class Meta:
        ordering: ClassVar = ["step", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["step", "position"], name="timepoint_position_once"),
            models.UniqueConstraint(fields=["step", "letter"], name="timepoint_letter_once"),
        ]

    def __str__(self) -> str:
        return f"timepoint {self.letter}"


class DisplayedFilm(models.Model):
    """A film of a timepoint under its own token; without a reader image it is absent.

    `digests` maps level to the digest of each band under the film's token, so that equal films cannot be recognised.
    """

    timepoint = models.ForeignKey(DisplayedTimepoint, on_delete=models.PROTECT, related_name="films")
    token = models.CharField(max_length=40, unique=True)
    side = models.CharField(max_length=1)
    view = models.CharField(max_length=4)
    reader_image = models.ForeignKey(ReaderImage, on_delete=models.PROTECT, null=True, blank=True)
    digests = models.JSONField(default=dict)

    class Meta:
        ordering: ClassVar = ["timepoint", "view", "side"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["timepoint", "side", "view"], name="displayed_film_once"),
        ]

    def __str__(self) -> str:
        return f"{self.view} {self.side}"


class ReadReturn(models.Model):
    """Records that a signed read was returned to its reader, and why, under a signature. Insert-only."""

    read = models.ForeignKey(Read, on_delete=models.PROTECT, related_name="returns")
    reason = models.CharField(max_length=40)
    note = models.CharField(max_length=300, blank=True)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT)
    returned_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.reason
