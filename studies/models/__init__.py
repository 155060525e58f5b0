"""The plan of a trial and the received films; the only tables with identities."""

from __future__ import annotations

from studies.models.absence import AbsentFilm
from studies.models.arms import ArmsHolding, ArmsImport, CustodianKey, SealedArm
from studies.models.consent import ConsentWithdrawal
from studies.models.desk import JointPlacement, MaskSet, QualityDecision
from studies.models.deviation import DeviationCategory, DeviationEffect, DeviationStatus, DeviationVersion
from studies.models.film import BlindUid, Film, FilmStatus, SopInstance, Transmittal, TransmittalEntry
from studies.models.likeness import SealedLikeness
from studies.models.question import QUESTION_TRANSITIONS, Question, QuestionMessage, QuestionStatus
from studies.models.reader_image import ReaderImage, Rendition
from studies.models.sender import DicomPeer, SenderToken
from studies.models.trial import Membership, Site, Subject, Trial, Visit, VisitKind, VisitPlan

__all__ = [
    "QUESTION_TRANSITIONS",
    "AbsentFilm",
    "ArmsHolding",
    "ArmsImport",
    "BlindUid",
    "ConsentWithdrawal",
    "CustodianKey",
    "DeviationCategory",
    "DeviationEffect",
    "DeviationStatus",
    "DeviationVersion",
    "DicomPeer",
    "Film",
    "FilmStatus",
    "JointPlacement",
    "MaskSet",
    "Membership",
    "QualityDecision",
    "Question",
    "QuestionMessage",
    "QuestionStatus",
    "ReaderImage",
    "Rendition",
    "SealedArm",
    "SealedLikeness",
    "SenderToken",
    "Site",
    "SopInstance",
    "Subject",
    "Transmittal",
    "TransmittalEntry",
    "Trial",
    "Visit",
    "VisitKind",
    "VisitPlan",
]
