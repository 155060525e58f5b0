"""Results of cases, datasets, their locks, and requests for arms. Results and locked datasets are insert-only."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from reading.models import Campaign, Case
from scoring.alarm_models import AlarmAction as AlarmAction
from scoring.alarm_models import AlarmRule as AlarmRule
from scoring.alarm_models import ReaderAlarm as ReaderAlarm
from scoring.transfer_models import DataTransfer as DataTransfer
from scoring.transfer_models import ReviewDecision as ReviewDecision
from scoring.transfer_models import TransferReceipt as TransferReceipt
from studies.models import ArmsImport, CustodianKey


class Outcome(models.TextChoices):
    """The computed outcome of a case."""

    CONSENSUS = "consensus", "Consensus of the readers"
    DISCORDANT = "discordant", "To be adjudicated"
    ADJUDICATED = "adjudicated", "Adjudicated"


class CaseResult(models.Model):
    """One computation for a case: inputs, rule, trigger and exact numbers. The newest version counts. Insert-only.

    `inputs` lists the digests of the signed values it was computed from; `trigger` holds the largest difference and its
    threshold. What follows the true order is in `sealed` (scoring.consensus.sealed_result): the numbers as fractions
    "n/d" by reader and for the result, by the values signed last and by those signed first, whether the readers
    disagreed by the latter, the timepoints that only some readers could evaluate, and the readers that decide.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveIntegerField()
    outcome = models.CharField(max_length=12, choices=Outcome.choices)
    rule = models.CharField(max_length=40)
    inputs = models.JSONField()
    inputs_digest = models.CharField(max_length=64)
    trigger = models.JSONField()
    sealed = models.BinaryField()
    computed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["case", "version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "version"], name="case_result_version_once"),
            models.UniqueConstraint(fields=["case", "inputs_digest"], name="case_result_inputs_once"),
            models.CheckConstraint(condition=Q(outcome__in=Outcome.values), name="case_result_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"result {self.case_id}.{self.version}"


class EventList(models.Model):
    """One version of a campaign's intercurrent events, as a statistician imported it; the newest counts. Insert-only.

    `events` holds subject code, kind, day (ISO 8601), source and line of each event; `digest` is the SHA-256 of the
    imported text. A list without events takes all earlier ones back.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="event_lists")
    number = models.PositiveIntegerField()
    events = models.JSONField()
    digest = models.CharField(max_length=64)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="event_list_number_once")]

    def __str__(self) -> str:
        return f"event list {self.number}"


class DatasetStatus(models.TextChoices):
    """The state of a dataset."""

    BUILDING = "building", "Being built"
    BUILT = "built", "Built"
    LOCK_REQUESTED = "lock-requested", "Waiting for the second signer"
    LOCKED = "locked", "Locked"
    FAILED = "failed", "Failed"
    DISCARDED = "discarded", "Discarded"


DATASET_TRANSITIONS: dict[DatasetStatus, frozenset[DatasetStatus]] = {
    DatasetStatus.BUILDING: frozenset({DatasetStatus.BUILT, DatasetStatus.FAILED}),
    DatasetStatus.BUILT: frozenset({DatasetStatus.LOCK_REQUESTED, DatasetStatus.DISCARDED}),
    DatasetStatus.LOCK_REQUESTED: frozenset({DatasetStatus.LOCKED, DatasetStatus.DISCARDED}),
    DatasetStatus.LOCKED: frozenset(),
    DatasetStatus.FAILED: frozenset({DatasetStatus.DISCARDED}),
    DatasetStatus.DISCARDED: frozenset(),
}


class Dataset(models.Model):
    """A package built from the signed values of a campaign. Its files are in the exports store under `folder`.

    `events` is the event list that was newest when it was requested.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="datasets")
    number = models.PositiveIntegerField()
    events = models.ForeignKey(EventList, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=16, choices=DatasetStatus.choices, default=DatasetStatus.BUILDING)
    folder = models.CharField(max_length=120, blank=True)
    root = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)
    failure = models.CharField(max_length=1000, blank=True)
    built_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="dataset_number_once"),
            models.CheckConstraint(condition=Q(status__in=DatasetStatus.values), name="dataset_status_known"),
        ]

    def __str__(self) -> str:
        return f"dataset {self.number}"


class Lock(models.Model):
    """The lock of a dataset by two people: its root hash under two signatures. Insert-only.

    A lock that `corrects` another was made after arms were received: the other stays the analysis of record.
    """

    dataset = models.OneToOneField(Dataset, on_delete=models.PROTECT, related_name="lock")
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="locks")
    number = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    requested = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    confirmed = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    row_diff = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="corrections")
    locked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["campaign", "number"], name="lock_number_once")]

    def __str__(self) -> str:
        return f"lock {self.number}"

    @property
    def state(self) -> str:
        """In force, superseded once it was unlocked, or a correction made after arms were received."""
        if self.corrects_id:
            return "correction"
        unlock = getattr(self, "unlock", None)
        return "superseded" if unlock and unlock.agreed_id else "in force"


class LockRequest(models.Model):
    """The first half of a lock: the statistician's signature over the root, waiting for the second signer."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="lock_requests")
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dataset"], condition=Q(withdrawn_at__isnull=True), name="one_lock_request")
        ]

    def __str__(self) -> str:
        return f"lock request {self.dataset_id}"


class Unlock(models.Model):
    """The unlocking of a lock: the reason, the signature that requested it and that of the other person who agreed."""

    lock = models.OneToOneField(Lock, on_delete=models.PROTECT, related_name="unlock")
    reason = models.CharField(max_length=500)
    requested = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    agreed = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    def __str__(self) -> str:
        return f"unlock of lock {self.lock_id}"


class ScoreReview(models.Model):
    """An auditor signed that they reviewed a range of the score history: under which filters. Insert-only.

    `digest` is the SHA-256 of the rows reviewed, `first` and `last` are the oldest and the newest, `rows` counts them.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="score_reviews")
    number = models.PositiveIntegerField()
    filters = models.JSONField()
    first = models.PositiveBigIntegerField()
    last = models.PositiveBigIntegerField()
    rows = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    note = models.CharField(max_length=500, blank=True)
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["campaign", "-number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["campaign", "number"], name="score_review_number_once"),
            models.CheckConstraint(condition=Q(rows__gt=0), name="score_review_has_rows"),
        ]

    def __str__(self) -> str:
        return f"score review {self.number}"


class ArmsRequestStatus(models.TextChoices):
    """The state of a request for the arms."""

    WAITING = "waiting", "Waiting for two custodians"
    OPENING = "opening", "Being opened"
    OPENED = "opened", "Opened"
    EXPIRED = "expired", "Expired"
    WITHDRAWN = "withdrawn", "Withdrawn"
    FAILED = "failed", "Failed"


ARMS_REQUEST_TRANSITIONS: dict[ArmsRequestStatus, frozenset[ArmsRequestStatus]] = {
    ArmsRequestStatus.WAITING: frozenset(
        {ArmsRequestStatus.OPENING, ArmsRequestStatus.EXPIRED, ArmsRequestStatus.WITHDRAWN}
    ),
    ArmsRequestStatus.OPENING: frozenset({ArmsRequestStatus.OPENED, ArmsRequestStatus.FAILED}),
    ArmsRequestStatus.OPENED: frozenset(),
    ArmsRequestStatus.EXPIRED: frozenset(),
    ArmsRequestStatus.WITHDRAWN: frozenset(),
    ArmsRequestStatus.FAILED: frozenset(),
}


class ArmsRequest(models.Model):
    """A request to open the arms of a locked campaign: by whom, why, and until when two custodians must agree.

    `folder` names the encrypted package in the exports store, `root` the digest of its manifest.
    """

    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, related_name="arms_requests")
    lock = models.ForeignKey(Lock, on_delete=models.PROTECT, related_name="+")
    imported = models.ForeignKey(ArmsImport, on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=40, unique=True)
    reason = models.CharField(max_length=500)
    status = models.CharField(max_length=10, choices=ArmsRequestStatus.choices, default=ArmsRequestStatus.WAITING)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    wrong_shares = models.PositiveIntegerField(default=0)
    folder = models.CharField(max_length=120, blank=True)
    root = models.CharField(max_length=64, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering: ClassVar = ["-requested_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["campaign"], condition=Q(status__in=["waiting", "opening"]), name="one_open_arms_request"
            ),
            models.CheckConstraint(condition=Q(status__in=ArmsRequestStatus.values), name="arms_request_status_known"),
        ]

    def __str__(self) -> str:
        return f"arms request {self.pk}"


class OpeningShare(models.Model):
    """A custodian's share, under the custodian's signature; its content is encrypted and wiped after use."""

    request = models.ForeignKey(ArmsRequest, on_delete=models.PROTECT, related_name="shares")
    key = models.ForeignKey(CustodianKey, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey("accounts.Signature", on_delete=models.PROTECT, related_name="+")
    content = models.BinaryField(null=True)
    given_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["request", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["request", "key"], name="opening_share_once")]

    def __str__(self) -> str:
        return f"opening share {self.pk}"


class ArmsReportStatus(models.TextChoices):
    """The state of a report by arm."""

    COMPUTING = "computing", "Being computed"
    READY = "ready", "Ready"
    FAILED = "failed", "Failed"


ARMS_REPORT_TRANSITIONS: dict[ArmsReportStatus, frozenset[ArmsReportStatus]] = {
    ArmsReportStatus.COMPUTING: frozenset({ArmsReportStatus.READY, ArmsReportStatus.FAILED}),
    ArmsReportStatus.READY: frozenset(),
    ArmsReportStatus.FAILED: frozenset(),
}


class ArmsReport(models.Model):
    """The endpoint by arm, from the dataset under a lock and its opened arms.

    `reference` is the place of the reference arm among the arms by name, from 0: no table names an arm. `by_site` says
    whether the site is a factor of the models. `folder` names the encrypted files in the exports store, `digest` is the
    SHA-256 of their zip.
    """

    request = models.ForeignKey(ArmsRequest, on_delete=models.PROTECT, related_name="reports")
    number = models.PositiveIntegerField()
    reference = models.PositiveSmallIntegerField()
    by_site = models.BooleanField()
    status = models.CharField(max_length=10, choices=ArmsReportStatus.choices, default=ArmsReportStatus.COMPUTING)
    folder = models.CharField(max_length=120, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["request", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["request", "number"], name="arms_report_number_once"),
            models.UniqueConstraint(
                fields=["request", "reference", "by_site"],
                condition=~Q(status="failed"),
                name="arms_report_of_a_kind_once",
            ),
            models.CheckConstraint(condition=Q(status__in=ArmsReportStatus.values), name="arms_report_status_known"),
        ]

    def __str__(self) -> str:
        return f"report {self.number} by arm"
