"""What the audit trail records about jobs: only that one was given up, or tried again by a person."""

from __future__ import annotations

from audit.registry import declare

SEEN_BY = {"auditor", "administrator", "system"}
declare("jobs.give_up", says="gave up a job", seen_by=SEEN_BY)
declare("jobs.retry", says="had a failed job tried again", seen_by=SEEN_BY)
declare("jobs.backup", says="wrote a backup", seen_by=SEEN_BY)
declare("jobs.restore", says="restored a backup", seen_by=SEEN_BY)
