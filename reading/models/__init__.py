"""Models of reading. No path of foreign keys leads from a case or a timepoint to a subject or a film."""

from __future__ import annotations

from reading.models.affiliation import SiteAffiliation
from reading.models.campaign import Batch, Campaign, CampaignStatus, Case, CaseStatus, VoidCause
from reading.models.capture import FilmLook, FilmServed, ImageProblem, ItemNote, ItemScore, SignedValues, Sitting
from reading.models.charter import CHARTER_TRANSITIONS, Charter, CharterStatus, Qualification
from reading.models.document import DocumentKind, ReaderDocument
from reading.models.leak_scan import LeakScan, LeakScanStatus
from reading.models.query import QueryBatch, QueryMark, ReadQuery
from reading.models.read import DisplayedFilm, DisplayedTimepoint, Read, ReadKind, ReadReturn, ReadStatus, ReadStep
from reading.models.sealed import SealedCase, SealedRead, SealedSeed, SealedTimepoint
from reading.models.suspension import ReaderSuspension, SuspensionCause
from reading.models.training import SealedReference, TrainingMarks, TrainingResult, TrainingSet

__all__ = [
    "CHARTER_TRANSITIONS",
    "Batch",
    "Campaign",
    "CampaignStatus",
    "Case",
    "CaseStatus",
    "Charter",
    "CharterStatus",
    "DisplayedTimepoint",
    "DisplayedFilm",
    "DocumentKind",
    "FilmLook",
    "FilmServed",
    "ImageProblem",
    "ItemNote",
    "ItemScore",
    "LeakScan",
    "LeakScanStatus",
    "Qualification",
    "QueryBatch",
    "QueryMark",
    "Read",
    "ReadKind",
    "ReadQuery",
    "ReadReturn",
    "ReadStatus",
    "ReadStep",
    "ReaderDocument",
    "ReaderSuspension",
    "SealedCase",
    "SealedTimepoint",
    "SealedRead",
    "SealedReference",
    "SealedSeed",
    "SignedValues",
    "SiteAffiliation",
    "Sitting",
    "SuspensionCause",
    "TrainingMarks",
    "TrainingResult",
    "TrainingSet",
    "VoidCause",
]
