"""What the audit trail may hear from the QC desk; decisions on films and placements of joints are never changed."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare

AT_THE_DESK = frozenset({Role.COORDINATOR, Role.CHECKER, Role.AUDITOR})
# Notes and questions are for the people who wrote them.
WRITERS = frozenset({Role.COORDINATOR})

declare("studies.film.accept", says="accepted a film", seen_by=AT_THE_DESK)
declare("studies.film.reject", says="rejected a film", seen_by=AT_THE_DESK)
declare("studies.film.question", says="questioned a film", seen_by=AT_THE_DESK)
declare("studies.film.withdraw", says="withdrew a film that was ready", seen_by=AT_THE_DESK)
declare("studies.film.reopen", says="took the rejection of a film back", seen_by=AT_THE_DESK)
declare("studies.film.designate", says="chose the film that counts for a view", seen_by=AT_THE_DESK)
declare("studies.masks.propose", says="drew the masks of a film", seen_by=AT_THE_DESK)
declare("studies.masks.confirm", says="confirmed the masks of a film", seen_by=AT_THE_DESK)
declare("studies.masks.refuse", says="refused the masks of a film", seen_by=AT_THE_DESK)
declare("studies.joints.place", says="placed the joints of a film", seen_by=WRITERS, hides=("details.readability",))

protect("studies_qualitydecision")
protect("studies_jointplacement")
