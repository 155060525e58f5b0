"""A film from its arrival to the moment it may be shown, and the transmittal that brought it."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from studies.models.trial import Site, Subject, Trial, Visit

SIDES = [("L", "Left"), ("R", "Right"), ("B", "Both on one film")]
VIEWS = [("hand", "Hand PA"), ("foot", "Foot dorsoplantar")]
CHANNELS = [("browser", "Browser"), ("stow", "STOW-RS"), ("cstore", "C-STORE"), ("command", "Command line")]
DATE_SOURCES = [("header", "Header"), ("site", "Typed by the site"), ("confirmed", "Confirmed at the desk")]


# What a film's header holds beside the facts of its file, and of these what the site has said: it outlives a new look.
SAME_UID, KEPT_APART, DATE_CONFIRMED = "SameUIDAs", "KeptApart", "DateConfirmed"
SITE_SAID = (KEPT_APART, DATE_CONFIRMED)


class FilmStatus(models.TextChoices):
    """Where a film stands."""

    RECEIVED = "received", "Received"
    HELD = "held", "Held"
    REFUSED = "refused", "Refused"
    DEIDENTIFIED = "deidentified", "At the desk"
    QUESTIONED = "questioned", "Questioned"
    REJECTED = "rejected", "Rejected"
    ACCEPTED = "accepted", "Accepted"
    READY = "ready", "Ready"
    WITHDRAWN = "withdrawn", "Withdrawn"


# The single source of what may follow what: guards, buttons and docs read it.
FILM_TRANSITIONS: dict[FilmStatus, frozenset[FilmStatus]] = {
    FilmStatus.RECEIVED: frozenset({FilmStatus.HELD, FilmStatus.REFUSED, FilmStatus.DEIDENTIFIED}),
    FilmStatus.HELD: frozenset({FilmStatus.RECEIVED, FilmStatus.REFUSED}),
    FilmStatus.REFUSED: frozenset(),
    FilmStatus.DEIDENTIFIED: frozenset({FilmStatus.QUESTIONED, FilmStatus.REJECTED, FilmStatus.ACCEPTED}),
    FilmStatus.QUESTIONED: frozenset({FilmStatus.DEIDENTIFIED, FilmStatus.REJECTED, FilmStatus.ACCEPTED}),
    FilmStatus.REJECTED: frozenset({FilmStatus.DEIDENTIFIED}),
    FilmStatus.ACCEPTED: frozenset(
        {FilmStatus.READY, FilmStatus.DEIDENTIFIED, FilmStatus.QUESTIONED, FilmStatus.REJECTED}
    ),
    FilmStatus.READY: frozenset({FilmStatus.WITHDRAWN}),
    FilmStatus.WITHDRAWN: frozenset(),
}


class Transmittal(models.Model):
    """One delivery of files by one sender; its entries are the manifest of what came in."""

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
    """Words for the films people look for."""

    def of_trial(self, trial: Trial) -> FilmQuerySet:
        """The films of one trial, with what every list shows of them."""
        return self.filter(trial=trial).select_related("site", "subject", "visit", "visit__plan")

    def at_desk(self) -> FilmQuerySet:
        """Films that wait for a decision at the QC desk, oldest first."""
        return self.filter(status__in=[FilmStatus.DEIDENTIFIED, FilmStatus.QUESTIONED]).order_by("received_at")

    def ready(self) -> FilmQuerySet:
        """Designated films with a reader image: what a campaign may show."""
        return self.filter(status=FilmStatus.READY, designated=True)


class Film(models.Model):
    """A radiograph as received. Declared values come from the sender, confirmed ones from a person at the desk.

    `header` holds facts read from the file (keywords as DICOM spells them); `findings` the machine checks
    as {code, text} in plain words. `film_date` is the day of exposure.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="films")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="films")
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="films", null=True, blank=True)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="films", null=True, blank=True)
    replaces = models.ForeignKey("self", on_delete=models.PROTECT, related_name="replaced_by", null=True, blank=True)
    status = models.CharField(max_length=16, choices=FilmStatus.choices, default=FilmStatus.RECEIVED)
    status_reason = models.CharField(max_length=500, blank=True)
    channel = models.CharField(max_length=10, choices=CHANNELS)
    original_name = models.CharField(max_length=255)
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
    header = models.JSONField(default=dict, blank=True)
    findings = models.JSONField(default=list, blank=True)
    blind_file = models.CharField(max_length=120, blank=True)
    desk_folder = models.CharField(max_length=120, blank=True)
    pixel_sha256 = models.CharField(max_length=64, blank=True)
    deidentification = models.JSONField(default=dict, blank=True)
    designated = models.BooleanField(default=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = FilmQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["received_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "sha256"], name="film_bytes_once"),
            models.CheckConstraint(condition=Q(status__in=FilmStatus.values), name="film_status_known"),
        ]
        indexes: ClassVar = [models.Index(fields=["trial", "status"]), models.Index(fields=["pixel_sha256"])]

    def __str__(self) -> str:
        return f"film {self.pk}"

    @property
    def date_confirmed(self) -> bool:
        """Whether the site has looked at the day its file tells."""
        return bool(self.header.get(DATE_CONFIRMED))


class TransmittalEntry(models.Model):
    """One file of a transmittal and what became of it: what came in equals what is filed, refused or held."""

    transmittal = models.ForeignKey(Transmittal, on_delete=models.PROTECT, related_name="entries")
    film = models.ForeignKey(Film, on_delete=models.PROTECT, related_name="entries", null=True, blank=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    outcome = models.CharField(
        max_length=10,
        choices=[("filed", "Filed"), ("duplicate", "Duplicate"), ("refused", "Refused")],
    )
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return self.outcome


class BlindUid(models.Model):
    """The random UID that stands for an original one within a trial."""

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT)
    original = models.CharField(max_length=64)
    blind = models.CharField(max_length=64, unique=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["trial", "original"], name="blind_uid_once")]

    def __str__(self) -> str:
        return self.blind
