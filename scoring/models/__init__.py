"""Results of cases, agreement, datasets and their locks, transfers, alarms, requests for arms, the sponsor's lists."""

from __future__ import annotations

from scoring.models.alarm import AlarmAction, AlarmRule, ReaderAlarm
from scoring.models.arms import (
    ARMS_REPORT_TRANSITIONS,
    ARMS_REQUEST_TRANSITIONS,
    ArmsReport,
    ArmsReportStatus,
    ArmsRequest,
    ArmsRequestStatus,
    OpeningShare,
)
from scoring.models.dataset import DATASET_TRANSITIONS, Dataset, DatasetStatus, EventList, Lock, LockRequest, Unlock
from scoring.models.edc import DifferenceKind, EdcList, EdcResolution, ResolutionKind
from scoring.models.figures import AgreementFigures
from scoring.models.result import CaseResult, Outcome
from scoring.models.score_review import ScoreReview
from scoring.models.transfer import (
    OF_A_LOCK,
    TRANSFER_TRANSITIONS,
    DataTransfer,
    Decided,
    Purpose,
    ReviewDecision,
    TransferReceipt,
    TransferStatus,
)

__all__ = [
    "ARMS_REPORT_TRANSITIONS",
    "ARMS_REQUEST_TRANSITIONS",
    "AgreementFigures",
    "AlarmAction",
    "AlarmRule",
    "ArmsReport",
    "ArmsReportStatus",
    "ArmsRequest",
    "ArmsRequestStatus",
    "CaseResult",
    "DATASET_TRANSITIONS",
    "DataTransfer",
    "Dataset",
    "DatasetStatus",
    "Decided",
    "DifferenceKind",
    "EdcList",
    "EdcResolution",
    "EventList",
    "Lock",
    "LockRequest",
    "OF_A_LOCK",
    "OpeningShare",
    "Outcome",
    "Purpose",
    "ReaderAlarm",
    "ResolutionKind",
    "ReviewDecision",
    "ScoreReview",
    "TRANSFER_TRANSITIONS",
    "TransferReceipt",
    "TransferStatus",
    "Unlock",
]
