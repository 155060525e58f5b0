"""What the audit trail records about the QC desk; decisions on films and placements of joints are never changed."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare
from audit.tracking import track

DESK_ROLES = frozenset({Role.COORDINATOR, Role.CHECKER, Role.AUDITOR})
# Notes and questions are for the people who wrote them.
WRITERS = frozenset({Role.COORDINATOR})


def on_film(name: str, label: str, sentence: str) -> None:
    """Declares an action on a film at the desk."""
    declare(name, label=label, sentence=sentence, seen_by=DESK_ROLES)


on_film("studies.film.accepted", "Film accepted", "accepted film {id}")
on_film("studies.film.rejected", "Film rejected", "rejected film {id}")
on_film("studies.film.questioned", "Film questioned", "questioned film {id}[ (question {question})]")
on_film("studies.film.withdrawn", "Film withdrawn", "withdrew film {id}, which was ready to be read")
on_film("studies.film.reopened", "Rejection of a film reversed", "reversed the rejection of film {id}")
on_film(
    "studies.film.designated",
    "Film designated",
    "designated film {id} for its view[, instead of film {instead_of}]",
)
on_film("studies.film.moved", "Film moved", "moved film {id}[ from {old.visit}][ to {new.visit}]")
on_film("studies.masks.proposed", "Masks proposed", "proposed masks for film {id}[, revision {revision}]")
on_film("studies.masks.confirmed", "Masks confirmed", "confirmed the masks of film {id}[, revision {revision}]")
on_film("studies.masks.refused", "Masks refused", "refused the masks of film {id}[, revision {revision}]")

declare(
    "studies.joints.placed",
    label="Joints placed",
    sentence="placed the joints of film {id}[, side {side}][, revision {revision}][ ({joints:joint})]",
    seen_by=WRITERS,
    hides=("details.readability",),
)

protect("studies_qualitydecision")
protect("studies_jointplacement")

# What decides which picture a reader gets, and for which visit. Machine findings and the UID only steer the desk.
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
# The reader image is covered by the seal in its rendition: an event that named both would join them.
track("studies_rendition", "film_id side view masks_id index sealed_image image_seal", besides="proposed")
