"""An auditor signs a filtered range of the score history as reviewed; its rows are recorded permanently."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Action, authorise
from accounts.signatures import prove, statement, write_signature
from accounts.signed_acts import Act
from audit.trail import Actor, audited_atomic, record
from config.errors import BadInput, WrongState
from reading.models import Campaign, CampaignStatus, ItemScore
from reading.states import said_of
from scoring.models import ScoreReview

NOTE_AT_MOST = 500
FIELDS = (
    "pk",
    "timepoint__token",
    "item",
    "revision",
    "value",
    "reason",
    "entry",
    "op_id",
    "change_reason",
    "change_note",
)


@dataclass(frozen=True)
class ReviewedRows:
    """The rows that a review covers: their number, the first and the last, and their digest."""

    rows: int
    first: int
    last: int
    digest: str


def range_of(revisions: QuerySet[ItemScore]) -> ReviewedRows:
    """The rows in the order in which they were saved; read in portions, outside any transaction."""
    digest, keys = hashlib.sha256(), []
    for row in revisions.order_by("pk").values_list(*FIELDS).iterator(2000):
        digest.update(json.dumps(row, ensure_ascii=True, separators=(",", ":")).encode() + b"\n")
        keys.append(row[0])
    return ReviewedRows(len(keys), keys[0] if keys else 0, keys[-1] if keys else 0, digest.hexdigest())


def sign_review(
    *,
    campaign: Campaign,
    actor: Actor,
    user: User,
    password: str,
    filters: Mapping[str, str],
    reviewed: ReviewedRows,
    note: str = "",
) -> ScoreReview:
    """The signature covers campaign, filters and the digest of the rows. The same form sent twice signs once."""
    demand_reviewable(campaign, actor, reviewed, note)
    prove(act=Act.SCORE_REVIEW, user=user, password=password)
    with audited_atomic():
        locked = Campaign.objects.select_for_update().get(pk=campaign.pk)
        if same := reviewed_before(locked, user, filters, reviewed, note):
            return same
        number = ScoreReview.objects.filter(campaign=locked).count() + 1
        signed = {**vars(reviewed), "campaign": campaign.code, "filters": dict(filters), "note": note}
        signature = write_signature(
            act=Act.SCORE_REVIEW,
            actor=actor,
            user=user,
            record=("scoring.scorereview", f"{campaign.code}-{number}"),
            digest=statement(**signed),
            stream=campaign.trial.code,
        )
        review = ScoreReview.objects.create(
            campaign=locked, number=number, filters=dict(filters), note=note, signature=signature, **vars(reviewed)
        )
        record(
            action="scoring.history.reviewed",
            actor=actor,
            stream=campaign.trial.code,
            subject=("scoring.scorereview", str(review.pk)),
            details={**signed, "number": number},
            rows=[review],
        )
    return review


def demand_reviewable(campaign: Campaign, actor: Actor, reviewed: ReviewedRows, note: str) -> None:
    """Checks that the campaign is locked and that there are rows to sign."""
    authorise(actor, Action.REVIEW_SCORES)
    if campaign.status != CampaignStatus.LOCKED:
        raise WrongState(f"{said_of(campaign)} Its scores can be reviewed once it is locked.")
    if not reviewed.rows:
        raise BadInput("No revision matches these filters, so there is nothing to sign as reviewed.")
    if len(note) > NOTE_AT_MOST:
        raise BadInput(f"The note has {len(note)} characters. At most {NOTE_AT_MOST} are kept.", field="note")


def reviewed_before(
    campaign: Campaign, user: User, filters: Mapping[str, str], reviewed: ReviewedRows, note: str
) -> ScoreReview | None:
    """The newest review, if this person signed the same."""
    last = ScoreReview.objects.filter(campaign=campaign).select_related("signature").order_by("number").last()
    if last is None or last.signature.signer_id != user.pk:
        return None
    same = (last.digest, last.filters, last.note) == (reviewed.digest, dict(filters), note)
    return last if same else None


def record_export(*, campaign: Campaign, actor: Actor, filters: Mapping[str, str]) -> None:
    """Records that a person downloaded a copy of the history."""
    authorise(actor, Action.SEE_SCORE_HISTORY)
    with audited_atomic():
        record(
            action="scoring.history.exported",
            actor=actor,
            stream=campaign.trial.code,
            subject=("reading.campaign", str(campaign.pk)),
            details={"campaign": campaign.code, "filters": dict(filters)},
        )
