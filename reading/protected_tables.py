"""Regulated tables, whose rows are never changed, and tracked tables, whose changes the audit trail records."""

from __future__ import annotations

from audit.protection import protect
from audit.tracking import track

for table in ("filmserved", "filmlook", "itemscore", "itemnote", "signedvalues", "readreturn", "sitting"):
    protect(f"reading_{table}")
for table in ("trainingset", "sealedreference", "trainingmarks", "trainingresult"):
    protect(f"reading_{table}")
for table in ("sealedcase", "sealedtimepoint", "sealedread", "sealedseed"):
    protect(f"reading_{table}")

track("reading_charter", "trial_id version status terms digest signature_id approval_id paper paper_digest written_at")
track(
    "reading_qualification",
    "trial_id reader_id instrument evidence signature_id result_id granted_at expires_on revoked_at",
)
track("reading_siteaffiliation", "site_id person_id reason recorded_at ended_at")
track("reading_readerdocument", "trial_id person_id kind signed_on expires_on note recorded_at withdrawn_at")
track("reading_readersuspension", "trial_id person_id cause reason suspended_at lifted_at")
track("reading_campaign", "trial_id charter_id code title status film_cut_off closed_at locked_root")
track(
    "reading_case",
    "campaign_id charter_id token number status void_cause void_reason replaces_id consent_withdrawn",
)
track("reading_batch", "campaign_id name due_on commitment issued_at seed_revealed_at")
track(
    "reading_read",
    "case_id batch_id reader_id kind status token number queue_position queue opened_at signed_at decline_reason",
)
track(
    "reading_readstep",
    "read_id position counts token number queue_position opened_at locked_at declined_at",
    besides="entry_seconds",
)
track("reading_displayedtimepoint", "step_id token letter position")
track("reading_displayedfilm", "timepoint_id token side view reader_image_id digests")
track("reading_querymark", "read_id items marked_at")
track("reading_querybatch", "campaign_id number commitment prepared_at released_at signature_id", besides="sealed")
track("reading_readquery", "batch_id read_id items sent_at confirmed answered_at")
track("reading_imageproblem", "read_id film_id reason note reported_at settled_at settlement")
track(
    "reading_leakscan",
    "campaign_id number status requested_at finished_at films cases cases_of findings acknowledged_by_id"
    " acknowledged_at acknowledgement",
)
