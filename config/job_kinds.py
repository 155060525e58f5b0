"""The function for each kind of job; the only place where a lower app refers to functions of a higher app."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "accounts.alert": "accounts.alerts.carry",
    "accounts.mail_link": "accounts.link_mail.carry",
    "reading.remind": "reading.campaigns.reminders.carry",
    "jobs.backup": "jobs.backups.carry",
    "jobs.verify_audit": "jobs.verifying.carry",
    "reading.leak_scan": "reading.leak_scan.scans.carry",
    "reading.issue": "reading.issuing.reads.carry",
    "scoring.consensus": "scoring.consensus.case_result.carry",
    "scoring.dataset": "scoring.datasets.building.carry",
    "scoring.mail_custodians": "scoring.arms.mail.carry",
    "scoring.unseal": "scoring.arms.unsealing.carry",
    "studies.deidentify": "studies.arrival.deidentification.carry",
    "studies.mail_membership": "studies.plan.membership_mail.carry",
    "studies.mail_question": "studies.questions.mail.carry",
    "studies.rendition": "studies.arrival.rendition.carry",
}
