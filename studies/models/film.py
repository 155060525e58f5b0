"""A film from its arrival to the moment it may be shown, and the transmittal that brought it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from studies.models.consent import ConsentWithdrawal
from studies.models.trial import Site, Subject, Trial, Visit
from studies.sealed_names import SealedName
from studies.sealed_values import SealedValue

SIDES = [("L", "Left"), ("R", "Right"), ("B", "Both on one film")]
VIEWS = [("hand", "Hand PA"), ("foot", "Foot dorsoplantar")]
CHANNELS = [("browser", "Browser"), ("stow", "STOW-RS"), ("cstore", "C-STORE"), ("command", "Command line")]
DATE_SOURCES = [("header", "Header"), ("site", "Entered by the site"), ("confirmed", "Confirmed at the desk")]


# Content of a film's header besides the facts of its file, and the parts that the site stated: kept on rereading.
SAME_UID, KEPT_APART, DATE_CONFIRMED = "SameUIDAs", "KeptApart", "DateConfirmed"
SITE_SAID = (KEPT_APART, DATE_CONFIRMED)
# Why a film was refused: it is the same image as another film, or is unreadable by this version of the product.
SAME_IMAGE, UNREADABLE_BY = "SameImageAs", "UnreadableBy"
CONTENT = "ContentSHA256"


class FilmStatus(models.TextChoices):
    """The status of a film."""

    RECEIVED = "received", "Received"
    HELD = "held", "Held"
    REFUSED = "refused", "Refused"
    DEIDENTIFIED = "deidentified", "At the desk"
    QUESTIONED = "questioned", "Questioned"
    REJECTED = "rejected", "Rejected"
    ACCEPTED = "accepted", "Accepted"
    READY = "ready", "Ready"
    WITHDRAWN = "withdrawn", "Withdrawn"


# The single definition of the allowed transitions: guards, buttons and docs read it.
FILM_TRANSITIONS: dict[FilmStatus, frozenset[FilmStatus]] = {
    FilmStatus.RECEIVED: frozenset({FilmStatus.HELD, FilmStatus.REFUSED, FilmStatus.DEIDENTIFIED}),
    FilmStatus.HELD: frozenset({FilmStatus.RECEIVED, FilmStatus.REFUSED}),
    FilmStatus.REFUSED: frozenset({FilmStatus.RECEIVED}),
    FilmStatus.DEIDENTIFIED: frozenset({FilmStatus.QUESTIONED, FilmStatus.REJECTED, FilmStatus.ACCEPTED}),
    FilmStatus.QUESTIONED: frozenset({FilmStatus.DEIDENTIFIED, FilmStatus.REJECTED, FilmStatus.ACCEPTED}),
    FilmStatus.REJECTED: frozenset({FilmStatus.DEIDENTIFIED}),
    FilmStatus.ACCEPTED: frozenset(
        {FilmStatus.READY, FilmStatus.DEIDENTIFIED, FilmStatus.QUESTIONED, FilmStatus.REJECTED}
    ),
    FilmStatus.READY: frozenset({FilmStatus.WITHDRAWN}),
    FilmStatus.WITHDRAWN: frozenset(),
}

# Sets of states, each named once. Every film is in exactly one of the first four.
BEFORE_DESK = frozenset({FilmStatus.RECEIVED, FilmStatus.HELD})
AT_DESK = frozenset({FilmStatus.DEIDENTIFIED, FilmStatus.QUESTIONED})
FOUND_GOOD = frozenset({FilmStatus.ACCEPTED, FilmStatus.READY})
# These are not valid for a visit, and their bytes may be sent again.
OUT_OF_PLAY = frozenset({FilmStatus.REFUSED, FilmStatus.REJECTED, FilmStatus.WITHDRAWN})
# These never had a picture for the desk.
WITHOUT_PICTURE = BEFORE_DESK | {FilmStatus.REFUSED}
# Masks can be drawn until the reader image is made; joints can be placed until the film is out of play.
MASKABLE = AT_DESK | {FilmStatus.ACCEPTED}
PLACEABLE = AT_DESK | FOUND_GOOD
# The site may state the film date until the desk has decided.
DATABLE = AT_DESK | {FilmStatus.RECEIVED}
# The status of a film, in words for the sender of the same file.
BECAME: dict[FilmStatus, str] = {
    FilmStatus.RECEIVED: "is being processed",
    FilmStatus.HELD: "is held",
    FilmStatus.REFUSED: "was refused",
    FilmStatus.DEIDENTIFIED: "is at the desk",
    FilmStatus.QUESTIONED: "is at the desk, with a question to the site",
    FilmStatus.REJECTED: "was rejected",
    FilmStatus.ACCEPTED: "was accepted",
    FilmStatus.READY: "was accepted",
    FilmStatus.WITHDRAWN: "was withdrawn",
}


class Transmittal(models.Model):
    """One delivery of files by one sender; its entries are the manifest of the files received."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="transmittals")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="transmittals")
    channel = models.CharField(max_length=10, choices=CHANNELS)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True)
    token = models.CharField(max_length=40, unique=True)
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["-opened_at"]

    def __str__(self) -> str:
        return self.token


class FilmQuerySet(models.QuerySet["Film"]):
    """Queries for films."""

    def of_trial(self, trial: Trial) -> FilmQuerySet:
        """The films of one trial, with the data that every list shows."""
        return self.filter(trial=trial).select_related("site", "subject", "visit", "visit__plan")

    def at_desk(self) -> FilmQuerySet:
        """Films that await a decision at the QC desk, oldest first."""
        return self.accessible().filter(status__in=AT_DESK).order_by("received_at")

    def accessible(self) -> FilmQuerySet:
        """Films that may be opened: their subject has not withdrawn consent."""
        withdrawn = ConsentWithdrawal.objects.current().filter(subject=OuterRef("subject"))
        return self.filter(~Exists(withdrawn))

    def live(self) -> FilmQuerySet:
        """Films that are not refused, rejected or withdrawn."""
        return self.exclude(status__in=OUT_OF_PLAY)

    def ready(self) -> FilmQuerySet:
        """Designated films with a reader image, of subjects who consent: the films that a campaign may show."""
        return self.accessible().filter(status=FilmStatus.READY, designated=True)


class Film(models.Model):
    """A radiograph as received. Declared values come from the sender, confirmed ones from a person at the desk.

    `header` holds facts read from the file (keywords as DICOM spells them); `findings` the machine checks
    as {code, text} in plain words. `film_date` is the day of exposure. `inverted`: the desk chose the other polarity.
    `pixel_sha256` is a keyed digest, for comparing films; the true one is sealed in `approved_pixels`, because reader
    images have the same pixels.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="films")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="films")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="films", null=True, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="films", null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True)
    status = models.CharField(max_length=16, choices=FilmStatus.choices, default=FilmStatus.RECEIVED)
    status_reason = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    original_name = SealedName()
    original_file = models.CharField(max_length=120)
    media_type = models.CharField(max_length=40, blank=True)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    sop_instance_uid = models.CharField(max_length=64, blank=True)
    side = models.CharField(max_length=1, choices=SIDES, blank=True)
    view = models.CharField(max_length=4, choices=VIEWS, blank=True)
    film_date = models.DateField(null=True, blank=True)
    film_date_source = models.CharField(max_length=10, choices=DATE_SOURCES, blank=True)
    spacing_mm = models.FloatField(null=True, blank=True)
    inverted = models.BooleanField(default=False)
    header = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=list, blank=True)
    blind_file = models.CharField(max_length=120, blank=True)
    desk_folder = models.CharField(max_length=120, blank=True)
    pixel_sha256 = models.CharField(max_length=64, blank=True)
    approved_pixels = SealedValue(default="")
    deidentification = models.JSONField(default=dict, blank=True)
    designated = models.BooleanField(default=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = FilmQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["trial", "site", "sha256"],
                condition=~Q(status__in=sorted(status.value for status in OUT_OF_PLAY)),
                name="film_bytes_once_in_play",
            ),
            models.CheckConstraint(condition=Q(status__in=FilmStatus.values), name="film_status_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["trial", "status"]),
            models.Index(fields=["pixel_sha256"]),
            models.Index(fields=["sha256"], name="film_sha256"),
            models.Index(fields=["trial", "sop_instance_uid"], name="film_sop_instance_uid"),
        ]

    def __str__(self) -> str:
        return f"film {self.pk}"

    @property
    def became(self) -> str:
        """Its status, as a sentence for the sender of the same file."""
        says = f"{self} {BECAME[FilmStatus(self.status)]}"
        return f"{says}: {self.status_reason.rstrip('.')}." if self.status_reason else f"{says}."

    @property
    def date_confirmed(self) -> bool:
        """Whether the site has confirmed the date read from the file."""
        return bool(self.header.get(DATE_CONFIRMED))


class TransmittalEntry(models.Model):
    """One file of a transmittal, what its sender declared about it, and its outcome.

    Every file received is filed, a duplicate or refused; system files share one line, "ignored".
    """

    transmittal = models.ForeignKey(Transmittal, on_delete=models.PROTECT, related_name="entries")
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="entries", null=True, blank=True)
    name = SealedName()
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    outcome = models.CharField(
        max_length=10,
        choices=[("filed", "Filed"), ("duplicate", "Duplicate"), ("refused", "Refused"), ("ignored", "Ignored")],
    )
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.outcome

    @property
    def says(self) -> str:
        """Why it is not filed; for a duplicate, also the status of the earlier film."""
        if self.outcome == "duplicate" and self.film:
            return f"The same file was received before: {self.film.became} {self.reason}".strip()
        return self.reason


class BlindUid(models.Model):
    """The random UID that replaces an original one within a trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT)
    original = models.CharField(max_length=64)
    blind = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "original"], name="blind_uid_once")]

    def __str__(self) -> str:
        return self.blind


class SopInstance(models.Model):
    """A SOP Instance UID within a trial, the film that has it, and a digest of that film's content.

    The row is locked while that film is determined.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT)
    uid = models.CharField(max_length=64)
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    content = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "uid"], name="sop_instance_once")]

    def __str__(self) -> str:
        return self.uid
