"""The states of campaigns, cases and reads in the wording of sentences, and checks that many functions share."""

from __future__ import annotations

from config.errors import BadInput, WrongState
from reading.models import Campaign, CampaignStatus, CaseStatus, ReadStatus

CAMPAIGN_IS: dict[str, str] = {
    CampaignStatus.DRAFT: "in preparation",
    CampaignStatus.OPEN: "open",
    CampaignStatus.CLOSED: "closed",
    CampaignStatus.LOCKED: "locked",
}
CASE_IS: dict[str, str] = {
    CaseStatus.OPEN: "being read",
    CaseStatus.CONSENSUS: "decided by its readers",
    CaseStatus.DISCORDANT: "in adjudication",
    CaseStatus.ADJUDICATED: "adjudicated",
    CaseStatus.VOIDED: "voided",
}
READ_IS: dict[str, str] = {
    ReadStatus.DRAWN: "being issued",
    ReadStatus.ISSUED: "not started",
    ReadStatus.OPENED: "in progress",
    ReadStatus.SIGNED: "signed",
    ReadStatus.RETURNED: "returned",
    ReadStatus.DECLINED: "declined",
    ReadStatus.REPLACED: "given to another reader",
    ReadStatus.VOIDED: "voided",
}
CAMPAIGN_BECOMES: dict[str, str] = {
    CampaignStatus.OPEN: "opened",
    CampaignStatus.CLOSED: "closed",
    CampaignStatus.LOCKED: "locked",
}
CASE_BECOMES: dict[str, str] = {
    CaseStatus.OPEN: "read again",
    CaseStatus.CONSENSUS: "decided by its readers",
    CaseStatus.DISCORDANT: "adjudicated",
    CaseStatus.ADJUDICATED: "decided by its adjudicator",
    CaseStatus.VOIDED: "voided",
}
READ_BECOMES: dict[str, str] = {
    ReadStatus.ISSUED: "issued",
    ReadStatus.OPENED: "started",
    ReadStatus.SIGNED: "signed",
    ReadStatus.RETURNED: "returned",
    ReadStatus.DECLINED: "declined",
    ReadStatus.REPLACED: "given to another reader",
    ReadStatus.VOIDED: "voided",
}


def again_if_same(now: str, to: str) -> str:
    """The word after "it cannot be signed" for a read that is already signed."""
    return " again" if now == to else ""


def said_of(campaign: Campaign) -> str:
    """The campaign and its state, as the beginning of a refusal.

    >>> said_of(Campaign(code="MAIN", status="draft"))
    'Campaign MAIN is in preparation.'
    """
    return f"Campaign {campaign.code} is {CAMPAIGN_IS[campaign.status]}."


def demand_open(campaign: Campaign, what: str) -> None:
    """WrongState unless the campaign is open; `what` begins the sentence about what is possible only then."""
    campaign.refresh_from_db(fields=["status", "closed_at"])
    if campaign.status != CampaignStatus.OPEN:
        raise WrongState(f"{said_of(campaign)} {what} only while it is open.")


def demand_reason(reason: str) -> None:
    """BadInput for an empty reason."""
    if not reason.strip():
        raise BadInput("A reason is needed. Write it in a sentence.", field="reason")
