"""What the audit trail may hear from here, who sees all of it, and which tables are regulated."""

from __future__ import annotations

from accounts.roles import Role
from audit.protection import protect
from audit.registry import declare

for table in ("filmlook", "itemscore", "itemnote", "signedvalues", "readreturn", "sitting"):
    protect(f"reading_{table}")
for table in ("sealedcase", "sealedtimepoint", "sealedread", "sealedseed"):
    protect(f"reading_{table}")

KNOWS_ORDER = frozenset({Role.COORDINATOR, Role.STATISTICIAN, Role.LEAD})
KNOWS_SCORES = frozenset({Role.STATISTICIAN, Role.LEAD})
ALL_BUT_SITES = frozenset({Role.COORDINATOR, Role.STATISTICIAN, Role.LEAD, Role.AUDITOR, Role.SPONSOR})

declare("reading.charter.drafted", says="wrote a charter draft", seen_by=ALL_BUT_SITES)
declare("reading.charter.signed", says="signed a charter", seen_by=ALL_BUT_SITES)
declare("reading.reader.qualified", says="recorded a qualification", seen_by=ALL_BUT_SITES)
declare("reading.reader.disqualified", says="withdrew a qualification", seen_by=ALL_BUT_SITES)
declare("reading.campaign.created", says="made a campaign", seen_by=ALL_BUT_SITES)
declare("reading.campaign.opened", says="opened a campaign", seen_by=ALL_BUT_SITES)
declare("reading.campaign.closed", says="closed a campaign", seen_by=ALL_BUT_SITES)
declare("reading.campaign.reopened", says="opened a closed campaign again", seen_by=ALL_BUT_SITES)
declare("reading.leak_scan.request", says="asked for a leak scan", seen_by=KNOWS_ORDER, hides=("details",))
declare("reading.leak_scan.finish", says="finished a leak scan", seen_by=KNOWS_ORDER, hides=("details",))
declare(
    "reading.leak_scan.acknowledge",
    says="acknowledged a warning of the leak scan",
    seen_by=KNOWS_ORDER | {Role.AUDITOR},
    hides=("details",),
)
declare("reading.batch.requested", says="asked for a batch of reads", seen_by=ALL_BUT_SITES)
declare("reading.batch.issued", says="issued a batch of reads", seen_by=ALL_BUT_SITES)
declare("reading.adjudication.asked", says="asked for adjudicators", seen_by=KNOWS_SCORES, hides=("details",))
declare("reading.adjudication.issued", says="issued an adjudication read", seen_by=KNOWS_SCORES, hides=("details",))
declare("reading.case.voided", says="voided a case", seen_by=KNOWS_ORDER, hides=("reason",))
declare("reading.case.reissued", says="issued a case again", seen_by=KNOWS_ORDER)
declare("reading.read.opened", says="began a read", seen_by=ALL_BUT_SITES)
declare("reading.read.declined", says="declined a case", seen_by=ALL_BUT_SITES)
declare("reading.read.returned", says="returned a signed read", seen_by=ALL_BUT_SITES)
declare("reading.read.replaced", says="gave a read to another reader", seen_by=ALL_BUT_SITES)
declare("reading.read.taken-over", says="went on in another tab", seen_by=ALL_BUT_SITES)
declare("reading.values.saved", says="saved values", seen_by=KNOWS_SCORES, hides=("details", "changes"))
declare("reading.note.saved", says="saved a note", seen_by=KNOWS_SCORES, hides=("details", "changes"))
declare("reading.step.signed", says="signed a read", seen_by=ALL_BUT_SITES)
declare("reading.seeds.revealed", says="revealed the seeds of a campaign", seen_by=ALL_BUT_SITES)
declare("reading.problem.reported", says="reported an image problem", seen_by=ALL_BUT_SITES)
declare("reading.problem.settled", says="settled an image problem", seen_by=ALL_BUT_SITES)
declare("reading.sitting.began", says="made a display check", seen_by=ALL_BUT_SITES)
declare("reading.readers.reminded", says="reminded readers", seen_by=ALL_BUT_SITES)
