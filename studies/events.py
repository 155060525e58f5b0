"""What the audit trail may hear from the studies pages; films and the desk declare theirs in intake_events."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare
from studies import desk_events, intake_events  # noqa: F401

PLANNERS = frozenset({Role.COORDINATOR, Role.AUDITOR})
AROUND_ARMS = frozenset({Role.COORDINATOR, Role.CUSTODIAN, Role.STATISTICIAN, Role.AUDITOR})
# Who asks and who answers; the text of a question is for the two of them alone.
ASKERS = frozenset({Role.COORDINATOR})

declare("studies.trial.create", says="created the trial", seen_by=PLANNERS)
declare("studies.site.add", says="added a site", seen_by=PLANNERS)
declare("studies.site.rename", says="renamed a site", seen_by=PLANNERS)
declare("studies.plan.add", says="planned a visit", seen_by=PLANNERS)
declare("studies.plan.change", says="changed the plan of a visit", seen_by=PLANNERS)
declare("studies.subject.enrol", says="enrolled a subject", seen_by=PLANNERS)
declare("studies.visit.add", says="added a visit outside the plan", seen_by=PLANNERS)
declare("studies.visit.not_done", says="recorded that a visit was not done", seen_by=PLANNERS)
declare("studies.visit.reopen", says="expects a visit again", seen_by=PLANNERS)
declare("studies.film.absent", says="recorded that a film will never come", seen_by=PLANNERS)
declare("studies.film.expect", says="expects a film again", seen_by=PLANNERS)
declare("studies.film.replaced", says="set a film aside for its replacement", seen_by=PLANNERS)
declare("studies.membership.grant", says="granted a role", seen_by=PLANNERS)
declare("studies.membership.revoke", says="revoked a role", seen_by=PLANNERS)
declare("studies.membership.unblind", says="moved to the unblinded side", seen_by=PLANNERS)
declare("studies.arms.hold", says="chose to hold sealed arms", seen_by=AROUND_ARMS)
declare("studies.arms.hold_none", says="chose to hold no arms", seen_by=AROUND_ARMS)
declare("studies.arms.register_key", says="registered a custodian's public key", seen_by=AROUND_ARMS)
declare("studies.arms.confirm_key", says="confirmed the fingerprint of a key", seen_by=AROUND_ARMS)
declare("studies.arms.import", says="imported arms into ciphertext", seen_by=AROUND_ARMS)
declare("studies.question.ask", says="asked the site a question", seen_by=ASKERS, hides=("reason", "details"))
declare("studies.question.answer", says="answered a question", seen_by=ASKERS, hides=("reason", "details"))
declare("studies.question.remind", says="reminded the site of a question", seen_by=ASKERS, hides=("reason", "details"))
declare("studies.question.close", says="closed a question", seen_by=ASKERS, hides=("reason", "details"))
declare("studies.question.reopen", says="reopened a question", seen_by=ASKERS, hides=("reason", "details"))

protect("studies_questionmessage")
protect("studies_armsimport")
protect("studies_sealedarm")
