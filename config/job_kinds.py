"""Which function carries which kind of job; the only place where a lower app's job names a higher app's function."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "accounts.alert": "accounts.alerts.carry",
    "accounts.mail_link": "accounts.link_mail.carry",
    "reading.remind": "reading.reminders.carry",
    "jobs.backup": "jobs.backups.carry",
    "jobs.verify_audit": "jobs.verifying.carry",
    "reading.leak_scan": "reading.leak_scans.carry",
    "reading.issue": "reading.issuing.carry",
    "scoring.consensus": "scoring.consensus.carry",
    "scoring.dataset": "scoring.datasets.carry",
    "scoring.mail_custodians": "scoring.custodian_mail.carry",
    "scoring.unseal": "scoring.unsealing.carry",
    "studies.deidentify": "studies.deidentification.carry",
    "studies.mail_question": "studies.question_mail.carry",
    "studies.rendition": "studies.rendition.carry",
}
