"""The audit actions about results, datasets and arms, and who sees all of their content."""

from __future__ import annotations

from accounts.roles import Role
from audit.declared_actions import declare

KNOWS_SCORES = frozenset({Role.STATISTICIAN, Role.LEAD})
KNOWS_DATASETS = KNOWS_SCORES | {Role.AUDITOR, Role.SIGNER, Role.COORDINATOR, Role.SPONSOR}
AROUND_ARMS = frozenset({Role.COORDINATOR, Role.CUSTODIAN, Role.STATISTICIAN, Role.AUDITOR})
DATASET = "dataset {number|id}[ of campaign {campaign}]"


def on_dataset(name: str, label: str, sentence: str) -> None:
    """Declares an action on a dataset whose content shows no score."""
    declare(name, label=label, sentence=sentence, seen_by=KNOWS_DATASETS)


def on_arms(name: str, label: str, sentence: str) -> None:
    """Declares an action on a request for the arms."""
    declare(name, label=label, sentence=sentence, seen_by=AROUND_ARMS)


# Neither subjects nor texts: the list and what was decided are for coordinators.
declare(
    "scoring.edc-list.compared",
    label="EDC list compared",
    sentence="compared the sponsor's list {number|id}[: {lines:line}][, {differences:difference}]",
    seen_by=frozenset({Role.COORDINATOR, Role.AUDITOR}),
)
declare(
    "scoring.edc-difference.resolved",
    label="EDC resolution recorded",
    sentence="recorded the resolution of a difference in the sponsor's list {number|id}[: {kind}]",
    seen_by=frozenset({Role.COORDINATOR, Role.AUDITOR}),
)

ABOUT_ALARMS = frozenset({Role.COORDINATOR, Role.LEAD, Role.STATISTICIAN, Role.AUDITOR})
declare(
    "scoring.alarm.raised",
    label="Alarm about a reader raised",
    sentence="raised alarm {id}[ about reader {name}][: {rule}]",
    seen_by=ABOUT_ALARMS,
)
# The reason may reveal findings.
declare(
    "scoring.alarm.handled",
    label="Alarm about a reader handled",
    sentence="recorded the action on alarm {id}[: {action}]",
    seen_by=KNOWS_SCORES,
    hides=("reason",),
)
declare(
    "scoring.result.computed",
    label="Result computed",
    sentence="computed the result of case {number|id}[: {outcome}]",
    seen_by=KNOWS_SCORES,
    hides=("details", "changes", "rows"),
)
# The number of rows of totals would reveal how many cases were adjudicated.
declare(
    "scoring.dataset.built",
    label="Dataset built",
    sentence=f"built {DATASET}",
    seen_by=KNOWS_SCORES | {Role.SIGNER},
    hides=("details.rows",),
)
on_dataset(
    "scoring.events.imported",
    "Events imported",
    "imported event list {number|id}[ of campaign {campaign}: {events:event}]",
)
on_dataset("scoring.history.exported", "Score history exported", "exported the score history of campaign {campaign|id}")
on_dataset(
    "scoring.history.reviewed",
    "Score history reviewed",
    "signed[ {rows:revision} of] the score history of campaign {campaign|id} as reviewed[ (review {number})]",
)
on_dataset("scoring.dataset.requested", "Dataset requested", f"requested {DATASET}")
on_dataset("scoring.dataset.failed", "Dataset failed", f"could not build {DATASET}")
on_dataset("scoring.dataset.discarded", "Dataset discarded", f"discarded {DATASET}")
on_dataset("scoring.dataset.downloaded", "Dataset downloaded", f"downloaded {DATASET}")
on_dataset("scoring.lock.requested", "Lock requested", f"requested the lock of {DATASET}")
on_dataset("scoring.lock.declined", "Lock declined", f"declined to lock {DATASET}")
on_dataset("scoring.lock.confirmed", "Lock confirmed", f"confirmed the lock of {DATASET}")
on_dataset("scoring.unlock.requested", "Unlock requested", f"requested unlocking of {DATASET}")
on_dataset("scoring.unlock.approved", "Unlock approved", f"approved unlocking of {DATASET}")

TRANSFER = "transfer {number|id}[ of campaign {campaign}][ ({purpose})]"
on_dataset("scoring.transfer.requested", "Transfer requested", f"requested {TRANSFER}")
on_dataset("scoring.transfer.built", "Transfer built", f"built {TRANSFER}")
on_dataset("scoring.transfer.failed", "Transfer failed", f"could not build {TRANSFER}")
on_dataset("scoring.transfer.downloaded", "Transfer downloaded", f"downloaded[ the {{part}} of] {TRANSFER}")
on_dataset("scoring.transfer.received", "Transfer received", f"received {TRANSFER}")

on_dataset(
    "scoring.finding.decided",
    "Finding decided",
    "decided[ on {findings:finding}] in the data review of transfer {number|id}[ of campaign {campaign}]",
)

on_arms("scoring.arms.requested", "Arms requested", "requested the arms[ of campaign {campaign}] (request {id})")
on_arms(
    "scoring.arms-request.withdrawn",
    "Arms request withdrawn",
    "withdrew request {id} for the arms[ of campaign {campaign}]",
)
on_arms(
    "scoring.arms-request.expired",
    "Arms request expired",
    "ended request {id} for the arms[ of campaign {campaign}], which expired",
)
on_arms(
    "scoring.sealed-package.downloaded",
    "Sealed package downloaded",
    "downloaded the sealed package of request {id} for the arms[ of campaign {campaign}]",
)
on_arms(
    "scoring.opening-share.given",
    "Opening share given",
    "gave an opening share to request {id} for the arms[ of campaign {campaign}]",
)
on_arms(
    "scoring.opening-share.refused",
    "Opening share refused",
    "had an opening share refused for request {id} for the arms[ of campaign {campaign}]",
)
on_arms(
    "scoring.arms.opened",
    "Arms opened",
    "opened the arms[ of {subjects:subject}][ of campaign {campaign}] (request {id})",
)
on_arms(
    "scoring.arms-opening.failed",
    "Opening of arms failed",
    "could not open the arms[ of campaign {campaign}] (request {id})",
)
on_arms("scoring.arms.received", "Arms received", "received the arms[ of campaign {campaign}] (request {id})")
on_arms(
    "scoring.arms-report.requested",
    "Report by arm requested",
    "requested report {number|id} by arm[ of campaign {campaign}]",
)
on_arms("scoring.arms-report.made", "Report by arm made", "made report {number|id} by arm[ of campaign {campaign}]")
on_arms(
    "scoring.arms-report.failed",
    "Report by arm failed",
    "could not make report {number|id} by arm[ of campaign {campaign}]",
)
on_arms(
    "scoring.arms-report.downloaded",
    "Report by arm downloaded",
    "downloaded report {number|id} by arm[ of campaign {campaign}]",
)
