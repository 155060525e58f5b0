"""The function for each kind of job; the only place where a lower app refers to functions of a higher app."""

from __future__ import annotations

KINDS: dict[str, str] = {
    "accounts.alert": "accounts.alerts.carry",
    "accounts.mail_link": "accounts.link_mail.carry",
    "reading.remind": "reading.campaigns.reminders.carry",
    "reading.mail_query": "reading.issuing.query_mail.carry",
    "jobs.backup": "jobs.backups.carry",
    "jobs.verify_audit": "jobs.verifying.carry",
    "reading.leak_scan": "reading.leak_scan.scans.carry",
    "reading.issue": "reading.issuing.reads.carry",
    "scoring.agreement": "scoring.ratings.kept_figures.carry",
    "scoring.alarms": "scoring.monitoring.alarms.carry",
    "scoring.by_arm": "scoring.arms.reports.carry",
    "scoring.consensus": "scoring.consensus.case_result.carry",
    "scoring.dataset": "scoring.datasets.building.carry",
    "scoring.mail_alarm": "scoring.monitoring.alarm_mail.carry",
    "scoring.mail_custodians": "scoring.arms.mail.carry",
    "scoring.transfer": "scoring.transfers.building.carry",
    "scoring.unseal": "scoring.arms.unsealing.carry",
    "studies.deidentify": "studies.arrival.deidentification.carry",
    "studies.joint_proposal": "studies.desk.joint_proposals.carry",
    "studies.mail_membership": "studies.plan.membership_mail.carry",
    "studies.mail_question": "studies.questions.mail.carry",
    "studies.remind_site": "studies.plan.site_reminders.carry",
    "studies.rendition": "studies.arrival.rendition.carry",
}

# The work of each kind, for people.
JOB_NAMES: dict[str, str] = {
    "accounts.alert": "Alert to administrators",
    "accounts.mail_link": "E-mail with a link",
    "reading.remind": "Reminder to readers",
    "reading.mail_query": "E-mail about a query",
    "jobs.backup": "Backup",
    "jobs.verify_audit": "Verification of the audit trail",
    "reading.leak_scan": "Leak scan",
    "reading.issue": "Issuing reads",
    "scoring.agreement": "Agreement of readers",
    "scoring.alarms": "Reader monitoring",
    "scoring.by_arm": "Report by arm",
    "scoring.consensus": "Case result",
    "scoring.dataset": "Dataset",
    "scoring.mail_alarm": "E-mail about an alarm",
    "scoring.mail_custodians": "E-mail to custodians",
    "scoring.transfer": "Transfer",
    "scoring.unseal": "Opening of the arms",
    "studies.deidentify": "De-identification",
    "studies.joint_proposal": "Joint proposal",
    "studies.mail_membership": "E-mail about a role",
    "studies.mail_question": "E-mail about a question",
    "studies.remind_site": "Reminder to a site",
    "studies.rendition": "Reader images",
}

# For kinds whose work people wait for: marks it as failed when its job gives up. Failed jobs of the kinds in
# reading.campaigns.failed_jobs are shown on the page of their campaign instead.
GIVEN_UP: dict[str, str] = {
    "scoring.by_arm": "scoring.arms.reports.given_up",
    "scoring.dataset": "scoring.datasets.building.given_up",
    "scoring.transfer": "scoring.transfers.building.given_up",
    "scoring.unseal": "scoring.arms.unsealing.given_up",
    "studies.deidentify": "studies.arrival.deidentification.given_up",
    "studies.rendition": "studies.arrival.rendition.given_up",
}
