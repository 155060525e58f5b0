"""The reasons to reject, question or withdraw a film: lists from which a person chooses by number."""

from __future__ import annotations

from django.db.models import TextChoices

from studies.naming import checked_choice, checked_text


class RejectReason(TextChoices):
    """Why a film cannot be read; the position of a reason is its key at the desk."""

    POSITION = "position", "Positioning: joints overlap or are rotated"
    CUT_OFF = "cut-off", "Joints are cut off"
    EXPOSURE = "exposure", "Too dark or too bright to read"
    MOTION = "motion", "Blurred by motion"
    WRONG_PART = "wrong-part", "Neither hands PA nor feet dorsoplantar"
    WRONG_SUBJECT = "wrong-subject", "Belongs to another subject or visit"
    DUPLICATE = "duplicate", "The same image as another film"
    OBJECT = "object", "An object or artefact covers joints"
    OTHER = "other", "Another reason, written in the note"


class QuestionReason(TextChoices):
    """The questions to the site about a film."""

    SIDE = "side", "Which side is it?"
    VIEW = "view", "Which view is it?"
    DATE = "date", "When was it taken?"
    SUBJECT = "subject", "Which subject and visit is it from?"
    SCALE = "scale", "What is its scale?"
    TEXT = "text", "Can you send it without burned-in text?"
    QUALITY = "quality", "Is there a better film?"
    DUPLICATE = "duplicate", "Why was the same image sent twice?"
    OTHER = "other", "Another question"


# A first wording for each question, which the coordinator may change before it is sent.
WORDING: dict[QuestionReason, str] = {
    QuestionReason.SIDE: "The side you declared does not match the film. Which side is it?",
    QuestionReason.VIEW: "The film does not show the expected view. Which view is it? Can you send the expected one?",
    QuestionReason.DATE: "The date of this film does not match the visit. On which date was it taken?",
    QuestionReason.SUBJECT: "This film may belong to another subject or visit. Which subject and visit is it from?",
    QuestionReason.SCALE: "The film has no usable pixel spacing. What was the pixel spacing of the detector, in mm?",
    QuestionReason.TEXT: "The film has burned-in text. Can you export it again without that text?",
    QuestionReason.QUALITY: "The film is hard to read. Do you have a better one, or can it be repeated?",
    QuestionReason.DUPLICATE: "The same image was sent for two visits or sides. To which one does it belong?",
    QuestionReason.OTHER: "",
}


class WithdrawReason(TextChoices):
    """Why a film that was ready turned out to be wrong."""

    WRONG_SUBJECT = "wrong-subject", "It belongs to another subject or visit"
    WRONG_SIDE = "wrong-side", "The confirmed side or view is wrong"
    WRONG_DATE = "wrong-date", "The confirmed film date is wrong"
    IDENTITY = "identity", "It shows an identity or a date"
    QUALITY = "quality", "It cannot be read after all"
    REPLACED = "replaced", "A better film replaces it"
    OTHER = "other", "Another reason, written in the note"


REASONS: dict[str, type[TextChoices]] = {
    "reject": RejectReason,
    "question": QuestionReason,
    "withdraw": WithdrawReason,
}


def reason_in_words(verb: str, reason: str) -> str:
    """The label of a reason; empty for a decision without one."""
    return str(REASONS[verb](reason).label) if reason else ""


def checked_reason(reasons: type[TextChoices], reason: str, note: str) -> tuple[str, str]:
    """The reason's code and the note; the reason "other" needs a note."""
    checked_choice("reason", reason, reasons.choices)
    return reason, checked_text("note", note, longest=500, required=reason == "other")
