"""What the audit trail records about the QC desk."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare

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
    sentence="placed the joints of [the {side} side of ]film {id}[, revision {revision}][ ({joints:joint})]",
    seen_by=WRITERS,
    hides=("details.readability",),
)
