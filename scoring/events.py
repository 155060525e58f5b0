"""What the audit trail may hear from here, who sees all of it, and which tables are regulated."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare

protect("scoring_caseresult")
protect("scoring_lock")
protect("scoring_dataset", column="status", values=("locked",))

KNOWS_SCORES = frozenset({Role.STATISTICIAN, Role.LEAD})
KNOWS_DATASETS = KNOWS_SCORES | {Role.AUDITOR, Role.SIGNER, Role.COORDINATOR, Role.SPONSOR}

declare(
    "scoring.case.computed", says="computed the result of a case", seen_by=KNOWS_SCORES, hides=("details", "changes")
)
declare("scoring.dataset.requested", says="asked for a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.built", says="built a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.failed", says="could not build a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.discarded", says="discarded a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.downloaded", says="downloaded a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.lock.requested", says="asked for a lock", seen_by=KNOWS_DATASETS)
declare("scoring.lock.declined", says="declined a lock", seen_by=KNOWS_DATASETS)
declare("scoring.lock.confirmed", says="confirmed a lock", seen_by=KNOWS_DATASETS)
declare("scoring.unlock.asked", says="asked to unlock", seen_by=KNOWS_DATASETS)
declare("scoring.unlock.agreed", says="agreed to unlock", seen_by=KNOWS_DATASETS)
