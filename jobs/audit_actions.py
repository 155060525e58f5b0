"""What the audit trail records about jobs: failures, retries by a person, backups and restores."""

from __future__ import annotations

from audit.declared_actions import declare

SEEN_BY = {"auditor", "administrator", "system"}
declare(
    "jobs.job.failed",
    label="Job failed",
    sentence="gave up on job {id}[ ({kind})][ after {attempt:attempt}]",
    seen_by=SEEN_BY,
)
declare("jobs.job.retried", label="Job retried", sentence="queued failed job {id}[ ({kind})] again", seen_by=SEEN_BY)
declare(
    "jobs.backup.written",
    label="Backup written",
    sentence="wrote backup {id}[ with {files:file}]",
    seen_by=SEEN_BY,
)
declare(
    "jobs.backup.restored",
    label="Backup restored",
    sentence="restored backup {id}[ of {made}][ with {files:file}]",
    seen_by=SEEN_BY,
)
