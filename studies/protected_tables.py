"""Regulated tables, whose rows are never changed, and tracked tables, whose changes the audit trail records."""

from __future__ import annotations

from audit.protection import protect
from audit.tracking import track

protect("studies_questionmessage")
protect("studies_deviationversion")
protect("studies_armsimport")
protect("studies_sealedarm")
protect("studies_qualitydecision")
protect("studies_jointplacement")

track("studies_trial", "code title sponsor created_at")
track("studies_site", "trial_id code name", besides="natural")
track("studies_subject", "trial_id site_id code", besides="natural")
track("studies_consentwithdrawal", "subject_id withdrawn_on statement instruction recorded_at corrected_at")
track("studies_visitplan", "trial_id code label target_day days_before days_after")
track("studies_visit", "subject_id plan_id code kind not_done_reason", besides="natural")
track(
    "studies_membership",
    "trial_id user_id role site_id reason granted_at granted_by_id pending confirmed_by_id confirmed_at"
    " first_used_at revoked_at unblinded_at",
)
track("studies_absentfilm", "visit_id side view reason recorded_at withdrawn_at")
track("studies_armsholding", "trial_id reason chosen_by_id chosen_at opened_at received_at")
track("studies_custodiankey", "trial_id custodian_id public_key fingerprint registered_at confirmed_at replaced_at")
track("studies_question", "trial_id site_id subject_id visit_id film_id status due_on opened_at")
# The columns that determine which picture a reader gets, and for which visit. Machine findings and the UID only guide
# the desk.
track(
    "studies_film",
    "trial_id site_id subject_id visit_id replaces_id status status_reason channel original_name original_file"
    " media_type size sha256 side view film_date film_date_source spacing_mm inverted header blind_file desk_folder"
    " pixel_sha256 approved_pixels deidentification designated received_at",
    besides="findings sop_instance_uid",
)
track(
    "studies_maskset",
    "film_id revision rectangles crops proposed_by_id proposed_at confirmed_by_id confirmed_at refused_reason",
)
# The reader image is covered by the seal in its rendition: an event that named both would link them.
track("studies_rendition", "film_id side view masks_id index sealed_image image_seal", besides="proposed")
