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
    "scoring.case.computed",
    says="computed the result of a case",
    seen_by=KNOWS_SCORES,
    hides=("details", "changes", "rows"),
)
declare("scoring.dataset.requested", says="asked for a dataset", seen_by=KNOWS_DATASETS)
# How many rows of totals there are tells how many cases were adjudicated.
declare(
    "scoring.dataset.built",
    says="built a dataset",
    seen_by=KNOWS_SCORES | {Role.SIGNER},
    hides=("details.rows",),
)
declare("scoring.dataset.failed", says="could not build a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.discarded", says="discarded a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.dataset.downloaded", says="downloaded a dataset", seen_by=KNOWS_DATASETS)
declare("scoring.lock.requested", says="asked for a lock", seen_by=KNOWS_DATASETS)
declare("scoring.lock.declined", says="declined a lock", seen_by=KNOWS_DATASETS)
declare("scoring.lock.confirmed", says="confirmed a lock", seen_by=KNOWS_DATASETS)
declare("scoring.unlock.asked", says="asked to unlock", seen_by=KNOWS_DATASETS)
declare("scoring.unlock.agreed", says="agreed to unlock", seen_by=KNOWS_DATASETS)

AROUND_ARMS = frozenset({Role.COORDINATOR, Role.CUSTODIAN, Role.STATISTICIAN, Role.AUDITOR})
declare("scoring.arms.request", says="asked for the arms", seen_by=AROUND_ARMS)
declare("scoring.arms.withdraw", says="withdrew a request for the arms", seen_by=AROUND_ARMS)
declare("scoring.arms.expire", says="let a request for the arms run out", seen_by=AROUND_ARMS)
declare("scoring.arms.package", says="took a sealed package", seen_by=AROUND_ARMS)
declare("scoring.arms.give_share", says="gave an opening share", seen_by=AROUND_ARMS)
declare("scoring.arms.refuse_share", says="refused an opening share", seen_by=AROUND_ARMS)
declare("scoring.arms.open", says="opened the arms", seen_by=AROUND_ARMS)
declare("scoring.arms.fail", says="could not open the arms", seen_by=AROUND_ARMS)
declare("scoring.arms.receive", says="received the arms", seen_by=AROUND_ARMS)
