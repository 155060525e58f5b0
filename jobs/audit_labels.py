"""Values of jobs in the words of the audit trail."""

from __future__ import annotations

from audit.labels import label_values
from config.job_kinds import JOB_NAMES

label_values("jobs.job.kind", JOB_NAMES)
