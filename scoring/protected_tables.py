"""Regulated tables, whose rows are never changed, and tracked tables, whose changes the audit trail records."""

from __future__ import annotations

from audit.protection import protect
from audit.tracking import track

protect("scoring_caseresult")
protect("scoring_eventlist")
protect("scoring_lock")
protect("scoring_scorereview")
protect("scoring_dataset", column="status", values=("locked",))
protect("scoring_transferreceipt")
protect("scoring_reviewdecision")
protect("scoring_edclist")
protect("scoring_edcresolution")

track("scoring_dataset", "campaign_id number events_id status folder root counts failure built_at")
track(
    "scoring_datatransfer",
    "campaign_id number purpose recipient_id asked_by_id asked_at cut cases seed before_id lock_id status folder root"
    " counts failure built_at",
)
track("scoring_readeralarm", "campaign_id reader_id rule detail raised_at action reason acted_by_id acted_at")
track("scoring_lockrequest", "dataset_id signature_id withdrawn_at")
track("scoring_unlock", "lock_id reason requested_id agreed_id")
track(
    "scoring_armsrequest",
    "campaign_id lock_id imported_id token reason status requested_by_id requested_at expires_at folder root opened_at",
    besides="wrong_shares failure",
)
track(
    "scoring_armsreport",
    "request_id number reference by_site status folder digest asked_by_id asked_at",
    besides="failure",
)
track("scoring_openingshare", "request_id key_id signature_id given_at", besides="content")
