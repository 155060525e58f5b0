"""A campaign is one round of reading complete cases; scores of different campaigns are never combined."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q

from reading.models.charter import Charter
from studies.models import Trial


class CampaignStatus(models.TextChoices):
    """The status of a campaign."""

    DRAFT = "draft", "Draft"
    OPEN = "open", "Open"
    CLOSED = "closed", "Closed"
    LOCKED = "locked", "Locked"


CAMPAIGN_TRANSITIONS: dict[CampaignStatus, frozenset[CampaignStatus]] = {
    CampaignStatus.DRAFT: frozenset({CampaignStatus.OPEN}),
    CampaignStatus.OPEN: frozenset({CampaignStatus.CLOSED}),
    CampaignStatus.CLOSED: frozenset({CampaignStatus.OPEN, CampaignStatus.LOCKED}),
    CampaignStatus.LOCKED: frozenset({CampaignStatus.CLOSED}),
}


class Campaign(models.Model):
    """One reading of a set of cases under a version of the charter; case list and film cut-off are frozen at opening.

    `locked_root` is the root of its newest lock, also after that lock was opened again; empty before the first.
    """

    trial = models.ForeignKey(Trial, on_delete=models.PROTECT, related_name="campaigns")
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="campaigns")
    code = models.SlugField(max_length=32)
    title = models.CharField(max_length=200)
    status = models.CharField(max_length=8, choices=CampaignStatus.choices, default=CampaignStatus.DRAFT)
    film_cut_off = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    locked_root = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering: ClassVar = ["trial", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["trial", "code"], name="campaign_code_once"),
            models.CheckConstraint(condition=Q(status__in=CampaignStatus.values), name="campaign_status_known"),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(film_cut_off__isnull=False), name="opened_campaign_has_cut_off"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def trains(self) -> bool:
        """Whether it trains readers against reference scores: its reads do not count."""
        return hasattr(self, "training")


class CaseStatus(models.TextChoices):
    """The status of a case."""

    OPEN = "open", "Open"
    CONSENSUS = "consensus", "Consensus"
    DISCORDANT = "discordant", "In adjudication"
    ADJUDICATED = "adjudicated", "Adjudicated"
    VOIDED = "voided", "Voided"


CASE_TRANSITIONS: dict[CaseStatus, frozenset[CaseStatus]] = {
    CaseStatus.OPEN: frozenset({CaseStatus.CONSENSUS, CaseStatus.DISCORDANT, CaseStatus.VOIDED}),
    CaseStatus.CONSENSUS: frozenset({CaseStatus.OPEN, CaseStatus.VOIDED}),
    CaseStatus.DISCORDANT: frozenset({CaseStatus.ADJUDICATED, CaseStatus.OPEN, CaseStatus.VOIDED}),
    CaseStatus.ADJUDICATED: frozenset({CaseStatus.DISCORDANT, CaseStatus.OPEN, CaseStatus.VOIDED}),
    CaseStatus.VOIDED: frozenset(),
}


class VoidCause(models.TextChoices):
    """Why a case is voided. The last two are recorded by the product, never chosen; the reason gives the details."""

    LATE = "late-film", "A film came late or was replaced"
    WRONG = "wrong-film", "A film was of another subject or visit"
    IDENTITY = "identity", "A film showed who the subject is, or when it was taken"
    IMAGE = "image", "The image was damaged or badly processed"
    READER = "reader", "Read again because of a reader, as specified in advance"
    OTHER = "other", "Another cause, given in the reason"
    FILMS = "films-changed", "A film was moved, or another was designated"
    CONSENT = "consent", "The subject withdrew consent"


WITHOUT_RESULT = (CaseStatus.OPEN, CaseStatus.DISCORDANT)


class CaseQuerySet(models.QuerySet["Case"]):
    """Queries for cases."""

    def live(self) -> CaseQuerySet:
        """Valid cases: not voided."""
        return self.exclude(status=CaseStatus.VOIDED)

    def expected(self) -> CaseQuerySet:
        """Cases that have a result or are waiting for one."""
        return self.live().exclude(consent_withdrawn=True, status__in=WITHOUT_RESULT)

    def to_read(self) -> CaseQuerySet:
        """Valid cases whose subject has not withdrawn consent."""
        return self.live().filter(consent_withdrawn=False)


class Case(models.Model):
    """All timepoints of one subject in one campaign. Its number was drawn; the identity is sealed.

    `charter` is the version under which it is issued; a later version of the campaign's charter leaves it as it is.
    Pace, display check and the digest that readers sign follow the current version of the campaign at once.
    With `consent_withdrawn`, nobody reads it or opens its films any more; what was signed stays.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="cases")
    token = models.CharField(max_length=40, unique=True)
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    void_cause = models.CharField(max_length=16, choices=VoidCause.choices, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)
    consent_withdrawn = models.BooleanField(default=False)
    charter = models.ForeignKey(Charter, on_delete=models.PROTECT, related_name="cases")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replacement")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["campaign", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="case_number_once"),
            models.CheckConstraint(condition=Q(status__in=CaseStatus.values), name="case_status_known"),
            models.CheckConstraint(condition=~Q(status="voided") | ~Q(void_reason=""), name="voided_case_has_reason"),
            models.CheckConstraint(
                condition=~Q(status="voided") | Q(void_cause__in=VoidCause.values), name="voided_case_has_cause"
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.number}"

    @property
    def has_no_result(self) -> bool:
        """Whether it will never have a result: voided, or its subject withdrew consent before it had one."""
        return self.status == CaseStatus.VOIDED or (self.consent_withdrawn and self.status in WITHOUT_RESULT)


class Batch(models.Model):
    """Reads issued together, with a due date. The commitment fixes the sealed seed of their orders.

    Once its seed is revealed a batch takes no more reads.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="batches")
    name = models.CharField(max_length=80)
    due_on = models.DateField(null=True, blank=True)
    commitment = models.CharField(max_length=64)
    issued_at = models.DateTimeField(auto_now_add=True)
    seed_revealed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "pk"]

    def __str__(self) -> str:
        return self.name
