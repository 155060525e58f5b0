"""Every act that affects a result: whether it is signed, the meaning of the signature, and who may not do it twice.

One frozen table. Every route that performs an act takes its form, its password and its second person from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Act(StrEnum):
    """The acts, as they are named in the documentation."""

    CHARTER = "charter"
    CHARTER_APPROVAL = "approval of a charter"
    QUALIFICATION = "qualification"
    MASKS = "mask confirmation"
    READ = "read"
    CORRECTED_READ = "read, after a return"
    CHECKED_READ = "read, after a query"
    RETURN = "return"
    QUERIES = "release of queries"
    VOID = "void"
    REISSUE = "re-issue of a case"
    MOVE = "moving films"
    RETAKE = "designating a retake"
    CONSENT = "withdrawal of consent"
    CONSENT_CORRECTION = "correction of a withdrawal of consent"
    SUSPENSION = "suspension of a reader"
    SUSPENSION_LIFTED = "lifting of a suspension"
    AMENDMENT = "amendment of a campaign"
    REOPENING = "reopening"
    LOCK_REQUEST = "request of lock"
    LOCK_CONFIRMATION = "confirmation of lock"
    UNLOCK_REQUEST = "request of unlock"
    UNLOCK_AGREEMENT = "agreement of unlock"
    TRANSFER_RECEIPT = "receipt of a transfer"
    REVIEW_DECISION = "decision of the data review"
    ARMS_SHARE = "share that opens the arms"
    ARMS_RECEIPT = "receiving arms"
    SCORE_REVIEW = "review of the score history"


@dataclass(frozen=True)
class ActTerms:
    """What an act requires. `meaning` is the sentence printed with the signature; an act without one is not signed.

    `after` is the act of a first person who may not do this one; `refusal` is shown to that person. A share of the
    same custodian counts once, so it needs no refusal.
    """

    route: str
    meaning: str = ""
    after: str = ""
    refusal: str = ""

    @property
    def signed(self) -> bool:
        """Whether the person types the password again."""
        return bool(self.meaning)


ACTS: dict[Act, ActTerms] = {
    Act.CHARTER: ActTerms("reading:charter", "I approve this charter"),
    Act.CHARTER_APPROVAL: ActTerms(
        "reading:charter",
        "I approve this charter as the imaging lead",
        after=Act.CHARTER,
        refusal="You signed this charter yourself. Another person must approve it.",
    ),
    Act.QUALIFICATION: ActTerms("reading:qualifications", "I confirm that this person is qualified on this evidence"),
    Act.MASKS: ActTerms(
        "studies:mask_confirm",
        after="drawing the masks",
        refusal="You drew these masks yourself. A second person has to confirm or refuse them.",
    ),
    Act.READ: ActTerms("reading:sign", "I read these films myself and these are my scores"),
    Act.CORRECTED_READ: ActTerms("reading:sign", "I corrected this read after it was returned and these are my scores"),
    Act.CHECKED_READ: ActTerms("reading:sign", "I checked what I was asked to check and these are my scores"),
    Act.RETURN: ActTerms("reading:return", "I return this signed read for the reason given"),
    Act.QUERIES: ActTerms("reading:queries", "I release these queries to their readers"),
    Act.VOID: ActTerms("reading:void", "I void this case for the reason given"),
    Act.REISSUE: ActTerms("reading:void", "I issue this case again with the films as they are now"),
    Act.MOVE: ActTerms("reading:move-film", "I move these films for the reason given"),
    Act.RETAKE: ActTerms("reading:designate-film", "I designate this film for its view for the reason given"),
    Act.CONSENT: ActTerms("reading:consent", "I record that this subject withdrew consent"),
    Act.CONSENT_CORRECTION: ActTerms(
        "reading:correct-consent", "I record that this withdrawal of consent was entered by mistake"
    ),
    Act.SUSPENSION: ActTerms("reading:suspensions", "I suspend this reader for the reason given"),
    Act.SUSPENSION_LIFTED: ActTerms("reading:lift-suspension", "I lift this suspension for the reason given"),
    Act.AMENDMENT: ActTerms("reading:amend", "I put this campaign under this charter version for the reason given"),
    Act.REOPENING: ActTerms("reading:reopen", "I reopen this campaign for the reason given"),
    Act.LOCK_REQUEST: ActTerms("scoring:dataset", "I request the lock of this dataset"),
    Act.LOCK_CONFIRMATION: ActTerms(
        "scoring:dataset",
        "I confirm the lock of this dataset",
        after=Act.LOCK_REQUEST,
        refusal="You requested this lock yourself. Another person must confirm it.",
    ),
    Act.UNLOCK_REQUEST: ActTerms("scoring:unlock", "I request that this lock be opened for the reason given"),
    Act.UNLOCK_AGREEMENT: ActTerms(
        "scoring:agree",
        "I agree that this lock be opened for the reason given",
        after=Act.UNLOCK_REQUEST,
        refusal="You requested this unlocking yourself. Another person must agree.",
    ),
    Act.TRANSFER_RECEIPT: ActTerms("scoring:transfer", "I received the transfer with this number and this root"),
    Act.REVIEW_DECISION: ActTerms("scoring:finding", "I decide on these findings for the reason given"),
    Act.ARMS_SHARE: ActTerms("scoring:arms_request", "I give my share to open the arms", after=Act.ARMS_SHARE),
    Act.ARMS_RECEIPT: ActTerms(
        "scoring:receive_arms", "I receive the arms and can never be blinded in this trial again"
    ),
    Act.SCORE_REVIEW: ActTerms("scoring:review_scores", "I reviewed these revisions of scores"),
}


def meaning_of(act: Act) -> str:
    """The sentence of a signed act."""
    return ACTS[act].meaning
